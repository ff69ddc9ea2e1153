from __future__ import annotations

from random import Random

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox

from responses import ballots
from responses.actions.start import start
from responses.actions.withdraw import withdraw
from responses.box import BoxStillFilling, draw, open_box, rewrite
from responses.codings import apply_codings
from responses.extracts import codebook_of, response_count, tallies
from responses.models import (
    Ballot,
    Coding,
    Comment,
    Invitation,
    OpenText,
    Record,
    Response,
    TextLink,
    Withdrawal,
)
from responses.rewriting import VACUUMED
from responses.sealing import new_receipt
from surveys.answers import Answer
from surveys.models import Wave
from surveys.queries import definition_of
from surveys.routing import final_answers
from tests.box.field import CLOSED, COMPLETE, NIGHT, NOW, Field
from tests.services import acting_as


class ClaimLost(Exception):
    pass


def shares(field: Field) -> list[int]:
    """The number that each stored person gave, which this test uses as their name."""
    kept = Record.objects.filter(response__wave=field.wave).values_list("answers", flat=True)
    return sorted(answers["share"] for answers in kept)


@given(st.integers(0, 60), st.integers(10, 15), st.booleans(), st.integers())
def test_draw_is_never_smaller_than_a_batch_and_leaves_one_waiting(
    held: int, min_batch: int, last: bool, seed: int
) -> None:
    drawn = draw(list(range(held)), min_batch=min_batch, last=last, rng=Random(seed))  # type: ignore[arg-type]

    assert len(set(drawn)) == len(drawn)
    assert not drawn or len(drawn) >= min_batch
    expected = (
        (held if held >= min_batch else 0) if last else (held - min_batch if held >= 2 * min_batch else 0)
    )
    assert len(drawn) == expected


@pytest.mark.parametrize(("sent", "opened", "waiting"), [(19, 0, 19), (20, 10, 10), (27, 17, 10)])
def test_open_while_the_wave_takes_answers_leaves_a_batch_waiting(
    field: Field, sent: int, opened: int, waiting: int
) -> None:
    field.answer_all(sent)

    result = field.open()

    assert (result.opened, result.refused, result.waiting, result.final) == (opened, 0, waiting, False)
    assert response_count(field.wave) == Record.objects.count() == opened
    assert Ballot.objects.count() == waiting


def test_open_after_the_close_takes_the_rest(field: Field) -> None:
    field.answer_all(25)
    field.open()

    result = field.open(now=CLOSED)

    assert (result.opened, result.waiting, result.final) == (10, 0, True)
    assert shares(field) == list(range(25))


def test_open_within_the_grace_is_not_the_last(field: Field) -> None:
    field.answer_all(12)

    result = field.open(now=field.wave.closes_at)

    assert (result.opened, result.final) == (0, False)


def test_wave_with_fewer_than_a_batch_stays_shut(committed_field: Field) -> None:
    committed_field.answer_all(9)

    result = committed_field.open(now=CLOSED)
    committed_field.rewrite()

    assert (result.opened, result.waiting, result.final) == (0, 9, True)
    assert (Response.objects.count(), Ballot.objects.count()) == (0, 9)
    assert Wave.objects.get().status == Wave.Status.FINAL


def test_open_works_with_the_rights_of_the_worker(field: Field) -> None:
    field.answer_all(30)

    with acting_as("worker"):
        field.open()
        field.open(now=CLOSED)

    assert shares(field) == list(range(30))


