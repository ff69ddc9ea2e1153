from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q

from responses.models import CodeBatch, Draft, FieldworkCount, Invitation, Message
from responses.showable import showable_batches, showable_by_door
from surveys.models import Wave
from surveys.places import CONTACTS_KEPT

State = Invitation.State
EVERYBODY = ""
"""Stands in the place of a state for the invitations of all states."""

LEAST_WANTED_FIRST = [
    str(state)
    for state in (
        State.REVOKED,
        State.CLOSED,
        State.DECLINED,
        State.STARTED,
        State.INVITED,
        State.FINISHED,
    )
]
BATCH = 1000
EMPTY = """
    UPDATE responses_invitation
    SET email = '', unit = '', language = '', time_zone = '', mailed_token = '', token_hash = %s, entry_hash = NULL,
        batch_id = NULL
    WHERE id = %s
"""


@transaction.atomic
def count(wave: Wave) -> None:
    """Renew what staff see of the fieldwork. What may not be shown is not stored: absent means withheld."""
    counts: dict[str, dict[str, int]] = {}
    found = Invitation.objects.filter(wave=wave).values_list("door", "state").annotate(Count("pk"))
    for door, state, number in found:
        counts.setdefault(door, {})[state] = number
    totals, doors = showable_by_door(counts, LEAST_WANTED_FIRST)
    invited = {door: sum(states.values()) for door, states in counts.items()}
    shown = {"": totals, **doors}
    everybody = {"": sum(invited.values()), **invited}
    _store(wave, {door: _with_everybody(states, everybody[door]) for door, states in shown.items()})
    _count_batches(wave)


def _with_everybody(shown: dict[str, int], everybody: int) -> dict[str, int]:
    """Of how many, beside how many have sent: what is withheld is worked out from both, and is ten or more."""
    return {**shown, EVERYBODY: everybody} if State.FINISHED in shown else shown


def _store(wave: Wave, shown: dict[str, dict[str, int]]) -> None:
    wanted = {(door, state): number for door, states in shown.items() for state, number in states.items()}
    for old in FieldworkCount.objects.filter(wave=wave):
        if (old.door, old.state) not in wanted:
            old.delete()
    for (door, state), number in sorted(wanted.items()):
        FieldworkCount.objects.update_or_create(wave=wave, door=door, state=state, defaults={"count": number})


def _count_batches(wave: Wave) -> None:
    """Used is a code that somebody has begun with, whatever came of it."""
    batches = CodeBatch.objects.filter(wave=wave)
    unused = Count("invitations", filter=Q(invitations__state=State.INVITED))
    counted = batches.annotate(all=Count("invitations"), left=unused).values_list(
        "pk", "all", "left", "revoked"
    )
    found = {str(pk): (0, 0) if revoked else (number - left, left) for pk, number, left, revoked in counted}
    shown = showable_batches(found)
    for batch in batches:
        batch.used, batch.unused = shown.get(str(batch.pk), (None, None))
        batch.save(update_fields=["used", "unused"])


def contacts_are_due(wave: Wave, now: datetime) -> bool:
    return now >= wave.closes_at + CONTACTS_KEPT


@transaction.atomic
def forget_contacts(wave: Wave, now: datetime) -> int:
    """Empty what invitations know of people once the time is up; how many there were in each state remains.

    Returns how many were emptied. A token's hash is replaced by random bytes: its column is unique and never empty.
    """
    if not contacts_are_due(wave, now):
        return 0
    # The night and the retention both come here; one waits for the other.
    Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    Draft.objects.filter(invitation__wave=wave).delete()
    Message.objects.filter(mailing__wave=wave).delete()
    CodeBatch.objects.filter(wave=wave).exclude(contact_point="").update(contact_point="")
    nothing_known = Q(email="") & Q(unit="") & Q(language="") & Q(entry_hash__isnull=True)
    known = Invitation.objects.filter(wave=wave).exclude(nothing_known)
    emptied = 0
    # Keys are random, so that writing in their order says nothing about who came when.
    while keys := list(known.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with connection.cursor() as cursor:
            cursor.executemany(EMPTY, [(secrets.token_bytes(32), pk) for pk in keys])
        emptied += len(keys)
    return emptied
