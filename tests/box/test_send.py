from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from responses.actions.decline import decline
from responses.actions.refusals import (
    AlreadySent,
    AnswersNotValid,
    ClosedByColleague,
    DraftGone,
    TooLateToWithdraw,
    WaveClosed,
    WaveNotOpenYet,
)
from responses.actions.send import send
from responses.actions.start import start
from responses.actions.withdraw import withdraw
from responses.models import Ballot, Draft, Invitation, Response, Withdrawal
from responses.sealing import ReceiptUnreadable, new_receipt, open_ballot, receipt_hash, sealed_ballot_length
from surveys.answers import Answer, from_json
from tests.box.field import CLOSED, CLOSES, COMPLETE, IN_GRACE, NOW, Field, drafts, open_field, states
from tests.services import Database, acting_as

BEFORE = NOW - timedelta(days=2)


def test_start_of_an_invitation_makes_one_draft_and_goes_on_with_it(field: Field) -> None:
    invitation = field.invite(1)[0]

    first, second = (start(invitation=invitation, now=NOW) for _ in range(2))

    assert first.pk == second.pk
    assert states(field.wave) == ["started"]


@pytest.mark.parametrize(
    ("now", "refusal"), [(BEFORE, WaveNotOpenYet), (IN_GRACE, WaveClosed), (CLOSED, WaveClosed)]
)
def test_start_outside_the_times_is_refused(field: Field, now: datetime, refusal: type[Exception]) -> None:
    invitation = field.invite(1)[0]

    with pytest.raises(refusal):
        start(invitation=invitation, now=now)

    assert states(field.wave) == ["invited"]


def test_send_seals_the_final_answers_and_keeps_nothing_else(field: Field) -> None:
    invitation = field.invite(1)[0]
    off_path = {"tools": Answer(texts=("Hammer",), codes=()), "comment": Answer(texts=(" ",))}

    receipt = field.answer(invitation, **off_path)

    ballot = Ballot.objects.get()
    size = field.wave.questionnaire.ballot_size
    content = open_ballot(bytes(ballot.sealed), private_key=field.private_key, size=size)
    answers = from_json(content["answers"])
    assert len(ballot.sealed) == sealed_ballot_length(size)
    assert content["receipt"] == receipt_hash(receipt).hex()
    assert answers["comment"] == answers["quote"] == Answer()
    assert answers["tools"].texts == ("Hammer",)
    assert (states(field.wave), drafts(field.wave)) == (["finished"], 0)


def test_send_twice_counts_once(field: Field) -> None:
    invitation = field.invite(1)[0]
    draft = start(invitation=invitation, now=NOW)
    receipt = new_receipt()

    for now in (NOW, CLOSED):
        send(invitation=invitation, draft=draft, answers=COMPLETE, receipt=receipt, now=now)

    assert Ballot.objects.count() == 1


def test_send_within_the_grace_is_taken_and_after_it_refused(field: Field) -> None:
    early, late = field.invite(2)
    drafts_of = {one.pk: start(invitation=one, now=NOW) for one in (early, late)}

    send(invitation=early, draft=drafts_of[early.pk], answers=COMPLETE, receipt=new_receipt(), now=IN_GRACE)
    with pytest.raises(WaveClosed):
        send(invitation=late, draft=drafts_of[late.pk], answers=COMPLETE, receipt=new_receipt(), now=CLOSED)

    assert states(field.wave) == ["finished", "started"]
    assert drafts(field.wave) == 1


def test_send_of_a_draft_that_is_gone_or_another_persons_is_refused(field: Field) -> None:
    own, other = field.invite(2)
    start(invitation=own, now=NOW)
    foreign = start(invitation=other, now=NOW)

    with pytest.raises(DraftGone):
        send(invitation=own, draft=foreign, answers=COMPLETE, receipt=new_receipt(), now=NOW)

    assert Ballot.objects.count() == 0
    assert drafts(field.wave) == 2


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("eligible", Answer()),
        ("region", Answer(codes=("moon",))),
        ("region", Answer(codes=("north", "south"))),
        ("share", Answer(number=1001)),
        ("share", Answer(number=3, codes=("dont_know",))),
        ("habits", Answer(codes=("measure", "none"))),
        ("habits", Answer(codes=("measure", "cut", "glue"))),
        ("habits", Answer(codes=("measure",), number=3)),
        ("habits", Answer(codes=("other",), others=(("other", "x" * 81),))),
        ("tools", Answer(texts=("a", "b", "c", "d"))),
        ("tools", Answer(texts=("x" * 61,))),
        ("tools", Answer(texts=("a",), codes=("dont_know",))),
        ("comment", Answer(texts=("null \0 byte",))),
        ("comment", Answer(texts=("x" * 401,))),
    ],
)
def test_send_of_answers_that_do_not_fit_is_refused_and_keeps_the_draft(
    field: Field, item: str, answer: Answer
) -> None:
    invitation = field.invite(1)[0]
    draft = start(invitation=invitation, now=NOW)

    with pytest.raises(AnswersNotValid) as refusal:
        send(
            invitation=invitation,
            draft=draft,
            answers=COMPLETE | {item: answer},
            receipt=new_receipt(),
            now=NOW,
        )

    assert list(refusal.value.problems) == [item]
    assert drafts(field.wave) == 1
    assert Ballot.objects.count() == 0


