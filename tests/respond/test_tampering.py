"""Forms that no page of this respondent could have sent: a plain sentence, and the draft as it was."""

from __future__ import annotations

from typing import Any

import pytest

from responses.models import Ballot, Draft
from surveys.models import Wave
from tests.respond.fieldwork import Respondent, new_link
from tests.respond.test_journey import at_region, to_check

pytestmark = pytest.mark.django_db


def sealed() -> bytes:
    return bytes(Draft.objects.get().sealed)


@pytest.mark.parametrize(
    "forged",
    [
        {"q-le_region": ["mars"]},
        {"q-le_region": ["us", "ca"]},
        {"q-le_role": ["investigator"]},
        {"q-ls_victim_regions-voluntary": ["us"]},
        {"q-le_region-other-us": ["text"]},
        {"q-le_region": ["us"], "receipt": ["AAAA"]},
        {"is_staff": ["1"]},
        {"action": ["publish"]},
        {"action": []},
    ],
)
def test_forged_field_is_refused_and_nothing_is_saved(respondent: Respondent, forged: dict[str, Any]) -> None:
    at_region(respondent)
    before = sealed()

    respondent.post({**respondent.fields(), "action": ["continue"], **forged})

    assert respondent.response.status_code == 400
    assert "Nothing of it was saved" in respondent.text()
    assert sealed() == before


def test_page_off_the_path_takes_no_answer(respondent: Respondent) -> None:
    at_region(respondent)
    before = sealed()

    respondent.post({**respondent.fields(), "action": "continue"}, "/answer/step/999")

    assert respondent.response.status_code == 400
    assert sealed() == before


def test_page_past_an_open_screening_question_does_not_open(respondent: Respondent) -> None:
    respondent.begin().press()
    page = respondent.path

    respondent.get("/answer/step/9")

    assert respondent.path <= page


def test_form_of_another_draft_is_refused(respondent: Respondent, wave: Wave) -> None:
    at_region(respondent)
    stranger = at_region(Respondent(new_link(wave)))
    fields = stranger.fields() | {"q-le_region": ["us"], "action": ["continue"]}

    respondent.post(fields)

    assert respondent.response.status_code == 400
    assert "belongs to another link" in respondent.text()
    assert "q-le_region" not in respondent.get(stranger.path).fields()


@pytest.mark.parametrize("draft", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_form_without_its_draft_is_refused(respondent: Respondent, draft: str) -> None:
    at_region(respondent)

    respondent.press(answers={"draft": draft, "q-le_region": "us"})

    assert respondent.response.status_code == 400


def test_sending_the_answers_of_another_draft_is_refused(respondent: Respondent, wave: Wave) -> None:
    to_check(respondent)
    stranger = to_check(Respondent(new_link(wave)))

    respondent.post(stranger.fields(), "/answer/send")

    assert respondent.response.status_code == 400
    assert not Ballot.objects.exists()


def test_ten_megabytes_get_a_plain_sentence_and_keep_the_draft(respondent: Respondent) -> None:
    at_region(respondent)
    before = sealed()

    respondent.press(answers={"q-le_region": "x" * 10_000_000})

    assert respondent.response.status_code == 400
    assert respondent.heading == "That could not be taken"
    assert sealed() == before


def test_text_far_over_its_limit_is_shown_again_and_clipped_in_the_draft(respondent: Respondent) -> None:
    respondent.begin().to("q-tech_trends-1")
    size = len(sealed())

    respondent.press(answers={"q-tech_trends-1": "long " * 40_000})

    assert respondent.response.status_code == 422
    assert len(respondent.fields()["q-tech_trends-1"][0]) > 100_000
    assert len(sealed()) == size


def test_draft_has_one_size_from_the_first_page_to_the_last(respondent: Respondent) -> None:
    at_region(respondent)
    first = len(sealed())

    respondent.walk(lambda page: {})

    assert len(sealed()) == first


def test_cookie_that_is_no_key_opens_nothing(respondent: Respondent) -> None:
    at_region(respondent)

    for value in ("", "nonsense", "AAAA", "é", "=" * 44):
        respondent.client.cookies["enquiry_answer"] = value
        respondent.get("/answer/")

        assert respondent.response.status_code == 404
