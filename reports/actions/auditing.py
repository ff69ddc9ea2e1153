"""A release that is asked for is attacked at once, so that whoever decides sees what a reader could work out."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from config import workers
from reports import queries
from reports.auditing import Contradiction, Interval, audit
from reports.auditing.reading import read
from reports.auditing.weighted import Key, WeightCell, Weights
from reports.models import AuditInterval, Release, ReleaseAudit, Table, Weighting
from reports.published import weighting_of
from reports.version import CODE_VERSION
from surveys.definition import Definition
from surveys.models import Edition, Questionnaire, Wave
from surveys.queries import definition_of

AT_ONCE = 1000
AUDIT = "reports.tasks.audit_release"


def ask_worker(release_id: int) -> bool:
    """While Redis is down the hourly sweep asks again."""
    return workers.ask(AUDIT, release_id)


def waiting_for_the_worker() -> list[int]:
    """Requests that nobody has attacked yet."""
    waiting = Release.objects.filter(status=Release.Status.REQUESTED, audit=None)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def takes_long(edition: Edition) -> bool:
    """Weighted figures are searched by weighting cell, which takes a minute where the others take a second."""
    weightings = (weighting_of(wave) for wave in queries.waves_of(edition))
    return any(found.cells.exists() for found in weightings if found is not None)


def audit_release(*, release_id: int, now: datetime) -> None:
    """For a request that waits. Who comes second finds the first one's audit."""
    release = Release.objects.filter(pk=release_id, audit=None).select_related("edition").first()
    if release is not None:
        with suppress(IntegrityError), transaction.atomic():
            make(release=release, now=now)


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
        return audit(read(contents, _definitions(contents), weights_of(release.edition))), ""
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


def weights_of(edition: Edition) -> dict[str, Weights]:
    """Questionnaire -> the weights of its figures, where they are published weighted."""
    return {
        wave.questionnaire.key: _weights(wave, weighting)
        for wave in queries.waves_of(edition)
        if (weighting := weighting_of(wave)) is not None
    }


def _weights(wave: Wave, weighting: Weighting) -> Weights:
    """Weights that came with the responses belong to no cells: the people behind each number count as known."""
    people: dict[Key, int] = {}
    effective: dict[Key, float] = {}
    tables = Table.objects.standard().filter(wave=wave).prefetch_related("cells")
    for table in tables:
        for cell in table.cells.all():
            key = (
                f"{wave.questionnaire.key}.{table.question}",
                table.breakdown,
                cell.part,
                cell.row,
                cell.kind,
                cell.code,
                cell.statistic,
                cell.base_rule,
            )
            if cell.count is not None:
                people[key] = cell.count
            if cell.effective_base is not None:
                effective[key] = cell.effective_base
    cells = tuple(
        WeightCell(dict(zip(weighting.margins, cell.parts, strict=True)), cell.weight)
        for cell in weighting.cells.all()
    )
    return Weights(cells, people, effective)


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
