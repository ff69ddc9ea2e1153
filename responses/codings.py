"""What people coded open answers into becomes marks. The worker's part: it alone may follow a text to its response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import transaction

from responses.extracts import codebook_of
from responses.models import Coding, Record, Response
from surveys.codebook import Codebook
from surveys.codebook import Coding as CodedEntry
from surveys.definition import item_key
from surveys.models import Wave

CHUNK = 2000


def nobody_else_works() -> None:
    """The check of a caller without a claim."""


@transaction.atomic
def apply_codings(*, wave: Wave, check_claim: Callable[[], None] = nobody_else_works) -> int:
    """Derive the marks of a wave again from its records and codings. Returns how many responses changed.

    A text that lost its codes loses their marks as well, because nothing but records and codings is looked at.
    """
    check_claim()
    codebook = codebook_of(wave)
    # Before the records: links that are cut in between have left their codes in these.
    codings = linked_codings(wave)
    records = Record.objects.filter(response__wave=wave).select_related("response")
    changed = [
        response
        for record in records.iterator(CHUNK)
        if (response := remarked(codebook, record, codings.get(record.response_id, []))) is not None
    ]
    # Keys are random, so that writing in their order says nothing about who came when.
    changed.sort(key=lambda response: response.pk)
    Response.objects.bulk_update(changed, ["marks"], batch_size=CHUNK)
    return len(changed)


def remarked(codebook: Codebook, record: Record, linked: Iterable[CodedEntry]) -> Response | None:
    """The response with the marks that follow from its record and codings, or None when it has them already."""
    marks = marks_of(codebook, record, linked)
    response = record.response
    if bytes(response.marks) == marks:
        return None
    response.marks = marks
    return response


def marks_of(codebook: Codebook, record: Record, linked: Iterable[CodedEntry] = ()) -> bytes:
    """Packed marks of what the record keeps and of texts that still lead to it."""
    codings = list(dict.fromkeys([*linked, *kept_codings(record)]))
    return codebook.pack(codebook.marks(codebook.stored_of_record(record.answers), codings))


def kept_codings(record: Record) -> list[CodedEntry]:
    """What stands in the record since its texts no longer lead to it."""
    return [(item, entry, code) for item, entry, code in record.codings or ()]


def codings_of(wave: Wave) -> dict[UUID, list[CodedEntry]]:
    """Response key -> its coded entries, in the form that the codebook reads, wherever they are kept."""
    found = linked_codings(wave)
    kept = Record.objects.filter(response__wave=wave, codings__isnull=False)
    for record in kept.only("response_id", "codings").iterator(CHUNK):
        found[record.response_id] = list(
            dict.fromkeys([*found.get(record.response_id, []), *kept_codings(record)])
        )
    return found


def linked_codings(wave: Wave) -> dict[UUID, list[CodedEntry]]:
    """Response key -> entries of the texts that still lead to it."""
    found: dict[UUID, list[CodedEntry]] = defaultdict(list)
    rows = Coding.objects.filter(text__wave=wave, text__link__isnull=False).values_list(
        "text__link__response_id", "text__question", "text__link__row", "text__link__entry", "code"
    )
    for response, question, row, entry, code in rows.order_by("pk"):
        found[response].append((item_key(question, row or None), entry, code))
    return found
