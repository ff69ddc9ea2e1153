"""A figure by groups of those who answered: a chart where there are few lines, and a table with a column a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from reports.public import wording
from reports.public.bars import grouped_by_row, mark_of, value_text
from reports.public.caveats import JOINED, NO_CAVEATS, Caveats
from reports.public.numbers import number_range, whole
from reports.public.reading import NET, Breakdown, Figure, Line
from reports.public.shapes import GroupedChart

MOST_CHARTED = 8
"""Lines that are drawn beside each other for every group; with more the table alone is easier to read."""
NETS = "nets"


@dataclass(frozen=True, slots=True)
class GroupCell:
    value: str
    interval: str
    mark: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    label: str
    cells: tuple[GroupCell, ...]
    is_net: bool


@dataclass(frozen=True, slots=True)
class GroupBody:
    """Under the label of a grid's row, or under none. `bases`: who each column is out of."""

    label: str
    rows: tuple[GroupRow, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupTable:
    caption: str
    groups: tuple[str, ...]
    bodies: tuple[GroupBody, ...]


@dataclass(frozen=True)
class BreakdownView:
    """Drawn and tabulated when a page asks for it: most pages only name the breakdown."""

    breakdown: Breakdown
    figure: Figure
    nets: Mapping[str, str]
    right_to_left: bool
    caveat: str = ""
    """What the groups do not say, where one of them makes up much of those who answered."""

    @property
    def title(self) -> str:
        return self.breakdown.title

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return tuple(_sentences(self.breakdown))

    @cached_property
    def chart(self) -> GroupedChart | None:
        return _chart(self.figure, self.breakdown, self.right_to_left)

    @cached_property
    def tables(self) -> tuple[GroupTable, ...]:
        return tuple(_tables(self.breakdown, self.nets))


def breakdown_views(
    figure: Figure, nets: Mapping[str, str], right_to_left: bool, caveats: Caveats = NO_CAVEATS
) -> tuple[BreakdownView, ...]:
    return tuple(
        BreakdownView(found, figure, nets, right_to_left, caveats.of(found) if found.is_shown else "")
        for found in figure.breakdowns
    )


def _sentences(breakdown: Breakdown) -> Iterator[str]:
    if not breakdown.is_shown:
        yield _why_dropped(breakdown)
        return
    if breakdown.detail == NETS:
        yield _("Answers are taken together here, because some of them are too few in one of the groups.")
    if any(JOINED in code for code, _label in breakdown.groups):
        yield _("Groups are taken together here, because one of them is too small to be shown alone.")
    if any(not line.is_shown for line in breakdown.lines):
        yield str(wording.WITHHELD_SENTENCE)
    if any(line.is_shown and line.is_small for line in breakdown.lines):
        yield str(wording.SMALL_BASE_SENTENCE)


def _why_dropped(breakdown: Breakdown) -> str:
    if breakdown.reason == "small_base":
        return _("Not shown: at least one of the groups is too small.")
    return _("Not shown: too much of it would tell something about a few people.")


def _chart(figure: Figure, breakdown: Breakdown, right_to_left: bool) -> GroupedChart | None:
    """For each answer one bar for each group. Of a grid, and of scores and middles, the table says it better."""
    lines = [line for line in breakdown.lines if line.statistic.startswith("percent")]
    if any(line.row for line in lines) or not any(line.is_shown for line in lines):
        return None
    charted = [line for line in lines if line.kind == NET] or lines
    if len({(line.kind, line.code) for line in charted}) > MOST_CHARTED:
        return None
    labels = dict(breakdown.groups)
    as_rows = [replace(line, row=line.part, row_label=labels[line.part]) for line in charted]
    in_order = [line for code in labels for line in as_rows if line.part == code]
    return grouped_by_row(figure, in_order, right_to_left)


def _tables(breakdown: Breakdown, nets: Mapping[str, str]) -> Iterator[GroupTable]:
    main_rule = breakdown.lines[0].base_rule if breakdown.lines else ""
    for series in dict.fromkeys(line.series for line in breakdown.lines):
        lines = [line for line in breakdown.lines if line.series == series]
        rows = dict.fromkeys((line.row, line.row_label) for line in lines)
        yield GroupTable(
            caption=wording.series_title(*series, main_rule, nets),
            groups=tuple(label for _code, label in breakdown.groups),
            bodies=tuple(
                _body(breakdown, label, [line for line in lines if line.row == row]) for row, label in rows
            ),
        )


def _body(breakdown: Breakdown, label: str, lines: Sequence[Line]) -> GroupBody:
    by_line: dict[tuple[str, str], dict[str, Line]] = {}
    for line in lines:
        by_line.setdefault((line.kind, line.code), {})[line.part] = line
    bases = {line.part: line.base for line in lines}
    codes = [code for code, _label in breakdown.groups]
    return GroupBody(
        label=label,
        rows=tuple(_row(found, codes) for found in by_line.values()),
        bases=tuple("–" if bases.get(code) is None else whole(bases[code] or 0) for code in codes),
    )


def _row(found: Mapping[str, Line], codes: Sequence[str]) -> GroupRow:
    first = next(iter(found.values()))
    cells = tuple(_cell(found[code]) for code in codes if code in found)
    return GroupRow(first.label, cells, first.kind == NET)


def _cell(line: Line) -> GroupCell:
    shown = line.is_shown and line.low is not None and line.high is not None
    interval = number_range(line.low or 0, line.high or 0) if shown else ""
    return GroupCell(value_text(line), interval, mark_of(line))
