"""From counts to the tables of a questionnaire: every question of everybody, then by its breakdowns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace

from reports.disclosure import Decision, Policy, Verdict, protect
from reports.estimates import Range, wilson, wilson_count
from reports.measures import Block, CountedTable, Measure
from reports.protection import Protected, Wanted, protect_wave
from reports.request_tables import decide_requests
from reports.statistics import Counted, blocks_of, derived_blocks, main_blocks
from surveys.definition import Publish, Question


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell as it is stored. Value, low and high are per cent unless the statistic says otherwise."""

    row: str
    part: str
    kind: str
    code: str
    statistic: str
    base_rule: str
    count: int | None
    base: int | None
    value: float | None
    low: float | None
    high: float | None
    status: str
    reason: str
    weighted_count: float | None = None
    weighted_value: float | None = None
    weighted_low: float | None = None
    weighted_high: float | None = None
    effective_base: float | None = None


def decide(counted: Counted, policy: Policy) -> tuple[Decision, ...]:
    """All tables of a wave, protected, in the order of the definition; figures over several questions come last."""
    return protected(counted, policy).decisions


def protected(
    counted: Counted, policy: Policy, asked_for: Mapping[tuple[str, str], str] | None = None
) -> Protected:
    """`decide`, and how well what is withheld was chosen. `asked_for`: layouts of breakdowns that are preferred."""
    tables = [table for question in counted.definition.questions for table in _tables(counted, question)]
    totals = [protect(table, policy) for table in (*tables, *_derived_tables(counted))]
    wanted = [found for table in tables for found in _wanted(counted, table)]
    found = protect_wave(counted, totals, wanted, policy, asked_for=asked_for)
    ordered = sorted(found.decisions, key=lambda decision: decision.table.position)
    return replace(found, decisions=(*ordered, *decide_requests(counted, policy, ordered)))


def _derived_tables(counted: Counted) -> Iterator[CountedTable]:
    first = len(counted.definition.questions) + 1
    for position, derived in enumerate(counted.definition.derived, start=first):
        if blocks := derived_blocks(counted, derived):
            yield CountedTable(derived.key, position, "", derived.sensitivity, Publish.PARTS, blocks)


def _tables(counted: Counted, question: Question) -> Iterator[CountedTable]:
    if blocks := blocks_of(counted, question):
        yield _table(counted, question, blocks)


def _wanted(counted: Counted, table: CountedTable) -> Iterator[Wanted]:
    question = counted.definition.by_key[table.question]
    eligible = counted.counts.responses - counted.of(counted.book.screened_out())
    for name in question.analysis.breaks:
        parts = counted.definition.partitions[name][1].parts
        people = {part.code: counted.of(counted.book.part(name, part.code)) for part in parts}
        found = _breakdown(counted, question, table, name)
        yield Wanted(found, main_blocks(counted, question), people, eligible - sum(people.values()))


def _table(counted: Counted, question: Question, blocks: tuple[Block, ...]) -> CountedTable:
    return CountedTable(
        question=question.key,
        position=counted.definition.questions.index(question) + 1,
        breakdown="",
        sensitivity=question.analysis.sensitivity,
        publish=question.analysis.publish,
        blocks=blocks,
        not_stated=_not_stated(counted, question),
    )


def _not_stated(counted: Counted, question: Question) -> int | None:
    """Skipped or withheld. A grid has as many numbers as rows, and a detached question none with the rows."""
    if question.is_grid or question.detached:
        return None
    return counted.of(counted.book.skipped(question.key)) + counted.of(counted.book.withheld(question.key))


def _breakdown(counted: Counted, question: Question, table: CountedTable, name: str) -> CountedTable:
    parts = counted.definition.partitions[name][1].parts
    blocks = tuple(
        block
        for part in parts
        for block in main_blocks(counted.within((name, part.code), part.code), question)
    )
    return CountedTable(table.question, table.position, name, table.sensitivity, table.publish, blocks)


def cell_rows(decision: Decision) -> tuple[CellRow, ...]:
    return tuple(_cell(verdict) for verdict in decision.verdicts)


def _cell(verdict: Verdict) -> CellRow:
    block, measure = verdict.block, verdict.measure
    base = block.base if verdict.base_known else None
    place = (block.row, block.part, measure.kind, measure.code, block.statistic, block.base_rule)
    if verdict.is_withheld:
        return CellRow(*place, None, base, None, None, None, verdict.status, verdict.reason)
    value, low, high = measure.value, None, None
    if measure.count is not None and block.base:
        value = 100 * measure.count / block.base
        low, high = _in_percent(wilson_count(measure.count, block.base), block)
    plain = CellRow(*place, measure.count, base, value, low, high, verdict.status, verdict.reason)
    return _with_weights(plain, block, measure)


def _in_percent(found: Range, block: Block) -> tuple[float | None, float | None]:
    return (100 * found.low, 100 * found.high) if block.has_range else (None, None)


def _with_weights(row: CellRow, block: Block, measure: Measure) -> CellRow:
    effective = block.effective_base
    if measure.weighted is None or effective is None or not block.weighted_base:
        return row
    if measure.count is None:
        return replace(row, weighted_value=measure.weighted, effective_base=effective)
    share = measure.weighted / block.weighted_base
    # Sums of weights can miss the ends by a rounding error.
    low, high = _in_percent(wilson(min(max(share, 0.0), 1.0), effective), block)
    return replace(
        row,
        weighted_count=measure.weighted,
        weighted_value=100 * measure.weighted / block.weighted_base,
        weighted_low=low,
        weighted_high=high,
        effective_base=effective,
    )


def checksum(decisions: Iterable[Decision]) -> str:
    """SHA-256 over every cell as it is stored, in order: two runs with the same one wrote the same."""
    digest = hashlib.sha256()
    for decision in decisions:
        table = decision.table
        head: list[object] = [
            table.question,
            table.breakdown,
            decision.status,
            decision.reason,
            decision.not_stated,
        ]
        head += [] if table.request is None else [table.request]
        cells = [astuple(row) for row in cell_rows(decision)]
        digest.update(json.dumps([head, cells], separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()
