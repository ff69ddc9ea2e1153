"""What is due is deleted, batch by batch: a hundred thousand rows never stand in memory together.

Each function works on one wave inside the caller's transaction, which holds the lock on the wave, and returns how many
rows it touched. Done again it finds nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from responses import box, fieldwork
from responses.models import (
    Coding,
    Comment,
    Decision,
    Draft,
    OpenText,
    Quotation,
    Record,
    Redaction,
    Response,
    Tally,
    TextLink,
    WorkingTranslation,
)
from surveys.models import Wave
from surveys.places import retention_years

BATCH = 1000
WORDS_KEPT = timedelta(days=365)
"""How long after an edition's first release written words are kept, at most."""

LEAP_DAY = (2, 29)


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """Delete rows by their keys, some at a time. What refers to them has to be gone, or goes by its own rule."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        found = rows.model._default_manager.filter(pk__in=keys)
        found._raw_delete(found.db)
        deleted += len(keys)
    return deleted


def forget_drafts(wave: Wave, now: datetime) -> int:
    if not fieldwork.contacts_are_due(wave, now):
        return 0
    return delete_in_batches(Draft.objects.filter(invitation__wave=wave))


def forget_ballots(wave: Wave, *, key_is_destroyed: bool) -> int:
    """What came into the box after the key had gone can be opened by nobody."""
    return box.throw_away(wave) if key_is_destroyed else 0


def forget_receipts(wave: Wave) -> int:
    """The last opening leaves none; this is for rows that came by another way, such as a backup."""
    if wave.status != Wave.Status.FINAL:
        return 0
    return Response.objects.filter(wave=wave, receipt_hash__isnull=False).update(receipt_hash=None)


def responses_end_at(wave: Wave) -> datetime | None:
    """When the wave's answers are to go; None while its texts name no number of years, for then nobody guesses."""
    years = retention_years(wave)
    if years is None:
        return None
    close = wave.closes_at
    day = 28 if (close.month, close.day) == LEAP_DAY else close.day
    return close.replace(year=close.year + years, day=day)


def responses_are_due(wave: Wave, now: datetime) -> bool:
    end = responses_end_at(wave)
    return wave.status == Wave.Status.FINAL and end is not None and now >= end


def forget_responses(wave: Wave, now: datetime) -> int:
    """The answers with everything that hangs on them; returns how many responses there were."""
    if not responses_are_due(wave, now):
        return 0
    for rows in (
        TextLink.objects.filter(text__wave=wave),
        Redaction.objects.filter(quotation__wave=wave),
        Quotation.objects.filter(wave=wave),
        WorkingTranslation.objects.filter(text__wave=wave),
        Decision.objects.filter(text__wave=wave),
        Coding.objects.filter(text__wave=wave),
        OpenText.objects.filter(wave=wave),
        Comment.objects.filter(wave=wave),
        Record.objects.filter(response__wave=wave),
        Tally.objects.filter(wave=wave),
    ):
        delete_in_batches(rows)
    return delete_in_batches(Response.objects.filter(wave=wave))


def forget_words(wave: Wave, now: datetime, *, released_at: datetime | None) -> int:
    """Written words twelve months after the first release. Their codes stay, and so do the marks made of them.

    A text gives way to a fingerprint under a key that is drawn for this and kept nowhere: equal texts stay equal,
    because different names are counted, and what they said is gone. Final comments go altogether; those that were
    quoted stand in the release.
    """
    if released_at is None or now < released_at + WORDS_KEPT:
        return 0
    for rows in (
        Redaction.objects.filter(quotation__wave=wave),
        Quotation.objects.filter(wave=wave),
        WorkingTranslation.objects.filter(text__wave=wave),
    ):
        delete_in_batches(rows)
    said = Decision.objects.filter(text__wave=wave).exclude(note="", answer="")
    said.update(note="", answer="")
    comments = delete_in_batches(Comment.objects.filter(wave=wave))
    return comments + _forget_texts(wave)


def _forget_texts(wave: Wave) -> int:
    key = secrets.token_bytes(32)
    forgotten = 0
    while rows := list(OpenText.objects.filter(wave=wave, forgotten=False).values_list("pk", "text")[:BATCH]):
        replaced = [(_fingerprint(key, text), pk) for pk, text in rows]
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE responses_opentext SET text = %s, forgotten = true WHERE id = %s", replaced
            )
        forgotten += len(rows)
    return forgotten


def _fingerprint(key: bytes, text: str) -> str:
    cleaned = " ".join(text.casefold().split())
    return hmac.new(key, cleaned.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
