"""An open text carries the language of its page through the sealed ballot; its response has none."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from responses import ballots
from responses.actions.send import send
from responses.actions.start import start
from responses.models import (
    Ballot,
    Coding,
    Decision,
    OpenText,
    Quotation,
    Record,
    Response,
    TextLink,
    WorkingTranslation,
)
from responses.sealing import BallotUnreadable, new_receipt, open_ballot, pad
from surveys.answers import Answer
from surveys.routing import final_answers
from surveys.validation.ballots import WORST, _largest, ballot_size
from tests.box.field import CLOSED, COMPLETE, NOW, Field, open_field
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave, speak
from tests.services import Database
from tests.surveys.build import KEYS, shipped

LONGEST_TAG = "zzz-Abcdefgh-12345678"[: ballots.LONGEST_TAG]


def send_in(field: Field, language: str, **answers: Answer) -> None:
    invitation = field.invite(1)[0]
    draft = start(invitation=invitation, now=NOW)
    send(
        invitation=invitation,
        draft=draft,
        answers=COMPLETE | answers,
        receipt=new_receipt(),
        now=NOW,
        language=language,
    )


def test_text_keeps_the_language_and_the_permission_and_its_response_no_language(db: None) -> None:
    field = open_field()
    field.answer_all(19)
    send_in(field, "sv", tools=Answer(texts=("Hammare",)), quote=Answer(codes=("may_quote",)))

    field.open(now=CLOSED)

    text = OpenText.objects.get()
    assert (text.text, text.language, text.may_quote) == ("Hammare", "sv", True)
    told = json.dumps(list(Record.objects.values_list("answers", flat=True)))
    assert '"sv"' not in told
    assert not any("language" in field.name for field in Response._meta.get_fields())


def test_skipped_permission_is_none(db: None) -> None:
    field = open_field()
    field.answer_all(19)
    send_in(field, "sv", tools=Answer(texts=("Hammare",)))

    field.open(now=CLOSED)

    assert not OpenText.objects.get().may_quote


def test_ballots_of_every_language_are_of_one_length(db: None) -> None:
    field = open_field()
    for language in ("", "sv", LONGEST_TAG):
        send_in(field, language)

    lengths = {len(sealed) for sealed in Ballot.objects.values_list("sealed", flat=True)}
    assert len(lengths) == 1


@pytest.mark.parametrize("key", KEYS)
def test_largest_ballot_with_the_longest_tag_fits_its_computed_size(key: str) -> None:
    definition = shipped(key)
    answers = {item: _largest(question) for question in definition.questions for item in question.items}

    padded = pad(ballots.payload(definition, answers, new_receipt(), LONGEST_TAG), ballot_size(definition))

    assert len(padded) == ballot_size(definition) + 4
    assert WORST in answers["ent_tech_open" if key == "enterprise" else "tech_trends"].texts[0]


@given(st.sampled_from([None, 3, "sv; DROP", "x" * 30, ["sv"], "s", "sv_SE", "sv\n"]))
def test_ballot_with_a_language_that_no_page_has_is_unreadable(language: object) -> None:
    definition = shipped("law_enforcement")
    ending = next(
        code
        for question in definition.questions
        if question.screen_out
        for code, _class in question.screen_out.dispositions
    )
    answers = final_answers(definition, {"le_eligible": Answer(codes=(ending,))})
    good = ballots.payload(definition, answers, new_receipt(), "sv")

    assert ballots.read(good, definition).language == "sv"
    with pytest.raises(BallotUnreadable):
        ballots.read(good | {"language": language}, definition)


def test_ballot_from_before_texts_had_a_language_is_read(db: None) -> None:
    field = open_field()
    send_in(field, "sv")
    size = field.wave.questionnaire.ballot_size
    content = open_ballot(Ballot.objects.get().sealed, private_key=field.private_key, size=size)
    del content["language"]
    Ballot.objects.all()._raw_delete("default")
    field.put_in(content)
    field.answer_all(19)

    assert field.open(now=CLOSED).opened == 20


def test_page_in_another_language_sends_it_along(db: None) -> None:
    wave = speak(open_wave("enterprise"), "sv")
    respondent = Respondent(new_link(wave))
    respondent.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "sv"
    respondent.begin().walk(first_answers)
    sealed: list[dict[str, object]] = []

    import responses.actions.send as sending

    real = sending.seal_ballot

    def heard(payload: dict[str, object], **more: object) -> bytes:
        sealed.append(payload)
        return real(payload, **more)  # type: ignore[arg-type]

    sending.seal_ballot = heard  # type: ignore[assignment]
    try:
        respondent.post(respondent.fields(), "/answer/send")
    finally:
        sending.seal_ballot = real

    assert [payload["language"] for payload in sealed] == ["sv"]
    assert Ballot.objects.count() == 1


def test_what_coders_did_follows_a_text_that_is_written_anew(committed_database: Database) -> None:
    field = open_field()
    field.answer_all(19)
    send_in(field, "sv", tools=Answer(texts=("Hammare",)))
    field.open(now=CLOSED)
    old = OpenText.objects.get()
    Decision.objects.create(text=old, place=1, codes=["hammer"])
    Coding.objects.create(text=old, code="hammer")
    WorkingTranslation.objects.create(text=old, language="en", words="Hammer")

    field.rewrite()

    new = OpenText.objects.get()
    assert new.pk != old.pk
    assert (new.language, new.text) == ("sv", "Hammare")
    assert new.decisions.get().codes == ["hammer"]
    assert new.translations.get().words == "Hammer"
    assert new.codings.get().code == "hammer"
    assert TextLink.objects.get().text_id == new.pk
    assert not Quotation.objects.exists()


def test_remainder_of_the_box_keeps_its_language(committed_database: Database) -> None:
    field = open_field()
    field.answer_all(20)
    field.open(seed=1)
    for _n in range(3):
        send_in(field, "ar", tools=Answer(texts=("مطرقة",)))
    field.open(now=CLOSED)

    field.rewrite()

    assert set(OpenText.objects.values_list("text", "language")) == {("مطرقة", "ar")}
    assert OpenText.objects.count() == 3