def unfit_payloads(field: Field) -> list[dict[str, object]]:
    definition = definition_of(field.wave.questionnaire)
    good = ballots.payload(definition, final_answers(definition, COMPLETE), new_receipt())
    answers = dict(good["answers"])
    return [
        {},
        good | {"v": 2},
        good | {"questionnaire": ["small", 2]},
        good | {"receipt": "00"},
        good | {"receipt": 7},
        good | {"answers": []},
        good | {"answers": answers | {"moon": {}}},
        good | {"answers": answers | {"region": {"c": ["moon"]}}},
        good | {"answers": answers | {"region": {"c": [["south"]]}}},
        good | {"answers": answers | {"region": {"c": "south"}}},
        good | {"answers": answers | {"share": {"n": True}}},
        good | {"answers": answers | {"share": {"n": 1.5}}},
        good | {"answers": None},
        good | {"answers": answers | {"comment": {"t": ["nul \0"]}}},
        good | {"answers": answers | {"comment": {"t": ["off path"]}}},
        good | {"answers": answers | {"habits": {"c": ["other"], "o": [["other"]]}}},
        good | {"answers": {"region": {"c": ["south"]}}},
    ]


def unfit_contents(field: Field) -> list[bytes]:
    """Sealed by somebody who has the public key and no regard for the form."""
    size, public = field.wave.questionnaire.ballot_size, PublicKey(bytes(field.wave.key.public_key))
    texts = [
        b'{"answers":{"comment":{"t":["\\ud800"]}}}',
        b"[" * size,
        b"[]",
        b"\xff",
        b'{"v":' + b"9" * 9000 + b"}",
    ]
    padded = [len(text).to_bytes(4) + text.ljust(size, b"\0") for text in texts]
    return [
        b"not sealed at all",
        *(bytes(SealedBox(public).encrypt(content)) for content in (*padded, b"", b"short")),
    ]


def test_ballots_that_do_not_open_or_fit_stay_and_are_counted(field: Field) -> None:
    field.answer_all(20)
    unfit = unfit_payloads(field)
    bad = [field.put_in(payload) for payload in unfit]
    bad += [Ballot.objects.create(wave=field.wave, sealed=sealed) for sealed in unfit_contents(field)]

    result = field.open()
    last = field.open(now=CLOSED)

    assert (result.opened, result.refused, result.waiting) == (10, len(bad), 10)
    assert (last.opened, last.refused, last.waiting) == (10, len(bad), 0)
    assert set(Ballot.objects.values_list("pk", flat=True)) == {ballot.pk for ballot in bad}
    assert shares(field) == list(range(20))


def test_unfit_ballots_do_not_make_a_batch_smaller(field: Field) -> None:
    field.answer_all(12)
    for _ in range(20):
        Ballot.objects.create(wave=field.wave, sealed=b"noise")

    result = field.open()

    assert (result.opened, result.refused, result.waiting) == (0, 20, 12)


def test_same_ballot_twice_counts_once_also_on_a_later_night(field: Field) -> None:
    field.answer_all(20)
    copies = list(Ballot.objects.values_list("sealed", flat=True))
    Ballot.objects.create(wave=field.wave, sealed=copies[0])

    field.open()
    for sealed in copies:
        Ballot.objects.create(wave=field.wave, sealed=sealed)
    field.open()
    field.open(now=CLOSED)

    assert shares(field) == list(range(20))
    assert not Ballot.objects.exists()


def test_withdrawal_before_the_opening_keeps_the_ballot_out(field: Field) -> None:
    receipts = field.answer_all(22)
    withdraw(wave=field.wave, receipt=receipts[3], now=NOW)

    field.open()

    assert Withdrawal.objects.count() == 0
    field.open(now=CLOSED)
    assert shares(field) == [n for n in range(22) if n != 3]


def test_withdrawal_after_the_opening_deletes_the_response_with_its_texts(field: Field) -> None:
    receipts = field.answer_all(19)
    receipts.append(
        field.answer(
            field.invite(1)[0],
            share=Answer(number=500),
            tools=Answer(texts=("Hammer", "", "Saw")),
            comment=Answer(texts=("A word.",)),
        )
    )
    field.answer_all(200)
    field.open(seed=1)
    assert OpenText.objects.count() == 2

    withdraw(wave=field.wave, receipt=receipts[-1], now=NOW)
    field.answer_all(10)
    field.open()

    assert 500 not in shares(field)
    assert (OpenText.objects.count(), TextLink.objects.count(), Withdrawal.objects.count()) == (0, 0, 0)
    assert Comment.objects.count() == 1


