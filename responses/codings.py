"""What people coded open answers into becomes marks. The worker's part: it alone may follow a text to its response."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from responses.extracts import codebook_of
from responses.models import Record, Response
from responses.storing import codings_of
from surveys.codebook import Codebook
from surveys.codebook import Coding as CodedEntry
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
    codings = codings_of(Response.objects.filter(wave=wave).values("pk"))
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


def remarked(codebook: Codebook, record: Record, codings: list[CodedEntry]) -> Response | None:
    """The response with the marks that follow from its record and codings, or None when it has them already."""
    marks = codebook.pack(codebook.marks(codebook.stored_of_record(record.answers), codings))
    response = record.response
    if bytes(response.marks) == marks:
        return None
    response.marks = marks
    return response
