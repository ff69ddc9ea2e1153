"""What may be quoted, and what is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from responses.coding.frames import EVERYWHERE
from responses.coding.models import Quotation, Redaction
from responses.models import Coding, Comment, OpenText
from surveys.models import Wave
from surveys.queries import definition_of

LEAST_BASE = 5
"""A theme that fewer texts have is not quoted."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something with permission that nobody has redacted yet. `code`: what a text is an example of."""

    source: OpenText | Comment
    code: str = ""


def quotations_of(wave: Wave) -> QuerySet[Quotation]:
    agreed = Redaction.objects.filter(quotation=OuterRef("pk"), step=2)
    found = Quotation.objects.filter(wave=wave).annotate(is_agreed=Exists(agreed))
    return found.select_related("text", "comment").order_by("is_agreed", "pk")


def comments_to_quote(wave: Wave) -> list[Candidate]:
    if not may_be_quoted(wave):
        return []
    found = Comment.objects.filter(wave=wave, may_quote=True, quotations__isnull=True).order_by("pk")
    return [Candidate(comment) for comment in found]


def texts_to_quote(wave: Wave, most: int = 100) -> list[Candidate]:
    """Texts with a code that at least LEAST_BASE texts of their question have; of a text its most common code."""
    if not may_be_quoted(wave):
        return []
    common = {pair: count for pair, count in _counts(wave) if count >= LEAST_BASE}
    texts = OpenText.objects.filter(wave=wave, may_quote=True, forgotten=False, quotations__isnull=True)
    found = []
    for text in texts.filter(choice="").prefetch_related("codings").order_by("pk").iterator(500):
        codes = [one.code for one in text.codings.all() if (text.question, one.code) in common]
        if codes:
            found.append(Candidate(text, max(codes, key=lambda code: common[text.question, code])))
        if len(found) == most:
            break
    return found


def _counts(wave: Wave) -> Iterator[tuple[tuple[str, str], int]]:
    rows = Coding.objects.filter(text__wave=wave, text__choice="").exclude(code__in=EVERYWHERE)
    for question, code, count in rows.values_list("text__question", "code").annotate(Count("pk")):
        yield (question, code), count


def base_of(wave: Wave, question: str, code: str) -> int:
    return Coding.objects.filter(text__wave=wave, text__question=question, code=code).count()


def may_be_asked(wave: Wave) -> bool:
    """Whether the questionnaire asks for the permission at all."""
    return definition_of(wave.questionnaire).quote_permission is not None


def may_be_quoted(wave: Wave) -> bool:
    return wave.status == Wave.Status.FINAL and may_be_asked(wave)
