"""The lines of a published figure: whole numbers with their labels, in the order of the figure.

Withheld lines stand after the shown ones in stored order, so that their place says nothing about their size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.estimates import whole_percent
from reports.models import Cell
from reports.statistics import AND, NOT_STATED
from surveys.definition import Definition, Kind, Question, Role

BELOW_ONE = "<1"
WITH_A_DECIMAL = frozenset({"borda_3_2_1", "mean_rank"})
PINNED_ROLES = frozenset({Role.NONE, Role.NOT_ENCOUNTERED, Role.DONT_KNOW, Role.PREFER_NOT})


@dataclass(frozen=True, slots=True)
class Naming:
    """Labels and roles of what a question's cells count; `pinned` codes come last whatever the sort."""

    labels: Mapping[tuple[str, str], str]
    rows: Mapping[str, str]
    roles: Mapping[str, str]
    pinned: frozenset[str]


def naming_of(definition: Definition, question: Question) -> Naming:
    frame = definition.frames.get(question.code_frame)
    labels = {("choice", c.code): c.label for c in question.choices}
    labels |= {("special", c.code): c.label for c in question.special}
    labels |= {("assigned", a.code): a.label for a in question.assigned}
    labels |= {("net", n.code): n.label for n in question.analysis.nets}
    labels |= {("code", c.code): c.label for c in (frame.codes if frame else ())}
    labels |= {("class", p.code): p.label for found in question.analysis.partitions for p in found.parts}
    labels |= {("code", "not_codable"): _("Answers that could not be coded")}
    labels |= {("distinct", question.key): _("different answers")}
    labels |= {("number", code): label for code, label in _number_labels().items()}
    rows = {row.code: row.label for row in question.rows}
    rows |= {p.key: p.title for p in question.analysis.partitions}
    pinned = {c.code for c in question.offered if c.pin or c.role in PINNED_ROLES} | {"not_codable"}
    pinned |= {c.code for c in question.special} | {a.code for a in question.assigned}
    return Naming(labels, rows, {c.code: c.role.value for c in question.offered}, frozenset(pinned))


def group_label(definition: Definition, breakdown: str, group: str) -> str:
    """The parts of a class that stand together, in words; whoever is in none of them is one of them."""
    found = definition.partitions.get(breakdown)
    labels = {part.code: part.label for part in found[1].parts} if found else {}
    labels[NOT_STATED] = _("not stated")
    return " + ".join(labels.get(part, part) for part in group.split(AND))


def _number_labels() -> dict[str, str]:
    return {
        "lower_quartile": _("Lower quartile"),
        "median": _("Median"),
        "upper_quartile": _("Upper quartile"),
    }


def line(cell: Cell, naming: Naming) -> dict[str, Any]:
    shown = cell.status != Cell.Status.WITHHELD
    return {
        "row": cell.row,
        "row_label": naming.rows.get(cell.row, ""),
        "code": cell.code,
        "label": naming.labels.get((cell.kind, cell.code), cell.code),
        "kind": cell.kind,
        "role": naming.roles.get(cell.code, "") if cell.kind in ("choice", "special") else "",
        "statistic": cell.statistic,
        "base_rule": cell.base_rule,
        "percent": printed(cell) if shown else None,
        "low": None if not shown or cell.low is None else whole_percent(cell.low),
        "high": None if not shown or cell.high is None else whole_percent(cell.high),
        "base": cell.base,
        "status": cell.status,
    }


def printed(cell: Cell) -> int | float | str | None:
    """Whole per cents; a mean score with one decimal. 100 is everybody, 0 is nobody, and the rest lies between."""
    if cell.value is None:
        return None
    if cell.statistic in WITH_A_DECIMAL:
        return whole_percent(cell.value * 10) / 10
    if cell.count is None:
        return whole_percent(cell.value)
    if 0 < cell.count < (cell.base or 0):
        whole = min(whole_percent(cell.value), 99)
        return whole or BELOW_ONE
    return whole_percent(cell.value)


def ordered(cells: Iterable[Cell], question: Question, naming: Naming) -> list[Cell]:
    """Statistic by statistic, row by row, line by line; nets first, then by the figure's sort, then pinned ones."""
    found = sorted(cells, key=lambda cell: cell.position)
    statistics = list(dict.fromkeys((cell.statistic, cell.base_rule) for cell in found))
    main = [cell for cell in found if (cell.statistic, cell.base_rule) in statistics[:1]]
    order = _Order(question, naming, main)
    return sorted(
        found,
        key=lambda cell: (
            statistics.index((cell.statistic, cell.base_rule)),
            order.of_row(cell),
            order.of_line(cell),
            cell.position,
        ),
    )


class _Order:
    """Places by the main statistic of the total; every further statistic and every row follows it."""

    def __init__(self, question: Question, naming: Naming, main: list[Cell]) -> None:
        self.sort = question.figure.sort
        self.naming = naming
        self.main = main
        self.is_grid = question.is_grid
        self.is_yes_no = question.kind is Kind.GRID_SINGLE

    def of_row(self, cell: Cell) -> tuple[float, ...]:
        """Nets over rows stand before the rows; a row with its deciding line withheld stands after the others."""
        if not self.is_grid or not cell.row:
            return (0,)
        values = [c.value for c in self.main if c.row == cell.row and self._decides_row(c)]
        if not values:
            return (1, 0)
        return (1, 0, -values[0]) if values[0] is not None else (1, 1)

    def _decides_row(self, cell: Cell) -> bool:
        if self.sort.startswith("net_") and self.sort.endswith("_descending"):
            return cell.kind == "net" and cell.code == self.sort[len("net_") : -len("_descending")]
        if self.sort == "descending" and self.is_yes_no:
            return cell.kind == "choice" and cell.code == next(
                c.code for c in self.main if c.kind == "choice"
            )
        return False

    def of_line(self, cell: Cell) -> tuple[float, ...]:
        if cell.kind == "net":
            return (0,)
        if cell.code in self.naming.pinned:
            return (3,)
        rule = SORTS.get(self.sort)
        if rule is None or (self.is_yes_no and self.sort == "descending"):
            return (1,)
        values = [c.value for c in self.main if (c.kind, c.code) == (cell.kind, cell.code)]
        shown = [value for value in values if value is not None]
        return (1, -rule(shown)) if shown and len(shown) == len(values) else (2,)


SORTS: dict[str, Callable[[list[float]], float]] = {"descending": max, "descending_total": sum}
"""`stored` and sorts by a net leave the lines of a row as stored."""


def headline(lines: list[dict[str, Any]], question: Question) -> dict[str, Any] | None:
    """The first net, else the largest line, of the main statistic; of a grid, in the row that comes first."""
    if not lines or question.kind is Kind.NUMBER:
        return None
    main = [found for found in lines if _series(found) == _series(lines[0]) and found["status"] != "withheld"]
    nets = [found for found in main if found["kind"] == "net"]
    substantive = [found for found in main if found["role"] in ("", Role.SUBSTANTIVE, Role.OTHER_SPECIFY)]
    best = nets[:1] or sorted(substantive, key=_size, reverse=True)[:1]
    if not best or best[0]["kind"] == "distinct":
        return None
    label = ": ".join(filter(None, (best[0]["row_label"], best[0]["label"])))
    return {"label": label, "percent": best[0]["percent"], "base": best[0]["base"]}


def _series(found: dict[str, Any]) -> tuple[str, str]:
    return found["statistic"], found["base_rule"]


def _size(found: dict[str, Any]) -> float:
    return 0.5 if found["percent"] == BELOW_ONE else float(found["percent"] or 0)
