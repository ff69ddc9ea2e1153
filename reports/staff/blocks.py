from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.models import Cell, Table
from reports.staff import labels
from surveys.definition import Definition, Question


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
    reason: str
    blocks: tuple[Block, ...]


def section(definition: Definition, table: Table) -> Section:
    question = definition.by_key.get(table.question)
    cells = sorted(table.cells.all(), key=lambda cell: cell.position)
    return Section(
        title=labels.breakdown_title(definition, table.breakdown),
        dropped=table.status == "dropped",
        reason=table.reason,
        blocks=tuple(blocks(definition, question, table.breakdown, cells)),
    )


def blocks(
    definition: Definition, question: Question | None, breakdown: str, cells: Iterable[Cell]
) -> Iterable[Block]:
    seen: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        seen.setdefault(block_key(cell), []).append(cell)
    for (row, statistic, base_rule), found in seen.items():
        parts = tuple(dict.fromkeys(cell.part for cell in found))
        yield Block(
            caption=caption(question, row, statistic, base_rule),
            columns=tuple(labels.part_label(definition, breakdown, part) for part in parts),
            lines=tuple(lines(definition, question, found, parts)),
        )


def block_key(cell: Cell) -> tuple[str, str, str]:
    return cell.row, cell.statistic, cell.base_rule


def lines(
    definition: Definition, question: Question | None, cells: list[Cell], parts: tuple[str, ...]
) -> Iterable[Line]:
    by_answer: dict[tuple[str, str], dict[str, Cell]] = {}
    for cell in cells:
        by_answer.setdefault((cell.kind, cell.code), {})[cell.part] = cell
    for (kind, code), found in by_answer.items():
        label = labels.answer_label(definition, question, kind, code)
        yield Line(label, tuple(figure(found[part]) if part in found else Figure("") for part in parts))


def caption(question: Question | None, row: str, statistic: str, base_rule: str) -> str:
    words = [labels.row_label(question, row)] if row else []
    words += [statistic.replace("_", " "), _("out of: %(rule)s") % {"rule": base_rule.replace("_", " ")}]
    return ", ".join(words)


def figure(cell: Cell) -> Figure:
    """Whole numbers alone: what is printed here is what a release would print."""
    if cell.status == Cell.Status.WITHHELD:
        return Figure(_("withheld"), mark="withheld")
    if cell.status == Cell.Status.NOT_ASKED:
        return Figure(_("not asked"), mark="not-asked")
    mark = "small-base" if cell.status == Cell.Status.SMALL_BASE else ""
    return Figure(printed(cell), range_of(cell), "" if cell.base is None else str(cell.base), mark)


def printed(cell: Cell) -> str:
    if cell.value is None:
        return "" if cell.count is None else str(cell.count)
    if not cell.statistic.startswith("percent"):
        return f"{cell.value:g}"
    if 0 < cell.value < 0.5:
        return "<1 %"
    return f"{int(cell.value + 0.5)} %"


def range_of(cell: Cell) -> str:
    if cell.low is None or cell.high is None:
        return ""
    return f"{int(cell.low + 0.5)}–{int(cell.high + 0.5)}"
