from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from responses.actions import keys
from responses.actions.printing import print_wave
from surveys.actions.custody import DESTROY_KEY, remind_keepers
from surveys.actions.printing import PRINT


@shared_task(name=keys.MAKE_KEY)
def make_wave_key(wave_id: str) -> None:
    """Queue `box`: only the host that keeps the private halves works on it."""
    keys.make_wave_key(wave_id=UUID(wave_id), now=timezone.now())


@shared_task(name=DESTROY_KEY)
def destroy_wave_key(wave_id: str) -> None:
    """Queue `box`, as the making."""
    keys.destroy_wave_key(wave_id=UUID(wave_id), now=timezone.now())


@shared_task(name="responses.tasks.remind_key_keepers")
def remind_key_keepers() -> None:
    """Every morning, until the keys whose time runs out are gone. Any worker does it."""
    remind_keepers(now=timezone.now())


@shared_task(name=PRINT)
def print_questionnaire(wave_id: str) -> None:
    print_wave(wave_id=UUID(wave_id))