def test_withdrawal_of_an_unknown_receipt_goes_at_the_last_opening(field: Field) -> None:
    field.answer_all(20)
    withdraw(wave=field.wave, receipt=new_receipt(), now=NOW)

    field.open()
    assert Withdrawal.objects.count() == 1
    field.open(now=CLOSED)

    assert Withdrawal.objects.count() == 0
    assert response_count(field.wave) == 20


def test_detached_answers_and_texts_are_stored_apart(field: Field) -> None:
    field.answer_all(18)
    writer, silent = field.invite(2)
    field.answer(
        writer,
        share=Answer(number=700),
        country=Answer(codes=("CC",)),
        habits=Answer(codes=("measure", "other"), others=(("other", " sing "),)),
        tools=Answer(texts=("", "Saw ")),
        comment=Answer(texts=(" Quote me. ",)),
        quote=Answer(codes=("may_quote",)),
    )
    field.answer(silent, share=Answer(number=701), country=Answer())

    field.open(now=CLOSED)

    record = next(kept for kept in Record.objects.all() if kept.answers["share"] == 700)
    texts = {
        (text.question, text.choice, text.text): (text.link.row, text.link.entry, text.link.response_id)
        for text in OpenText.objects.select_related("link")
    }
    assert tallies(field.wave) == {"country": {"": 1, "AA": 18, "CC": 1}}
    assert [(c.question, c.text, c.may_quote) for c in Comment.objects.all()] == [
        ("comment", "Quote me.", True)
    ]
    assert texts == {
        ("habits", "other", "sing"): ("", 0, record.pk),
        ("tools", "", "Saw"): ("", 1, record.pk),
    }
    assert not {"country", "comment"} & set(record.answers)


def test_screened_out_ballot_is_stored_with_its_screening_answer_alone(field: Field) -> None:
    field.answer_all(19)
    field.answer(field.invite(1)[0], eligible=Answer(codes=("no_never",)))

    field.open(now=CLOSED)

    short = [kept.answers for kept in Record.objects.all() if "share" not in kept.answers]
    assert short == [{"eligible": "no_never"}]


def test_marks_of_every_response_follow_from_its_record(field: Field) -> None:
    field.answer_all(20)
    field.open(now=CLOSED)
    codebook = codebook_of(field.wave)

    for row in Response.objects.select_related("record"):
        marks = codebook.marks(codebook.stored_of_record(row.record.answers))
        assert bytes(row.marks) == codebook.pack(marks)


def test_open_that_loses_its_claim_changes_nothing(field: Field) -> None:
    field.answer_all(25)
    calls = []

    def lost_at_the_end() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise ClaimLost

    with pytest.raises(ClaimLost):
        open_box(wave=field.wave, now=NIGHT, private_key=field.private_key, check_claim=lost_at_the_end)

    assert (Ballot.objects.count(), Response.objects.count(), Record.objects.count()) == (25, 0, 0)


def test_rewrite_before_the_last_opening_is_refused(committed_field: Field) -> None:
    committed_field.answer_all(20)

    with pytest.raises(BoxStillFilling):
        committed_field.rewrite(now=NIGHT)


