"""Open answers that wait for their codes. The web may not follow a text to its response, and nothing here does."""

from __future__ import annotations

from django.db.models import QuerySet

from responses.models import OpenText
from surveys.models import Wave

TextToCode = OpenText
"""What a caller of another app may name the rows by."""


def uncoded(wave: Wave) -> QuerySet[OpenText]:
    """In the random order of their keys."""
    texts = OpenText.objects.filter(wave=wave, codings__isnull=True, forgotten=False)
    return texts.select_related("wave__questionnaire").order_by("pk")
