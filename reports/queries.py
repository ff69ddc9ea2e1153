"""Questions about runs, tables and releases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from celery.schedules import crontab
from django.conf import settings

from reports.models import Policy, Run, Table
from surveys.models import Edition, Wave

GOOD = (Run.Status.DONE, Run.Status.UNCHANGED)


def current_policy() -> Policy:
    return Policy.objects.order_by("-version")[0]


def run_of_tables(wave: Wave) -> Run | None:
    """The run whose tables stand now."""
    return Run.objects.filter(tables__wave=wave).distinct().order_by("-id").first()


def last_run(wave: Wave) -> Run | None:
    return Run.objects.filter(wave=wave).order_by("-id").first()


def has_tables(wave: Wave) -> bool:
    return Table.objects.filter(wave=wave).exists()


def waves_of(edition: Edition) -> list[Wave]:
    """Law enforcement comes first, as in the report: in the order in which the questionnaires were loaded."""
    found = Wave.objects.filter(edition=edition).select_related("questionnaire", "edition")
    return sorted(found, key=lambda wave: (wave.questionnaire.unit != "person", wave.questionnaire.key))


def last_night(now: datetime) -> datetime:
    """The latest moment before `now` at which the schedule starts the night, in the configured time zone."""
    schedule = settings.CELERY_BEAT_SCHEDULE["night"]["schedule"]
    assert isinstance(schedule, crontab)
    zone = ZoneInfo(settings.TIME_ZONE)
    at = time(min(schedule.hour), min(schedule.minute))
    local = now.astimezone(zone)
    tonight = datetime.combine(local.date(), at, tzinfo=zone)
    return (
        tonight if tonight <= local else datetime.combine(local.date() - timedelta(days=1), at, tzinfo=zone)
    )
