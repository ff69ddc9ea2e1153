from __future__ import annotations

from datetime import timedelta

from responses.actions.start import start
from responses.extracts import fieldwork_counts
from responses.fieldwork import count, forget_contacts
from responses.models import Draft, Invitation
from tests.box.field import CLOSES, NOW, Field, states
from tests.services import acting_as


def test_counts_below_ten_and_those_that_give_them_away_are_not_stored(field: Field) -> None:
    invited = field.invite(30)
    for one in invited[:12]:
        field.answer(one)
    for one in invited[12:17]:
        start(invitation=one, now=NOW)

    with acting_as("worker"):
        count(field.wave)
    first = fieldwork_counts(field.wave)
    for one in invited[17:21]:
        field.answer(one)
    with acting_as("worker"):
        count(field.wave)

    # Whoever invited thirty would find the five that have begun by taking away.
    assert first == {"finished": 12}
    assert fieldwork_counts(field.wave) == {"finished": 16}


def test_contacts_are_kept_for_thirty_days_and_then_forgotten(field: Field) -> None:
    finished, begun = field.invite(2)
    field.answer(finished)
    start(invitation=begun, now=NOW)
    hashes = {bytes(one.token_hash) for one in Invitation.objects.all()}
    due = CLOSES + timedelta(days=30)

    with acting_as("worker"):
        early = forget_contacts(field.wave, due - timedelta(seconds=1))
        forgotten = [forget_contacts(field.wave, due) for _ in range(2)]

    after = list(Invitation.objects.all())
    assert (early, forgotten) == (0, [2, 0])
    assert {(one.email, one.unit, one.language) for one in after} == {("", "", "")}
    assert not hashes & {bytes(one.token_hash) for one in after}
    assert sorted(states(field.wave)) == ["finished", "started"]
    assert not Draft.objects.exists()
