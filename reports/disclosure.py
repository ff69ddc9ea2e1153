"""Decides which counted figures may be stored and shown: minimum bases, small cells, and what would give them away.

Promised, for the table of everybody of one question: no figure out of a base below the minimum; no count of 1 to
k - 1 people, and none of all but so few, neither shown nor computable from the shown lines, nets, bases and further
statistics of the same question; the difference between everybody and a group counts as a line of its own.
What follows from several tables together, breakdowns among them, is decided afterwards in `reports.protection`.
For a breakdown that somebody asked for: every line of every part, and of those in no part, passes the stricter rule, or
the whole breakdown is dropped. A zero of everybody is shown.
Not looked at: the counts of second and third places behind a mean score, and what a reader knows from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reports.measures import Block, CountedTable, Measure
from reports.relations import CannotProtect, Frame, Hidden, complete, is_small, primaries
from surveys.definition import Publish, Sensitivity

SHOWN, SMALL_BASE, WITHHELD = "shown", "small_base", "withheld"
PROTECTED = "protected"
"""The one reason for every cell that is withheld for what it would tell: which cell was small is not said."""
FEWEST_NOT_STATED = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds, from the policy row of the database. `high` is for questions of high sensitivity."""

    version: int
    min_base: int
    min_base_high: int
    min_base_break: int
    full_base: int
    min_cell_total: int
    min_cell_total_high: int
    min_cell_break: int
    min_cell_break_high: int
    least_shown: int = 70
    """Per cent of the numbers of a breakdown that must be shown; with fewer it is dropped."""

    def base(self, sensitivity: Sensitivity) -> int:
        return self.min_base_high if sensitivity is Sensitivity.HIGH else self.min_base

    def carries(self, block: Block, sensitivity: Sensitivity) -> bool:
        """Whether a base is large enough to be shown, in people and, where there are weights, in effect."""
        effective = block.effective_base
        return block.base >= self.base(sensitivity) and (effective is None or effective >= self.min_base)

    def cell(self, sensitivity: Sensitivity) -> int:
        return self.min_cell_total_high if sensitivity is Sensitivity.HIGH else self.min_cell_total

    def cell_break(self, sensitivity: Sensitivity) -> int:
        return self.min_cell_break_high if sensitivity is Sensitivity.HIGH else self.min_cell_break


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one measure. Without `base_known` its base is not stored either."""

    block: Block
    measure: Measure
    status: str
    reason: str = ""
    base_known: bool = True

    @property
    def is_withheld(self) -> bool:
        return self.status == WITHHELD


@dataclass(frozen=True, slots=True)
class Decision:
    """One table as it may be stored: `dropped` holds nothing.

    `design`: of a breakdown, how it is laid out; `tried`: every layout that was looked at and what came of it.
    """

    table: CountedTable
    verdicts: tuple[Verdict, ...]
    status: str = SHOWN
    reason: str = ""
    not_stated: int | None = None
    design: str = ""
    tried: tuple[str, ...] = ()


def protect(table: CountedTable, policy: Policy) -> Decision:
    """Decide a table of everybody."""
    verdicts: list[Verdict] = []
    for row in dict.fromkeys(block.row for block in table.blocks):
        blocks = tuple(block for block in table.blocks if block.row == row)
        verdicts += _protect_row(table, blocks, policy)
    verdicts = _with_row_nets(verdicts)
    return Decision(
        table,
        tuple(verdicts),
        status=WITHHELD if verdicts and all(v.is_withheld for v in verdicts) else SHOWN,
        not_stated=_not_stated(table.not_stated, verdicts),
    )


def _with_row_nets(verdicts: list[Verdict]) -> list[Verdict]:
    """A net over rows goes with any of its members: the other members may be empty and give it away."""
    gone = {
        f"row:{v.block.row}={v.measure.code}" for v in verdicts if v.is_withheld and v.reason == PROTECTED
    }
    return [
        replace(v, status=WITHHELD, reason=PROTECTED) if gone.intersection(v.measure.members) else v
        for v in verdicts
    ]


def _not_stated(number: int | None, verdicts: Iterable[Verdict]) -> int | None:
    """Fewer than five are not told, nor any number that would give away a base that is not shown."""
    if (
        number is None
        or 0 < number < FEWEST_NOT_STATED
        or not all(verdict.base_known for verdict in verdicts)
    ):
        return None
    return number


def _protect_row(table: CountedTable, blocks: tuple[Block, ...], policy: Policy) -> list[Verdict]:
    live = tuple(block for block in blocks if policy.carries(block, table.sensitivity))
    shield = _Shield(table, policy)
    hidden = shield.hidden_of(live)
    return [v for block in blocks for v in _verdicts(block, block in live, hidden.get(block), policy)]


def _verdicts(block: Block, is_live: bool, hidden: Hidden | None, policy: Policy) -> list[Verdict]:
    if not is_live:
        return [Verdict(block, m, WITHHELD, SMALL_BASE, base_known=False) for m in block.measures]
    if hidden is None:
        return [Verdict(block, m, WITHHELD, PROTECTED, base_known=False) for m in block.measures]
    shown = SHOWN if block.base >= policy.full_base else SMALL_BASE
    return [
        Verdict(block, m, WITHHELD, PROTECTED) if _is_hidden(m, hidden) else Verdict(block, m, shown)
        for m in block.measures
    ]


def _is_hidden(measure: Measure, hidden: Hidden) -> bool:
    codes = hidden.nets if measure.is_net else hidden.codes
    return measure.code in codes or not hidden.codes.isdisjoint(measure.needs)


class _Shield:
    """Decides the blocks of one row; a block that cannot be protected line by line has no entry in the result."""

    def __init__(self, table: CountedTable, policy: Policy) -> None:
        self.k = policy.cell(table.sensitivity)
        self.nets_first = table.publish is Publish.NETS_FIRST

    def hidden_of(self, live: tuple[Block, ...]) -> dict[Block, Hidden]:
        family = self._without_differences(tuple(block for block in live if block.shares_counts))
        common = self._close(tuple(_frame(block) for block in family), Hidden())
        if common is None:
            return {}
        found = dict.fromkeys(self._that_keep_secrets(family, common), common)
        everywhere = common
        for block in live:
            own = None if block.shares_counts else self._close(self._frames_of(block, family[:1]), common)
            if own is not None:
                found[block] = own
                everywhere |= own
        return self._with_needs(found, everywhere)

    def _with_needs(self, found: dict[Block, Hidden], hidden: Hidden) -> dict[Block, Hidden]:
        """Mean scores and quartiles look at what any statistic of the question withholds."""
        return {b: h | hidden if any(m.needs for m in b.measures) else h for b, h in found.items()}

    def _without_differences(self, family: tuple[Block, ...]) -> tuple[Block, ...]:
        """A base or a count that differs by fewer than k people would tell who makes the difference."""
        return tuple(b for b in family if not b.has_range or not self._tells_apart(family[0], b))

    def _tells_apart(self, first: Block, other: Block) -> bool:
        counts = {m.code: m.count or 0 for m in first.codes}
        apart = [abs(counts[m.code] - (m.count or 0)) for m in other.codes if m.code in counts]
        return any(0 < n < self.k for n in (abs(other.base - first.base), *apart))

    def _that_keep_secrets(self, family: tuple[Block, ...], hidden: Hidden) -> tuple[Block, ...]:
        """Beside the first block another base would tell a withheld code that only one of the two contains."""
        first, codes = family[:1], hidden.codes
        kept = [b for b in family[1:] if b.has_range is False or not codes & (_codes(b) ^ _codes(family[0]))]
        return (*first, *kept)

    def _frames_of(self, block: Block, main: tuple[Block, ...]) -> tuple[Frame, ...]:
        """A group counts twice: itself, and everybody else."""
        return (_frame(block), *(_difference(whole, block) for whole in main if block.group))

    def _close(self, frames: tuple[Frame, ...], hidden: Hidden) -> Hidden | None:
        if any(0 < frame.base < self.k for frame in frames):
            return None
        for frame in frames:
            hidden |= primaries(frame, self.k)
        try:
            return complete(frames, hidden, self.k, self.nets_first)
        except CannotProtect:
            return None


def _codes(block: Block) -> frozenset[str]:
    return frozenset(measure.code for measure in block.codes)


def _frame(block: Block) -> Frame:
    counted = [m for m in (*block.codes, *block.beside) if m.count is not None]
    return Frame(
        base=block.base,
        counts={m.code: m.count for m in counted if m.count is not None},
        nets={m.code: (m.count, frozenset(m.members)) for m in block.nets if m.count is not None},
        is_partition=block.is_partition,
        fixed=frozenset(m.code for m in block.beside),
    )


def _difference(whole: Block, group: Block) -> Frame:
    """Everybody outside the group: whoever reads both blocks can compute it."""
    of_all, of_group = _frame(whole), _frame(group)
    counts = {
        code: count - of_group.counts[code]
        for code, count in of_all.counts.items()
        if code in of_group.counts
    }
    nets = {
        net: (n - of_group.nets[net][0], m) for net, (n, m) in of_all.nets.items() if net in of_group.nets
    }
    return Frame(whole.base - group.base, counts, nets, whole.is_partition)


def protect_breakdown(table: CountedTable, total: Decision, policy: Policy) -> Decision:
    """Show a breakdown whole or not at all; the parts of nets only if each of them passes as well."""
    judge = _BreakdownJudge(table, total, policy)
    coarse = [m for m in judge.lines() if judge.is_coarse(m)]
    if not coarse or not judge.bases_pass():
        return Decision(table, (), "dropped", SMALL_BASE if coarse else PROTECTED)
    if not all(judge.passes(line) for line in coarse):
        return Decision(table, (), "dropped", PROTECTED)
    shown = set(judge.lines() if all(judge.passes(line) for line in judge.lines()) else coarse)
    return Decision(table, tuple(judge.verdicts(shown)))


Line = tuple[str, str, str]
"""Row, kind and code."""


class _BreakdownJudge:
    def __init__(self, table: CountedTable, total: Decision, policy: Policy) -> None:
        self.table = table
        self.policy = policy
        self.k = policy.cell_break(table.sensitivity)
        self.withheld = {_line(v) for v in total.verdicts if v.is_withheld}
        main = total.table.blocks[0].statistic if total.table.blocks else ""
        rules = total.table.blocks[0].base_rule if total.table.blocks else ""
        self.totals = {
            b.row + "|" + (b.nets[0].code if not b.codes and b.nets else ""): b
            for b in total.table.blocks
            if (b.statistic, b.base_rule) == (main, rules)
        }

    def lines(self) -> tuple[Line, ...]:
        found = [(b.row, m.kind, m.code) for b in self.table.blocks for m in b.measures]
        return tuple(dict.fromkeys(found))

    def is_coarse(self, line: Line) -> bool:
        row, kind, code = line
        nets = [m for b in self.table.blocks if b.row == row for m in b.nets]
        return kind == "net" or not any(code in net.members for net in nets)

    def bases_pass(self) -> bool:
        return all(
            block.base >= self.policy.min_base_break and self.policy.carries(block, self.table.sensitivity)
            for block in self.table.blocks
        )

    def passes(self, line: Line) -> bool:
        if line in self.withheld:
            return False
        found = [(b, m) for b in self.table.blocks for m in b.measures if (b.row, m.kind, m.code) == line]
        counted = [(b, m.count) for b, m in found if m.count is not None]
        inside = all(self.k <= count <= block.base - self.k for block, count in counted)
        return inside and (not counted or self._left_over_passes(line, counted))

    def _left_over_passes(self, line: Line, counted: list[tuple[Block, int]]) -> bool:
        """Those in no part: everybody less the parts."""
        whole = self._whole(line)
        total = next(m.count or 0 for m in whole.measures if (m.kind, m.code) == line[1:])
        base = whole.base - sum(block.base for block, _count in counted)
        return not is_small(total - sum(count for _block, count in counted), base, self.k)

    def _whole(self, line: Line) -> Block:
        row, kind, code = line
        return self.totals.get(f"{row}|{code if kind == 'net' else ''}") or self.totals[f"{row}|"]

    def verdicts(self, shown: set[Line]) -> list[Verdict]:
        return [
            Verdict(b, m, SHOWN if b.base >= self.policy.full_base else SMALL_BASE)
            for b in self.table.blocks
            for m in b.measures
            if (b.row, m.kind, m.code) in shown
        ]


def _line(verdict: Verdict) -> Line:
    return verdict.block.row, verdict.measure.kind, verdict.measure.code