def test_rewrite_gives_new_keys_and_orders_and_keeps_every_answer(committed_field: Field) -> None:
    field = committed_field
    field.answer_all(30)
    for place, invitation in enumerate(field.invite(15)):
        field.answer(
            invitation,
            share=Answer(number=100 + place),
            tools=Answer(texts=(f"tool {place}",)),
            comment=Answer(texts=(f"word {place}",)),
        )
    field.open()
    field.open(now=CLOSED)
    coded = OpenText.objects.get(text="tool 3")
    Coding.objects.create(text=coded, code="hammer")
    apply_codings(wave=field.wave)
    before = {
        model: set(model.objects.values_list("pk", flat=True)) for model in (Response, OpenText, Comment)
    }
    marks = sorted(bytes(row) for row in Response.objects.values_list("marks", flat=True))

    field.rewrite()

    for model, keys in before.items():
        after = set(model.objects.values_list("pk", flat=True))
        assert len(after) == len(keys)
        assert not after & keys
    assert shares(field) == [*range(30), *range(100, 115)]
    assert not Response.objects.exclude(receipt_hash=None).exists()
    assert sorted(bytes(row) for row in Response.objects.values_list("marks", flat=True)) == marks
    link = TextLink.objects.select_related("response__record", "text").get(text__codings__code="hammer")
    assert (link.text.text, link.response.record.answers["share"]) == ("tool 3", 103)
    assert tallies(field.wave) == {"country": {"AA": 45}}
    assert len(field_xmins("responses_response")) == len(field_xmins("responses_invitation")) == 1
    assert Wave.objects.get().status == Wave.Status.FINAL


def field_xmins(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT xmin::text FROM {table}")
        return {xmin for (xmin,) in cursor.fetchall()}


def test_rewrite_keeps_of_a_rare_profile_its_classes_alone(committed_field: Field) -> None:
    field = committed_field
    field.answer_all(20)
    for place, region in enumerate(("north", "far_north", "far_north")):
        field.answer(field.invite(1)[0], share=Answer(number=900 + place), region=Answer(codes=(region,)))
    field.open(now=CLOSED)

    field.rewrite()

    codebook = codebook_of(field.wave)
    kept = {row.record.answers["share"]: row for row in Response.objects.select_related("record")}
    assert {kept[n].record.answers["region"]["classes"]["half"] for n in (900, 901, 902)} == {"northern"}
    assert kept[0].record.answers["region"] == "south"
    northern = codebook.part("half", "northern")
    assert sum(northern.of(codebook.unpack(bytes(row.marks))) for row in kept.values()) == 3
    again = codebook.marks(codebook.stored_of_record(kept[900].record.answers))
    assert codebook.pack(again) == bytes(kept[900].marks)


def test_remainder_of_the_box_joins_the_rewrite(committed_field: Field) -> None:
    field = committed_field
    receipts = field.answer_all(20)
    field.open(seed=1)
    left = sorted(set(range(20)) - set(shares(field)))
    for number in left[:5]:
        withdraw(wave=field.wave, receipt=receipts[number], now=NOW)

    last = field.open(now=CLOSED)
    assert (last.opened, last.waiting, last.final) == (0, 5, True)
    field.rewrite()

    assert shares(field) == sorted(set(range(20)) - set(left[:5]))
    assert not Ballot.objects.exists()


def test_rewrite_killed_before_its_end_is_done_again(committed_field: Field) -> None:
    field = committed_field
    field.answer_all(25)
    field.open(now=CLOSED)
    calls = []

    def lost_after_the_rows() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise ClaimLost

    with pytest.raises(ClaimLost):
        rewrite(wave=field.wave, now=CLOSED, private_key=field.private_key, check_claim=lost_after_the_rows)
    assert Wave.objects.get().status == Wave.Status.OPEN
    field.open(now=CLOSED)
    field.rewrite()

    assert shares(field) == list(range(25))
    assert Wave.objects.get().status == Wave.Status.FINAL


def test_rewrite_works_with_the_rights_of_the_worker(committed_field: Field) -> None:
    committed_field.answer_all(25)

    with acting_as("worker"):
        committed_field.open(now=CLOSED)
        committed_field.rewrite()

    assert shares(committed_field) == list(range(25))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0")
        vacuumed = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model in VACUUMED} <= vacuumed


def test_closed_wave_leaves_no_draft(committed_field: Field) -> None:
    committed_field.answer_all(12)
    begun = committed_field.invite(1)[0]
    start(invitation=begun, now=NOW)
    committed_field.open(now=CLOSED)
    committed_field.rewrite()

    assert Invitation.objects.filter(draft__isnull=False).count() == 0
