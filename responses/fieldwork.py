from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q

from responses.models import Draft, FieldworkCount, Invitation, Message
from surveys.models import Wave
from surveys.places import CONTACTS_KEPT

SMALLEST_COUNT = 10


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
    Draft.objects.filter(invitation__wave=wave).delete()
    Message.objects.filter(mailing__wave=wave).delete()
    known = Invitation.objects.filter(wave=wave).exclude(Q(email="") & Q(unit="") & Q(language=""))
    emptied = list(known.values_list("pk", flat=True))
    secrets.SystemRandom().shuffle(emptied)
    statement = (
        "UPDATE responses_invitation SET email = '', unit = '', language = '', time_zone = '', mailed_token = '',"
        " token_hash = %s WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(secrets.token_bytes(32), pk) for pk in emptied])
    return len(emptied)
