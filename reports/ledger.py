"""The published numbers of an edition: what its tables would publish now, and what its last release published."""

from __future__ import annotations

from collections.abc import Iterator

from reports import queries
from reports.differencing import Entry, Series
from reports.models import Cell, FigureWithdrawal, LedgerEntry, Release, Table
from surveys.definition import Definition, Kind
from surveys.models import Edition, Wave
from surveys.queries import definition_of

OF_ONE = frozenset({Kind.SINGLE, Kind.GRID_SINGLE})
WITHOUT_NUMBER = frozenset({Cell.Status.WITHHELD, Cell.Status.NOT_ASKED})
AT_ONCE = 1000


def standing(edition: Edition) -> list[Entry]:
    """What a release made now would publish, withdrawn figures left out."""
    gone = set(FigureWithdrawal.objects.filter(edition=edition).values_list("figure", flat=True))
    found = (entry for wave in queries.waves_of(edition) for entry in _of_wave(wave))
    return [entry for entry in found if entry.series.figure not in gone]


def _of_wave(wave: Wave) -> Iterator[Entry]:
    definition = definition_of(wave.questionnaire)
    tables = Table.objects.standard().filter(wave=wave).prefetch_related("cells")
    for table in tables:
        for cell in table.cells.all():
            if cell.status not in WITHOUT_NUMBER:
                yield _entry(definition, table, cell)


def _entry(definition: Definition, table: Table, cell: Cell) -> Entry:
    question = definition.by_key.get(table.question)
    of_one = question is not None and question.kind in OF_ONE and cell.statistic == "percent_of_respondents"
    series = Series(
        f"{definition.key}.{table.question}",
        cell.row,
        cell.statistic,
        cell.base_rule,
        of_one,
        table.breakdown,
        cell.part,
    )
    return Entry(
        series, cell.kind, cell.code, cell.count, cell.base, cell.value if cell.count is None else None
    )


def published(edition: Edition) -> list[Entry]:
    """What the newest release of the edition published."""
    newest = (
        Release.objects.filter(edition=edition, status=Release.Status.APPROVED).order_by("-number").first()
    )
    rows = LedgerEntry.objects.filter(release=newest) if newest is not None else ()
    return [
        Entry(
            Series(row.figure, row.row, row.statistic, row.base_rule, row.of_one, row.breakdown, row.part),
            row.kind,
            row.code,
            row.count,
            row.base,
            row.value,
        )
        for row in rows
    ]


def keep(release: Release) -> None:
    """Write down what this release publishes. Its content was made of the tables that stand."""
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                release=release,
                figure=entry.series.figure,
                breakdown=entry.series.breakdown,
                part=entry.series.part,
                row=entry.series.row,
                kind=entry.kind,
                code=entry.code,
                statistic=entry.series.statistic,
                base_rule=entry.series.base_rule,
                of_one=entry.series.of_one,
                count=entry.count,
                base=entry.base,
                value=entry.value,
            )
            for entry in standing(release.edition)
        ),
        batch_size=AT_ONCE,
    )
