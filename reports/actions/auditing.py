"""A release that is asked for is attacked at once, so that whoever decides sees what a reader could work out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from reports import ledger
from reports.auditing import Contradiction, Interval, audit
from reports.auditing.reading import Exact, read
from reports.models import AuditInterval, Release, ReleaseAudit
from reports.version import CODE_VERSION
from surveys.definition import Definition
from surveys.models import Edition, Questionnaire
from surveys.queries import definition_of

AT_ONCE = 1000


def make(*, release: Release, now: datetime) -> ReleaseAudit:
    """Write down what a reader of this release and of the earlier ones of its edition can work out."""
    intervals, contradiction = _intervals(release)
    made = ReleaseAudit.objects.create(
        release=release,
        made_at=now,
        code_version=CODE_VERSION,
        targets=len(intervals),
        too_narrow=sum(not interval.passes for interval in intervals),
        contradiction=contradiction,
    )
    AuditInterval.objects.bulk_create((_row(made, interval) for interval in intervals), batch_size=AT_ONCE)
    return made


def _intervals(release: Release) -> tuple[tuple[Interval, ...], str]:
    contents = [*_published_before(release), json.loads(release.content)]
    try:
        return audit(read(contents, _definitions(contents), exact_of(release.edition))), ""
    except Contradiction as contradiction:
        return (), str(contradiction)


def _published_before(release: Release) -> list[dict[str, Any]]:
    """Whoever has the last release may have kept every earlier one."""
    earlier = Release.objects.filter(edition=release.edition, status=Release.Status.APPROVED)
    return [json.loads(found.content) for found in earlier.exclude(pk=release.pk).order_by("number")]


def _definitions(contents: list[dict[str, Any]]) -> dict[str, Definition]:
    asked = {(part["questionnaire"], part["version"]) for found in contents for part in found["parts"]}
    found = Questionnaire.objects.filter(key__in={key for key, _version in asked})
    return {one.key: definition_of(one) for one in found if (one.key, one.version) in asked}


def exact_of(edition: Edition) -> Exact:
    """The people behind each number that is published weighted: the audit takes them as known."""
    return {
        (
            entry.series.figure,
            entry.series.breakdown,
            entry.series.part,
            entry.series.row,
            entry.kind,
            entry.code,
            entry.series.statistic,
            entry.series.base_rule,
        ): entry.count
        for entry in ledger.standing(edition)
        if entry.count is not None
    }


def _row(made: ReleaseAudit, interval: Interval) -> AuditInterval:
    figure, breakdown, part, row, statistic, kind, code = interval.name.split("|")
    return AuditInterval(
        audit=made,
        figure=figure,
        breakdown=breakdown,
        part=part,
        row=row,
        statistic=statistic,
        kind=kind,
        code=code,
        low=interval.low,
        high=interval.high,
        inside_low=interval.insider[0],
        inside_high=interval.insider[1],
        need=interval.need,
        base=interval.base,
        passes=interval.passes,
    )
