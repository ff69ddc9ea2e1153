from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q

from responses.models import Draft, FieldworkCount, Invitation
from surveys.models import Wave
from surveys.places import CONTACTS_KEPT

SMALLEST_COUNT = 10
BATCH = 1000
EMPTY = "UPDATE responses_invitation SET email = '', unit = '', language = '', token_hash = %s WHERE id = %s"


@transaction.atomic
def count(wave: Wave) -> None:
    """Renew what staff see of the fieldwork. A number below ten is not stored: absent means fewer than ten."""
    states = Invitation.objects.filter(wave=wave).values_list("state").annotate(Count("pk"))
    counts = {state: number for state, number in states if number >= SMALLEST_COUNT}
    FieldworkCount.objects.filter(wave=wave).exclude(state__in=counts).delete()
    for state, number in sorted(counts.items()):
        FieldworkCount.objects.update_or_create(wave=wave, state=state, defaults={"count": number})


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
    known = Invitation.objects.filter(wave=wave).exclude(Q(email="") & Q(unit="") & Q(language=""))
    emptied = 0
    # Keys are random, so that writing in their order says nothing about who came when.
    while keys := list(known.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with connection.cursor() as cursor:
            cursor.executemany(EMPTY, [(secrets.token_bytes(32), pk) for pk in keys])
        emptied += len(keys)
    return emptied
