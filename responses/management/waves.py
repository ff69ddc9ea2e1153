"""How commands name a wave."""

from __future__ import annotations

from uuid import UUID

from django.core.management.base import CommandError

from surveys.models import Wave


def wave_named(text: str) -> Wave:
    try:
        wave = Wave.objects.select_related("questionnaire", "edition").filter(pk=UUID(text)).first()
    except ValueError:
        wave = None
    if wave is None:
        raise CommandError(f"There is no wave {text}. Its number stands on the page of its key.")
    return wave
