from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.lines import Naming, line, ordered
from reports.models import Cell, Table
from reports.staff import labels
from surveys.definition import Definition
from surveys.wordings import fill_pipes

Printed = Mapping[str, Any]
"""A cell as a release would print it: `reports.lines.line`."""


@dataclass(frozen=True)
class Figure:
    """One cell in words: its number, or the mark that stands where a number would."""

    text: str
    range: str = ""
    base: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Block:
    """A table of the page: answers down, groups across. One for each row of a grid and each statistic."""

    caption: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Section:
    """A stored table: everybody, or one breakdown. A dropped one has no blocks, and says so."""

    title: str
    dropped: bool
    blocks: tuple[Block, ...]
    breakdown: str = ""
    layout: str = ""
    reason: str = ""


def section(definition: Definition, table: Table) -> Section:
    cells = cells_in_order(definition, table)
    naming = labels.names_of(definition, table.question)
    return Section(
        title=labels.breakdown_title(definition, table.breakdown),
        dropped=table.status == "dropped",
        blocks=tuple(blocks(definition, naming, table.breakdown, cells)),
        breakdown=table.breakdown,
        layout=table.design,
        reason=table.reason,
    )


def cells_in_order(definition: Definition, table: Table) -> list[Cell]:
    """In the order that a release has, so that the place of a withheld one says nothing here either."""
    question = definition.by_key.get(table.question)
    cells = sorted(table.cells.all(), key=lambda cell: cell.position)
    return (
        cells if question is None else ordered(cells, question, labels.names_of(definition, table.question))
    )


def blocks(definition: Definition, naming: Naming, breakdown: str, cells: Iterable[Cell]) -> Iterator[Block]:
    found: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.row, cell.statistic, cell.base_rule), []).append(cell)
    for series in found.values():
        parts = tuple(dict.fromkeys(cell.part for cell in sorted(series, key=lambda cell: cell.position)))
        yield Block(
            caption=fill_pipes(caption(line(series[0], naming)), definition),
            columns=tuple(labels.part_label(definition, breakdown, part) for part in parts),
            lines=tuple(lines(definition, naming, series, parts)),
        )


def lines(
    definition: Definition, naming: Naming, cells: Iterable[Cell], parts: tuple[str, ...]
) -> Iterator[Line]:
    by_answer: dict[tuple[str, str], dict[str, Printed]] = {}
    for cell in cells:
        by_answer.setdefault((cell.kind, cell.code), {})[cell.part] = line(cell, naming)
    for found in by_answer.values():
        label = next(iter(found.values()))["label"] or _("Value")
        figures = tuple(figure(found[part]) if part in found else Figure("") for part in parts)
        yield Line(fill_pipes(label, definition), figures)


def caption(printed: Printed) -> str:
    words = [printed["row_label"]] if printed["row_label"] else []
    words.append(str(printed["statistic"]).replace("_", " "))
    words.append(_("out of: %(rule)s") % {"rule": str(printed["base_rule"]).replace("_", " ")})
    return ", ".join(words)


def figure(printed: Printed) -> Figure:
    base = "" if printed["base"] is None else str(printed["base"])
    if printed["status"] == Cell.Status.WITHHELD:
        return Figure(_("withheld"), base=base, mark="withheld")
    if printed["status"] == Cell.Status.NOT_ASKED:
        return Figure(_("not asked"), mark="not-asked")
    mark = "small-base" if printed["status"] == Cell.Status.SMALL_BASE else ""
    return Figure(number_of(printed), range_of(printed), base, mark)


def number_of(printed: Printed) -> str:
    """A mean of ranks or a median is no percentage, and carries no sign of one."""
    if printed["percent"] is None:
        return "–"
    is_share = str(printed["statistic"]).startswith("percent")
    return f"{printed['percent']} %" if is_share else f"{printed['percent']}"


def range_of(printed: Printed) -> str:
    """With word joiners, so that a narrow column never breaks it at its dash."""
    return "" if printed["low"] is None else f"{printed['low']}\u2060–\u2060{printed['high']}"
