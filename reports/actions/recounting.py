"""Whether a release still says what the responses say: every figure counted anew. Writes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from reports import queries
from reports.actions import datasets, tables, weights
from reports.content import SINCE, content_of
from reports.disclosure import Decision
from reports.kernel import count
from reports.models import Cell, Release, Table, WaveDataset
from reports.reading import read_marks
from reports.tabulation import CellRow, cell_rows
from reports.weighing import weigh
from responses import extracts
from surveys.models import Wave
from surveys.queries import definition_of

Place = tuple[str, str, str, str, str, str]
NEAR = 1e-9
LATER = frozenset(SINCE.values())
NUMBERS = (
    "count",
    "base",
    "value",
    "low",
    "high",
    "weighted_count",
    "weighted_value",
    "weighted_low",
    "weighted_high",
    "effective_base",
)


def differences(release: Release) -> tuple[str, ...]:
    """Figures of the release that the responses no longer give, by their ids. Needs the rights of the worker.

    First the responses against the stored tables, then the tables against the content. Waves whose responses are gone
    are compared with their tables alone.
    """
    found = [name for wave in queries.waves_of(release.edition) for name in _of_tables(wave)]
    return tuple(dict.fromkeys([*found, *_of_content(release)]))


def is_countable(wave: Wave) -> bool:
    return extracts.response_count(wave) > 0


def _of_tables(wave: Wave) -> Iterator[str]:
    if not is_countable(wave):
        return
    key = wave.questionnaire.key
    dataset = WaveDataset.objects.filter(wave=wave).first()
    if dataset is not None and not datasets.is_unchanged(dataset):
        yield f"{key}: dataset"
    stored = {
        (table.question, table.breakdown): table
        for table in Table.objects.standard()
        .filter(wave=wave)
        .select_related("policy")
        .prefetch_related("cells")
    }
    counted = {
        (d.table.question, d.table.breakdown): d for d in _decided(wave, stored) if d.table.request is None
    }
    for question, breakdown in dict.fromkeys([*stored, *counted]):
        table, decision = stored.get((question, breakdown)), counted.get((question, breakdown))
        if table is None or decision is None or not _agree(table, decision):
            yield f"{key}.{question}" + (f" ({breakdown})" if breakdown else "")


def _decided(wave: Wave, stored: dict[tuple[str, str], Table]) -> tuple[Decision, ...]:
    """As the night does it, under the policy that the tables were made by."""
    margins = weights.margins_of(wave, definition_of(wave.questionnaire))
    columns = tables.columns_for(wave, margins)
    counts = count(read_marks(wave), columns.plan)
    screened_out = counts.of(extracts.codebook_of(wave).screened_out())
    weighing = weigh(counts, columns.plan, margins, screened_out)
    policy = next((table.policy for table in stored.values()), queries.policy_of(wave))
    return tables.protected_of(
        wave, tables.counted_of(wave, columns, counts, weighing.weighed), policy
    ).decisions


def _agree(table: Table, decision: Decision) -> bool:
    cells = {_place(cell): cell for cell in table.cells.all()}
    rows = {_place(row): row for row in cell_rows(decision)}
    is_same = (table.status, table.not_stated) == (decision.status, decision.not_stated)
    return is_same and cells.keys() == rows.keys() and all(_same(cells[place], rows[place]) for place in rows)


def _place(found: Cell | CellRow) -> Place:
    return found.row, found.part, found.kind, found.code, found.statistic, found.base_rule


def _same(cell: Cell, row: CellRow) -> bool:
    return cell.status == row.status and all(
        _near(getattr(cell, name), getattr(row, name)) for name in NUMBERS
    )


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)


def _of_content(release: Release) -> Iterator[str]:
    said = json.loads(release.content)
    then = _figures(said)
    now = _figures(content_of(release.edition, said.get("audit_head", "")))
    for figure in dict.fromkeys([*then, *now]):
        if then.get(figure) != now.get(figure):
            yield figure


def _figures(content: dict[str, Any]) -> dict[str, Any]:
    """Without what may be said later of two wordings, which no number follows from."""
    return {
        figure["id"]: {name: found for name, found in figure.items() if name not in LATER}
        for part in content["parts"]
        for section in part["sections"]
        for figure in section["figures"]
    }
