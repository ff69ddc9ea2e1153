from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accounts.models import AuditEvent, Role, User
from accounts.permissions import NotPermitted
from responses.actions.code import CodeUnknown, Matched, TooManyCodes, code, code_exact_matches
from responses.codings import apply_codings
from responses.extracts import codebook_of
from responses.models import Coding, OpenText, Record, Response, TextLink
from responses.open_texts import uncoded
from surveys.actions.load import load
from surveys.answers import Answer, Answers
from surveys.models import Edition, Wave
from tests.services import acting_as

pytestmark = pytest.mark.django_db
NOW = datetime(2019, 5, 1, tzinfo=UTC)
FILE = Path(__file__).resolve().parents[2] / "surveys/questionnaires/enterprise.yaml"
NAMED = {"ent_tech": Answer(codes=("all_parts",)), "ent_tech_open": Answer(texts=("Web Filter", "a cage"))}
BESIDE = {"ent_owner": Answer(codes=("other",), others=(("other", "legal"),))}


@pytest.fixture
def wave() -> Wave:
    questionnaire = load(text=FILE.read_text(encoding="utf-8"), now=NOW).questionnaire
    edition = Edition.objects.create(year=2019, title="Demo")
    return Wave.objects.create(
        edition=edition, questionnaire=questionnaire, opens_at=NOW, closes_at=NOW + timedelta(days=9)
    )


@pytest.fixture
def coder() -> User:
    user = User.objects.create_user("coder@example.org")
    user.roles.set(Role.objects.filter(key="analyst"))
    return user


def stored(wave: Wave, answers: Answers) -> Response:
    """A response with its record and its texts, as an opening of the box leaves them."""
    codebook = codebook_of(wave)
    response = Response.objects.create(wave=wave, marks=codebook.pack(codebook.marks(answers)))
    Record.objects.create(response=response, answers=codebook.record(answers))
    for item, answer in answers.items():
        for entry, text in enumerate(answer.texts):
            link(OpenText.objects.create(wave=wave, question=item, text=text), response, entry)
        for choice, text in answer.others:
            link(OpenText.objects.create(wave=wave, question=item, choice=choice, text=text), response, 0)
    return response


def link(text: OpenText, response: Response, entry: int) -> None:
    TextLink.objects.create(text=text, response=response, entry=entry)


def is_counted(wave: Wave, response: Response, question: str, one: str) -> bool:
    codebook = codebook_of(wave)
    response.refresh_from_db()
    marks = set(codebook.unpack(bytes(response.marks)))
    wanted = codebook.coded(question, one) if question == "ent_tech_open" else codebook.chosen(question, one)
    return bool(marks & set(wanted.plus))


def test_exact_matches_ignore_case_and_leave_the_rest_to_a_person(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)

    matched = code_exact_matches(wave=wave, by=coder, now=NOW)

    assert matched == Matched(coded=1, left=1)
    assert list(Coding.objects.values_list("text__text", "code")) == [("Web Filter", "filter")]
    assert [text.text for text in uncoded(wave)] == ["a cage"]


def test_matching_twice_codes_nothing_more(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)
    code_exact_matches(wave=wave, by=coder, now=NOW)

    assert code_exact_matches(wave=wave, by=coder, now=NOW) == Matched(coded=0, left=1)


def test_code_replaces_the_codes_that_a_text_had(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)
    text = OpenText.objects.get(text="a cage")
    code(text=text, codes=["other"], by=coder, now=NOW)

    code(text=text, codes=["physical", "organisational"], by=coder, now=NOW)

    assert set(text.codings.values_list("code", flat=True)) == {"physical", "organisational"}
    assert AuditEvent.objects.filter(action="text.coded").count() == 2


def test_code_that_is_not_in_the_frame_is_refused(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)
    text = OpenText.objects.get(text="a cage")

    with pytest.raises(CodeUnknown, match="skype"):
        code(text=text, codes=["skype"], by=coder, now=NOW)

    assert not text.codings.exists()


def test_more_codes_than_the_frame_allows_are_refused(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)
    text = OpenText.objects.get(text="a cage")

    with pytest.raises(TooManyCodes):
        code(text=text, codes=["physical", "organisational", "dlp"], by=coder, now=NOW)


def test_code_by_somebody_without_the_permission_is_refused(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)
    outsider = User.objects.create_user("outsider@example.org")

    with pytest.raises(NotPermitted):
        code(text=OpenText.objects.get(text="a cage"), codes=["physical"], by=outsider, now=NOW)


def test_coding_works_with_the_rights_of_the_web(wave: Wave, coder: User) -> None:
    stored(wave, NAMED)

    with acting_as("web"):
        code_exact_matches(wave=wave, by=coder, now=NOW)
        code(text=uncoded(wave).get(), codes=["physical"], by=coder, now=NOW)

    assert not uncoded(wave).exists()


def test_applied_codings_become_marks_and_changed_ones_replace_them(wave: Wave, coder: User) -> None:
    response = stored(wave, NAMED)
    text = OpenText.objects.get(text="a cage")
    code(text=text, codes=["device_control"], by=coder, now=NOW)
    with acting_as("worker"):
        first = apply_codings(wave=wave)
    code(text=text, codes=["physical"], by=coder, now=NOW)

    second, third = apply_codings(wave=wave), apply_codings(wave=wave)

    assert (first, second, third) == (1, 1, 0)
    assert is_counted(wave, response, "ent_tech_open", "physical")
    assert not is_counted(wave, response, "ent_tech_open", "device_control")


def test_text_beside_a_choice_coded_into_the_list_counts_as_that_choice(wave: Wave, coder: User) -> None:
    response = stored(wave, BESIDE)

    code_exact_matches(wave=wave, by=coder, now=NOW)
    apply_codings(wave=wave)

    assert is_counted(wave, response, "ent_owner", "legal")
    assert not is_counted(wave, response, "ent_owner", "other")
