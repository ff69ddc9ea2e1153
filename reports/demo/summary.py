"""What came of a demo, for people and for programs that check it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reports.demo.client import Ending
from reports.models import Cell, Release, Run, Table
from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class WaveSummary:
    questionnaire: str
    version: int
    invited: int
    submitted: int
    stopped: int
    declined: int
    responses: int
    tables: int
    cells: int
    withheld_cells: int


def summary_of_wave(wave: Wave, invited: int, endings: Counter[Ending]) -> WaveSummary:
    """`responses` and everything after it is what the last night has counted, not what the demo meant to send."""
    cells = Cell.objects.filter(table__wave=wave)
    run = Run.objects.filter(wave=wave, responses__isnull=False).latest("pk")
    return WaveSummary(
        questionnaire=wave.questionnaire.key,
        version=wave.questionnaire.version,
        invited=invited,
        submitted=endings[Ending.SENT],
        stopped=endings[Ending.STOPPED],
        declined=endings[Ending.DECLINED],
        responses=run.responses or 0,
        tables=Table.objects.filter(wave=wave).count(),
        cells=cells.count(),
        withheld_cells=cells.filter(status=Cell.Status.WITHHELD).count(),
    )


def summary(waves: list[WaveSummary], release: Release, seconds: Mapping[str, float]) -> dict[str, Any]:
    year = release.edition.year
    return {
        "synthetic": True,
        "waves": [asdict(wave) for wave in waves],
        "release": {
            "edition": year,
            "number": release.number,
            "hash": release.content_hash,
            "path": f"/{year}/{release.number}/",
        },
        "seconds": dict(seconds),
        "seconds_altogether": round(sum(seconds.values()), 2),
    }


def write(path: Path, content: Mapping[str, Any]) -> None:
    """In one step, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    unfinished.rename(path)