def test_first_of_a_unit_closes_the_others(organisations: Field) -> None:
    first, second, third = organisations.invite(3, unit="Acme")
    stranger = organisations.invite(1, unit="Other")[0]
    start(invitation=second, now=NOW)

    organisations.answer(first)

    assert states(organisations.wave) == ["finished", "closed", "closed", "invited"]
    assert drafts(organisations.wave) == 0
    for refused in (second, third):
        with pytest.raises(ClosedByColleague):
            start(invitation=Invitation.objects.get(pk=refused.pk), now=NOW)
    organisations.answer(stranger)


def test_decline_forgets_the_draft_and_can_be_undone_until_the_close(field: Field) -> None:
    invitation = field.invite(1)[0]
    start(invitation=invitation, now=NOW)

    decline(invitation=invitation, now=NOW)

    assert (states(field.wave), drafts(field.wave)) == (["declined"], 0)
    field.answer(invitation)
    assert states(field.wave) == ["finished"]
    with pytest.raises(AlreadySent):
        decline(invitation=invitation, now=NOW)


def test_withdrawal_handed_in_twice_is_one_row_and_tells_nothing(field: Field) -> None:
    unknown = new_receipt()

    withdraw(wave=field.wave, receipt=unknown, now=NOW)
    withdraw(wave=field.wave, receipt=unknown.lower().replace("-", " "), now=NOW)

    assert Withdrawal.objects.count() == 1


def test_withdrawal_after_the_close_or_unreadable_is_refused(field: Field) -> None:
    with pytest.raises(TooLateToWithdraw):
        withdraw(wave=field.wave, receipt=new_receipt(), now=CLOSES)
    with pytest.raises(ReceiptUnreadable):
        withdraw(wave=field.wave, receipt="ABCD", now=NOW)

    assert not Withdrawal.objects.exists()


def test_respondent_actions_work_with_the_rights_of_the_web(field: Field) -> None:
    invitations = field.invite(2)

    with acting_as("web"):
        receipt = field.answer(invitations[0])
        withdraw(wave=field.wave, receipt=receipt, now=NOW)
        withdraw(wave=field.wave, receipt=receipt, now=NOW)
        start(invitation=invitations[1], now=NOW)
        decline(invitation=invitations[1], now=NOW)

    assert states(field.wave) == ["finished", "declined"]
    assert (Ballot.objects.count(), Withdrawal.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "table",
    ["response", "record", "textlink", "tally", "ballot", "withdrawal"],
)
def test_web_cannot_read_what_was_answered(field: Field, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        acting_as("web"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM responses_{table}")


def test_worker_cannot_read_drafts(field: Field) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as("worker"):
        list(Draft.objects.values_list("sealed"))


def _at_once(number: int, act: object) -> list[str]:
    barrier = Barrier(number)

    def run(place: int) -> str:
        barrier.wait()
        try:
            act(place)  # type: ignore[operator]
        except (ClosedByColleague, DraftGone) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(run, range(number)))


def test_one_link_sent_by_four_at_once_counts_once(committed_field: Field) -> None:
    invitation = committed_field.invite(1)[0]
    draft = start(invitation=invitation, now=NOW)
    receipt = new_receipt()

    results = _at_once(
        4, lambda _place: send(invitation=invitation, draft=draft, answers=COMPLETE, receipt=receipt, now=NOW)
    )

    assert results == ["sent"] * 4
    assert Ballot.objects.count() == 1


def test_two_of_a_unit_at_once_first_wins(committed_database: Database) -> None:
    field = open_field(unit="organisation")
    colleagues = field.invite(2, unit="Acme")
    begun = [start(invitation=one, now=NOW) for one in colleagues]

    results = _at_once(
        2,
        lambda place: send(
            invitation=colleagues[place],
            draft=begun[place],
            answers=COMPLETE,
            receipt=new_receipt(),
            now=NOW,
        ),
    )

    assert results == ["ClosedByColleague", "sent"]
    assert sorted(states(field.wave)) == ["closed", "finished"]
    assert (Ballot.objects.count(), drafts(field.wave), Response.objects.count()) == (1, 0, 0)
