"""The table under a chart: every number of the figure, with its range and its base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.public import wording
from reports.public.bars import mark_of, value_text
from reports.public.numbers import number_range, whole
from reports.public.reading import NET, Figure, Line


@dataclass(frozen=True, slots=True)
class TableRow:
    label: str
    value: str
    interval: str
    base: str
    mark: str
    is_net: bool


@dataclass(frozen=True, slots=True)
class Body:
    """Rows of a table under the label of a grid's row, or under none."""

    label: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class DataTable:
    caption: str
    heading: str
    bodies: tuple[Body, ...]
    has_intervals: bool


def data_tables(figure: Figure, main: Sequence[Line], nets: Mapping[str, str]) -> tuple[DataTable, ...]:
    """One table for each series, the one of the chart first."""
    main_key = main[0].series if main else ("", "")
    keys = dict.fromkeys([main_key, *(line.series for line in figure.lines)])
    found = {key: [line for line in figure.lines if line.series == key] for key in keys}
    return tuple(data_table(lines, main_key, nets) for lines in found.values() if lines)


def data_table(lines: Sequence[Line], main_key: tuple[str, str], nets: Mapping[str, str]) -> DataTable:
    name, base_rule = lines[0].series
    rows = dict.fromkeys((line.row, line.row_label) for line in lines)
    return DataTable(
        caption=wording.series_title(name, base_rule, main_key[1], nets),
        heading=str(wording.statistic(name).heading),
        bodies=tuple(
            Body(label, tuple(table_row(line) for line in lines if line.row == row)) for row, label in rows
        ),
        has_intervals=any(line.low is not None and line.is_shown for line in lines),
    )


def table_row(line: Line) -> TableRow:
    shown = line.is_shown and line.low is not None and line.high is not None
    return TableRow(
        label=line.label,
        value=value_text(line),
        interval=number_range(line.low or 0, line.high or 0) if shown else "",
        base="" if line.base is None else whole(line.base),
        mark=mark_of(line),
        is_net=line.kind == NET,
    )
