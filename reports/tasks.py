from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from reports.actions import auditing, counting, picturing, printing, rehearsing, retention, signing
from reports.actions import night as nights
from reports.claims import Held
from responses.actions import close_coding
from responses.actions.portal import forget_spent
from responses.actions.printing import waves_to_print
from responses.limiter import forget_failures
from responses.tasks import print_questionnaire
from surveys.actions.custody import tell_worker
from surveys.custody import waiting_for_the_worker


@shared_task(name="reports.tasks.night")
def night() -> None:
    """Beat starts it; each wave is a task of its own, so that one that fails leaves the others alone."""
    for wave_id in nights.due(timezone.now()):
        open_and_count.delay(str(wave_id))


@shared_task(name="reports.tasks.sweep")
def sweep() -> None:
    """Every hour: what a lost worker or a missed night left undone, and what the doors may forget."""
    forget_failures(timezone.now())
    forget_spent(timezone.now())
    for wave_id in nights.sweep(timezone.now()):
        open_and_count.delay(str(wave_id))
    for wave in waiting_for_the_worker():
        tell_worker(wave)
    for wave_id in close_coding.waiting_for_the_worker():
        close_coding.tell_worker(wave_id)
    for wave_id in waves_to_print():
        print_questionnaire.delay(str(wave_id))
    for task, waiting in OF_RELEASES:
        for found in waiting():
            task.delay(found)


@shared_task(name="reports.tasks.forget_what_is_due")
def forget_what_is_due() -> None:
    """Every night, after the boxes of closed waves were emptied. Any worker does it."""
    retention.forget_what_is_due(now=timezone.now())


@shared_task(name=nights.OPEN_AND_COUNT)
def open_and_count(wave_id: str) -> None:
    """Queue `box`: only the host with the private keys works on it."""
    nights.open_and_count(wave_id=UUID(wave_id), clock=timezone.now, hand_over=hand_over)


def hand_over(held: Held) -> None:
    count_wave.delay(str(held.wave_id), held.number)


@shared_task(name=signing.SIGN_RELEASE)
def sign_release(release_id: int) -> None:
    """Queue `box`: only the host that keeps private keys works on it."""
    signing.sign_release(release_id=release_id, now=timezone.now())


@shared_task(name=auditing.AUDIT)
def audit_release(release_id: int) -> None:
    auditing.audit_release(release_id=release_id, now=timezone.now())


@shared_task(name=printing.PRINT)
def print_release(release_id: int) -> None:
    """Printing needs no private key, so any worker does it."""
    printing.print_release(release_id=release_id, clock=timezone.now)


@shared_task(name=picturing.PICTURE)
def picture_release(release_id: int) -> None:
    picturing.picture_release(release_id=release_id, clock=timezone.now)


@shared_task(name=rehearsing.REHEARSE)
def rehearse(rehearsal_id: int) -> None:
    rehearsing.play(rehearsal_id=rehearsal_id, clock=timezone.now)


@shared_task(name=counting.COUNT_PIECES)
def count_pieces(run_id: int, latest_request: int) -> None:
    nights.help_count(run_id=run_id, latest_request=latest_request, clock=timezone.now)


@shared_task(name=nights.COUNT_WAVE)
def count_wave(wave_id: str, number: int) -> None:
    nights.count_wave(wave_id=UUID(wave_id), number=number, clock=timezone.now)


OF_RELEASES = (
    (audit_release, auditing.waiting_for_the_worker),
    (sign_release, signing.waiting_for_the_worker),
    (print_release, printing.waiting_for_the_worker),
    (picture_release, picturing.waiting_for_the_worker),
    (rehearse, rehearsing.waiting_for_the_worker),
)
"""Tasks about releases and rehearsals, and what waits for each."""
