"""Forms that no page of this respondent could have sent: a plain sentence, and the draft as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from responses.models import Ballot, Draft, Invitation
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


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
HOSTILE = {
    "invalid UTF-8": (b"draft=%ff%fe&action=continue&q-le_region=%c3%28", FORM),
    "bytes that are no letters": (b"draft=\xff\xfe&action=continue", FORM),
    "half of a pair": (b"draft=%ED%A0%80&action=continue", FORM),
    "NUL": (b"draft=%00&action=continue%00&q-le_region=us%00", FORM),
    "another character set": (b"draft=x", f"{FORM}; charset=utf-16"),
    "an unknown character set": (b"draft=x", f"{FORM}; charset=klingon"),
    "too many fields": (b"&".join(b"q-%d=1" % n for n in range(2001)), FORM),
    "ten megabytes": (b"q-le_region=" + b"x" * 10_000_000, FORM),
    "a part without an end": (b'--x\r\nContent-Disposition: form-data; name="draft"\r\n\r\n', MULTIPART),
    "a boundary that is none": (b"--y--", "multipart/form-data; boundary="),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="draft"; filename="a.exe"\r\n\r\nMZ\r\n--x--\r\n',
        MULTIPART,
    ),
    "base64 that is none": (
        b'--x\r\nContent-Disposition: form-data; name="draft"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n\xff\r\n--x--",
        MULTIPART,
    ),
    "JSON": (b'{"draft": {"a": [1]}}', "application/json"),
    "nothing": (b"", FORM),
    "no type": (b"draft=x", ""),
}
POSTED_TO = (
    "/answer/begin",
    "/answer/decline",
    "/answer/step/3",
    "/answer/leave",
    "/answer/stop",
    "/answer/send",
    "/answer/kept",
    "/withdraw/",
)


@pytest.mark.parametrize("has_link", [True, False], ids=["with link", "without link"])
@pytest.mark.parametrize(("body", "kind"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_body_gets_a_page_and_changes_no_answer(
    respondent: Respondent, body: bytes, kind: str, has_link: bool
) -> None:
    at_region(respondent)
    before = sealed()
    client = respondent.client if has_link else Client()

    for path in POSTED_TO:
        response = client.generic("POST", path, body, content_type=kind)

        # Declining takes no field at all, and so nothing in a form can spoil it.
        if path == "/answer/decline" and response.status_code == 302:
            Draft.objects.create(invitation=Invitation.objects.get(), sealed=before)
        elif response.status_code == 302:
            assert path in ("/answer/begin", "/answer/kept", "/answer/leave", "/answer/send"), path
        else:
            assert response.status_code in {200, 400, 403, 404, 409, 410, 422}, (path, response.status_code)
            assert b"<h1>" in response.content, path
        assert sealed() == before, path


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize(
    "path", [*POSTED_TO, "/answer/", "/answer/later", "/answer/check", "/what-we-store/"]
)
def test_method_that_no_page_uses_is_refused(respondent: Respondent, method: str, path: str) -> None:
    at_region(respondent)
    before = sealed()

    response = respondent.client.generic(method, path)

    assert response.status_code == 405
    assert sealed() == before


@pytest.mark.parametrize("path", ["/answer/begin", "/answer/leave", "/answer/send"])
def test_address_of_a_form_typed_into_the_browser_leads_back(respondent: Respondent, path: str) -> None:
    at_region(respondent)

    assert respondent.get(path).heading == "Welcome back"


@pytest.mark.parametrize(
    "path",
    [
        "/answer/step/" + "9" * 5000,
        "/answer/step/99999999999999999999",
        "/answer/step/0",
        "/answer/step/-1",
        "/answer/step/3?open=%00&other=%ff&next=//elsewhere.example",
        "/answer/step/%00",
        "/answer/%2e%2e/%2e%2e/etc/passwd",
        "/i/%00",
        "/i/%ff",
        "/i/" + "A" * 5000,
        "/i/" + "%C3%A9" * 22,
        "/answer/?" + "a=1&" * 3000,
    ],
)
def test_address_that_nobody_offered_gets_a_plain_page(respondent: Respondent, path: str) -> None:
    at_region(respondent)

    respondent.get(path)

    assert respondent.response.status_code in {200, 400, 404}
    assert respondent.heading


def test_field_sent_twice_is_refused_where_one_answer_is_asked(respondent: Respondent) -> None:
    at_region(respondent)
    before = sealed()

    respondent.press(answers={"q-le_region": ["us", "ca"]})

    assert respondent.response.status_code == 400
    assert sealed() == before


def test_same_answer_sent_twice_is_one_answer(respondent: Respondent) -> None:
    at_region(respondent)

    respondent.press("stay", {"q-le_region": ["us", "us"]})

    assert respondent.fields()["q-le_region"] == ["us"]


def test_draft_named_twice_counts_by_the_last_one(respondent: Respondent, wave: Wave) -> None:
    at_region(respondent)
    own = respondent.fields()["draft"][0]
    before = sealed()

    respondent.press(answers={"draft": [own, "another"], "q-le_region": "us"})

    assert respondent.response.status_code == 400
    assert sealed() == before


@pytest.mark.parametrize("number", ["", "-1", "1.5", "x", "9" * 5000, "\0", "٣", ["0", "1"]])
def test_number_of_saves_that_is_none_does_no_harm(respondent: Respondent, number: Any) -> None:
    at_region(respondent)

    respondent.press("stay", {"saved": number, "q-le_region": "us"})

    assert respondent.response.status_code == 200
    assert respondent.fields()["q-le_region"] == ["us"]


@given(
    fields=st.dictionaries(
        st.one_of(
            st.sampled_from(
                ["draft", "action", "saved", "receipt", "proof", "kept", "link", "consent_given", "wave"]
            ),
            st.sampled_from(["q-le_region", "q-le_region-special", "q-le_eligible", "q-tech_trends-1"]),
            st.text(max_size=10),
        ),
        st.lists(
            st.one_of(st.text(max_size=30), st.sampled_from(["continue", "later", "us", "main_task"])),
            max_size=3,
        ),
        max_size=6,
    )
)
def test_any_fields_at_any_address_get_a_page_and_never_a_fault(fields: dict[str, list[str]]) -> None:
    """Without a link, so that no example changes the next one's draft."""
    client = Client()
    for path in POSTED_TO:
        response = client.post(path, fields)

        assert response.status_code < 500
        assert response["Cache-Control"] == "no-store" or response.status_code == 400


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
