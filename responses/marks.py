"""Marks are derived: from the record and the codes given so far. Here they are made again, or checked."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from responses.extracts import codebook_of
from responses.models import Record, Response
from responses.storing import chunks, codings_of
from surveys.models import Wave


def differing(wave: Wave) -> Iterator[tuple[UUID, bytes]]:
    """(response, marks as they should be) of each response whose marks do not agree."""
    codebook = codebook_of(wave)
    kept = list(Response.objects.filter(wave=wave).order_by("pk").values_list("pk", flat=True))
    for part in chunks(kept):
        codings = codings_of(part)
        for record in Record.objects.filter(response__in=part).select_related("response"):
            stored = codebook.stored_of_record(record.answers)
            marks = codebook.pack(codebook.marks(stored, codings.get(record.response_id, [])))
            if marks != bytes(record.response.marks):
                yield record.response_id, marks


@transaction.atomic
def rebuild(wave: Wave) -> int:
    """Bring marks up to date with records and codings. Returns how many changed."""
    changed = list(differing(wave))
    for response, marks in changed:
        Response.objects.filter(pk=response).update(marks=marks)
    return len(changed)
