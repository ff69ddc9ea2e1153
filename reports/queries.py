"""Questions about runs, tables and releases."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, QuerySet

from reports import requested
from reports.loosening import THRESHOLDS
from reports.models import (
    DesignChoice,
    KnownByHand,
    Policy,
    Release,
    Run,
    Table,
    WeightChoice,
    WeightTarget,
)
from reports.version import CODE_VERSION
from responses import extracts
from surveys.models import Edition, Wave

GOOD = (Run.Status.DONE, Run.Status.UNCHANGED)


def current_policy() -> Policy:
    """The rules of all waves that have none of their own."""
    return _in_force().filter(wave=None)[0]


def policy_of(wave: Wave) -> Policy:
    """The rules that a wave follows: its own, unless those of all waves have become stricter in the meantime."""
    general, own = current_policy(), _in_force().filter(wave=wave).first()
    if own is None:
        return general
    is_looser = any(getattr(own, name) < getattr(general, name) for name in THRESHOLDS)
    by_two_people_since = own.loosens and own.version > general.version
    return own if by_two_people_since or not is_looser else general


def _in_force() -> QuerySet[Policy]:
    return Policy.objects.filter(status=Policy.Status.IN_FORCE).order_by("-version")


def run_of_tables(wave: Wave) -> Run | None:
    """The run whose tables stand now."""
    return Run.objects.filter(tables__wave=wave).distinct().order_by("-id").first()


def last_run(wave: Wave) -> Run | None:
    return Run.objects.filter(wave=wave).order_by("-id").first()


def has_tables(wave: Wave) -> bool:
    return Table.objects.filter(wave=wave).exists()


def fingerprint(wave: Wave, policy: Policy, requests: frozenset[int] | None = None) -> str:
    """Of everything but the answers that a wave's tables follow from. It changes when the wave becomes final.

    What staff know by hand is part of it: an ended wave is counted once more for its response rates.
    `requests`: versions of table requests; those that stand now, if none are named.
    """
    parts = (
        wave.status,
        codings_fingerprint(wave),
        f"policy {policy.version}",
        *_weight_rules(wave),
        *_known_by_hand(wave),
        *(f"design {choice} {design}" for choice, design in sorted(design_choices(wave).items())),
        *requested.named(requested.standing_numbers(wave) if requests is None else requests),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def design_choices(wave: Wave) -> dict[tuple[str, str], str]:
    """(question, class) -> the layout that an analyst prefers, where one is preferred."""
    found = DesignChoice.objects.filter(wave=wave).values_list("question", "breakdown", "design")
    newest = {(question, breakdown): design for question, breakdown, design in found}
    return {key: design for key, design in newest.items() if design}


def codings_fingerprint(wave: Wave) -> str:
    """Of what marks are derived from beside the records: codings, definition and code."""
    parts = (extracts.codings_digest(wave), wave.questionnaire.definition_hash, CODE_VERSION)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _weight_rules(wave: Wave) -> list[str]:
    choices = WeightChoice.objects.filter(wave=wave).values_list("method", "margins")
    targets = WeightTarget.objects.filter(wave=wave).order_by("partition", "part")
    return [str(found) for found in (*choices, *targets.values_list("partition", "part", "percent"))]


def _known_by_hand(wave: Wave) -> list[str]:
    changed = KnownByHand.objects.filter(wave=wave).values_list("changed_at", flat=True)
    return [f"known by hand {moment.isoformat()}" for moment in changed]


def has_final_tables(wave: Wave) -> bool:
    """Whether the tables that stand follow from the ended wave, its codings, the policy and the code of now.

    A table that somebody asked for since then is no reason to wait: the questionnaire's own tables stay the same.
    """
    run = run_of_tables(wave)
    counted = requested.counted_numbers(wave)
    return run is not None and run.fingerprint == fingerprint(wave, policy_of(wave), counted)


def next_release_number(edition: Edition) -> int:
    """Call with the edition locked."""
    last = Release.objects.filter(edition=edition).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def waves_of(edition: Edition) -> list[Wave]:
    """Law enforcement comes first, as in the report: in the order in which the questionnaires were loaded."""
    found = Wave.objects.filter(edition=edition).select_related("questionnaire", "edition")
    return sorted(found, key=lambda wave: (wave.questionnaire.unit != "person", wave.questionnaire.key))


def last_night(now: datetime) -> datetime:
    """The latest moment before `now` at which the schedule starts the night, in the configured time zone."""
    schedule: Any = settings.CELERY_BEAT_SCHEDULE["night"]["schedule"]
    zone = ZoneInfo(settings.TIME_ZONE)
    at = time(min(schedule.hour), min(schedule.minute))
    local = now.astimezone(zone)
    tonight = datetime.combine(local.date(), at, tzinfo=zone)
    return (
        tonight if tonight <= local else datetime.combine(local.date() - timedelta(days=1), at, tzinfo=zone)
    )
