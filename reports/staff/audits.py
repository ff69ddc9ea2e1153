"""What the auditor found, for whoever decides on a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.models import AuditInterval, Release, ReleaseAudit

NARROWEST = 12


@dataclass(frozen=True)
class Narrow:
    """One withheld number and between which numbers of people a reader can place it."""

    figure: str
    group: str
    answer: str
    low: int
    high: int
    need: int
    passes: bool


@dataclass(frozen=True)
class Audited:
    audit: ReleaseAudit
    narrowest: tuple[Narrow, ...]


def audited(release: Release, content: Mapping[str, Any]) -> Audited | None:
    found = ReleaseAudit.objects.filter(release=release).first()
    if found is None:
        return None
    labels = dict(_labels(content))
    intervals = sorted(found.intervals.all(), key=lambda one: (one.passes, one.width - one.need, one.pk))
    return Audited(found, tuple(_narrow(one, labels) for one in intervals[:NARROWEST]))


def _narrow(one: AuditInterval, labels: Mapping[tuple[str, ...], str]) -> Narrow:
    row = labels.get((one.figure, "row", one.row), "")
    answer = labels.get((one.figure, one.kind, one.code), one.code)
    return Narrow(
        figure=labels.get((one.figure,), one.figure),
        group=labels.get((one.figure, one.breakdown, one.part), ""),
        answer=f"{row}: {answer}" if row else answer,
        low=one.low,
        high=one.high,
        need=one.need,
        passes=one.passes,
    )


def _labels(content: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for figure in (f for part in content["parts"] for s in part["sections"] for f in s["figures"]):
        name = figure["id"]
        yield (name,), figure["title"]
        for line in figure["lines"]:
            yield (name, "row", line["row"]), line["row_label"]
            yield (name, line["kind"], line["code"]), line["label"]
        for breakdown in figure.get("breakdowns", ()):
            for group in breakdown["parts"]:
                yield (name, breakdown["class"], group["code"]), group["label"]
