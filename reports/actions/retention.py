"""The nightly end of what is due, by the rules of `config/retention.py`.

Each wave is a transaction of its own with its row in the audit log: a task that comes twice finds nothing, and one that
is killed leaves the wave as it was, for the next night.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Min

from accounts import audit
from config.retention import Lifetime
from reports.actions import unsaved
from reports.models import Release
from responses import fieldwork, retention, rewriting
from surveys.models import KeyCustody, Wave

FEW, FEWER = 10, "fewer than ten"


@dataclass(frozen=True, slots=True)
class Due:
    """What the rules ask of a wave beside its own row."""

    now: datetime
    released_at: datetime | None
    key_is_destroyed: bool


Routine = Callable[[Wave, Due], int]

# In this order: a response goes with its words, so that these are counted only where they go alone.
OF_A_WAVE: Mapping[Lifetime, Routine] = {
    Lifetime.DRAFT: lambda wave, due: retention.forget_drafts(wave, due.now),
    Lifetime.CONTACT: lambda wave, due: fieldwork.forget_contacts(wave, due.now),
    Lifetime.BALLOT: lambda wave, due: retention.forget_ballots(wave, key_is_destroyed=due.key_is_destroyed),
    Lifetime.RECEIPT: lambda wave, due: retention.forget_receipts(wave),
    Lifetime.RESPONSE: lambda wave, due: retention.forget_responses(wave, due.now),
    Lifetime.WORDS: lambda wave, due: retention.forget_words(wave, due.now, released_at=due.released_at),
}


OF_STAFF = {Lifetime.SESSION, Lifetime.UNSAVED}
"""What these end is about staff alone: no vacuum follows."""


def forget_what_is_due(*, now: datetime) -> dict[Lifetime, int]:
    """Everything that is due, then the tables are vacuumed, so that no dead row stays readable.

    Returns how many rows of each lifetime went.
    """
    gone = forget(now=now)
    if gone.keys() - OF_STAFF:
        rewriting.vacuum()
    return gone


def forget(*, now: datetime) -> dict[Lifetime, int]:
    gone: dict[Lifetime, int] = {}
    for wave_id in Wave.objects.exclude(status=Wave.Status.DRAFT).order_by("pk").values_list("pk", flat=True):
        for lifetime, count in _forget_of(wave_id, now).items():
            gone[lifetime] = gone.get(lifetime, 0) + count
    if count := _forget_sessions(now):
        gone[Lifetime.SESSION] = count
    if count := unsaved.forget(now=now):
        gone[Lifetime.UNSAVED] = count
    return gone


@transaction.atomic
def _forget_of(wave_id: UUID, now: datetime) -> dict[Lifetime, int]:
    wave = (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire", "edition")
        .get(pk=wave_id)
    )
    due = Due(now, first_release_of(wave), _key_is_destroyed(wave))
    counts = {lifetime: routine(wave, due) for lifetime, routine in OF_A_WAVE.items()}
    gone = {lifetime: count for lifetime, count in counts.items() if count}
    if gone:
        audit.record("retention.applied", by=None, now=now, target=wave, **in_words(gone))
    return gone


@transaction.atomic
def _forget_sessions(now: datetime) -> int:
    count = retention.delete_in_batches(Session.objects.filter(expire_date__lt=now))
    if count:
        audit.record("retention.applied", by=None, now=now, **in_words({Lifetime.SESSION: count}))
    return count


def in_words(gone: Mapping[Lifetime, int]) -> dict[str, str | int]:
    """Counts as the audit log may hold them: a few people are not told apart."""
    return {lifetime.value: count if count >= FEW else FEWER for lifetime, count in gone.items()}


def first_release_of(wave: Wave) -> datetime | None:
    approved = Release.objects.filter(edition=wave.edition_id, status=Release.Status.APPROVED)
    first: datetime | None = approved.aggregate(first=Min("decided_at"))["first"]
    return first


def _key_is_destroyed(wave: Wave) -> bool:
    return KeyCustody.objects.filter(wave=wave, destroyed_on__isnull=False).exists()
