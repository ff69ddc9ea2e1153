from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.pages import StaffRequest, show
from reports.models import Run
from reports.staff.queries import last_runs
from responses.extracts import sent_counts
from surveys import custody
from surveys.models import Edition, Wave
from surveys.staff.stages import Stage, stage


@dataclass(frozen=True)
class WaveLine:
    wave: Wave
    stage: Stage
    sent: int | None
    """How many have sent their answers, as of the last run; nothing below ten."""
    run: Run | None


@dataclass(frozen=True)
class EditionCard:
    edition: Edition
    lines: tuple[WaveLine, ...]


@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Where everybody arrives after the log-in; what it shows follows the roles."""
    may_see = permissions.has(request.user, "wave.view")
    cards = edition_cards(timezone.now()) if may_see else ()
    context = {
        "title": _("Waves"),
        "here": "dashboard",
        "may_see": may_see,
        "cards": cards,
        "key_reminders": key_reminders(timezone.now()) if may_see else (),
    }
    return show(request, "staff/dashboard.html", context)


@dataclass(frozen=True)
class KeyReminder:
    """A key whose time runs out, or has run out."""

    wave: Wave
    sentence: str
    is_late: bool


def key_reminders(now: datetime) -> tuple[KeyReminder, ...]:
    return tuple(
        KeyReminder(wave, custody.reminder(wave, now), custody.is_late(wave, now))
        for wave in custody.waves_to_remind_of(now)
    )


def edition_cards(now: datetime) -> tuple[EditionCard, ...]:
    editions = Edition.objects.prefetch_related("waves__questionnaire", "waves__edition")
    runs, sent = last_runs(), sent_counts()
    return tuple(
        EditionCard(
            edition,
            tuple(
                WaveLine(wave, stage(wave, now), sent.get(wave.pk), runs.get(wave.pk))
                for wave in edition.waves.all()
            ),
        )
        for edition in editions
    )
