from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from responses.actions import keys
from responses.actions.printing import print_wave
from surveys.actions.printing import PRINT


@shared_task(name=keys.MAKE_KEY)
def make_wave_key(wave_id: str) -> None:
    """Queue `box`: only the host that keeps the private halves works on it."""
    keys.make_wave_key(wave_id=UUID(wave_id), now=timezone.now())


@shared_task(name=PRINT)
def print_questionnaire(wave_id: str) -> None:
    print_wave(wave_id=UUID(wave_id))
