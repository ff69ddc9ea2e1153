from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from reports import queries
from reports.claims import Held
from reports.columns import Columns, columns_of
from reports.disclosure import Decision
from reports.disclosure import Policy as Thresholds
from reports.dispositions import PUBLISHED, completeness_sums
from reports.kernel import Batch, Completeness, Counts, Weighed, count
from reports.measures import Apart
from reports.models import Cell, Policy, Run, Table
from reports.protection import Protected
from reports.requested import asked_of
from reports.statistics import Counted
from reports.tabulation import cell_rows, decide, protected
from reports.weighting import Margin
from responses import extracts
from surveys.models import Wave
from surveys.queries import codebook_of

CELLS_AT_ONCE = 1000


def thresholds(policy: Policy) -> Thresholds:
    return Thresholds(
        version=policy.version,
        min_base=policy.min_base,
        min_base_high=policy.min_base_high,
        min_base_break=policy.min_base_break,
        full_base=policy.full_base,
        min_cell_total=policy.min_cell_total,
        min_cell_total_high=policy.min_cell_total_high,
        min_cell_break=policy.min_cell_break,
        min_cell_break_high=policy.min_cell_break_high,
        least_shown=policy.least_shown,
    )


def columns_for(wave: Wave, margins: Sequence[Margin] = (), *, latest_request: int | None = None) -> Columns:
    """What the kernel counts of a wave: the same for everybody who counts a part of it.

    Of the tables that analysts ask for, those up to the latest one that is named, or all.
    """
    book = codebook_of(wave.questionnaire)
    asked, answered = completeness_sums(book.definition, book)
    return columns_of(
        book.definition,
        book,
        asked_of(wave, latest_request),
        margins=[(margin.name, margin.parts) for margin in margins],
        completeness=Completeness(asked, answered, PUBLISHED.complete, PUBLISHED.partial),
    )


def counted_of(wave: Wave, columns: Columns, counts: Counts, weighed: Weighed | None = None) -> Counted:
    """The counts of a wave with its tallies and the names apart from the marks."""
    book = codebook_of(wave.questionnaire)
    return Counted(book.definition, book, columns, counts, apart_of(wave), weighed=weighed)


def count_wave(wave: Wave, batches: Iterable[Batch]) -> Counted:
    """Count everything of a wave at once. Writes nothing."""
    columns = columns_for(wave)
    counts = count(batches, columns.plan)
    return counted_of(wave, columns, counts, counts.weigh() if counts.weighted.size else None)


def apart_of(wave: Wave) -> Apart:
    return Apart(
        tallies=extracts.tallies(wave),
        names=extracts.names_coded(wave, "other_named"),
        uncoded=extracts.uncoded_texts(wave),
    )


def decided(counted: Counted, policy: Policy) -> tuple[Decision, ...]:
    return decide(counted, thresholds(policy))


def protected_of(wave: Wave, counted: Counted, policy: Policy) -> Protected:
    """What may be stored of a wave: its breakdowns are laid out as its analysts prefer, where they can be."""
    return protected(counted, thresholds(policy), queries.design_choices(wave))


@transaction.atomic
def replace(
    *, wave: Wave, run: Run, policy: Policy, decisions: Iterable[Decision], eligible: int, held: Held
) -> None:
    """Put these tables in the place of the wave's last ones, all or none. Raises ClaimLost for an overtaken run."""
    held.check()
    Table.objects.filter(wave=wave).delete()
    for decision in decisions:
        _write(decision, Table(wave=wave, run=run, policy=policy, responses=eligible))
    held.check()


def _write(decision: Decision, table: Table) -> None:
    cells = filled(table, decision)
    table.save(force_insert=True)
    Cell.objects.bulk_create(cells, batch_size=CELLS_AT_ONCE)


def filled(table: Table, decision: Decision) -> list[Cell]:
    """Its cells, none of them saved; `table` says afterwards what was decided of it."""
    table.position = decision.table.position
    table.question = decision.table.question
    table.breakdown = decision.table.breakdown
    table.not_stated = decision.not_stated
    table.request_id = decision.table.request
    table.status, table.reason = decision.status, decision.reason
    table.design, table.tried = decision.design, list(decision.tried)
    rows = enumerate(cell_rows(decision), start=1)
    return [
        Cell(
            table=table,
            position=position,
            row=row.row,
            part=row.part,
            kind=row.kind,
            code=row.code,
            statistic=row.statistic,
            base_rule=row.base_rule,
            count=row.count,
            base=row.base,
            value=row.value,
            low=row.low,
            high=row.high,
            weighted_count=row.weighted_count,
            weighted_value=row.weighted_value,
            weighted_low=row.weighted_low,
            weighted_high=row.weighted_high,
            effective_base=row.effective_base,
            status=row.status,
            reason=row.reason,
        )
        for position, row in rows
    ]
