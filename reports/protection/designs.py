"""How a breakdown is laid out: which answers are shown one by one, and which groups are taken together.

A layout is better than a withheld number, so layouts are tried first, from the one that tells most: all answers in
all groups, then sums of answers, then the two smallest groups together. Whoever is in no group is a group as well;
if they are few they are counted with the smallest one, because everybody less the groups would tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.disclosure import PROTECTED, SMALL_BASE, Policy
from reports.measures import Block, CountedTable
from reports.statistics import AND, NOT_STATED

FULL, NETS = "full", "nets"

Line = tuple[str, str, str]
"""Row, kind and code."""
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Design:
    """`detail`: every answer, or sums and what is in no sum. `groups`: the parts of the class that stand together."""

    detail: str
    groups: Groups

    def __str__(self) -> str:
        return f"{self.detail} {'|'.join(AND.join(group) for group in self.groups)}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A breakdown as it was counted: a block for each row and part, and the same blocks of everybody.

    `people`: part -> people of the wave in it. `unstated`: those in no part.
    """

    table: CountedTable
    whole: tuple[Block, ...]
    people: Mapping[str, int]
    unstated: int


@dataclass(frozen=True, slots=True)
class Option:
    """A design and what comes of it: `clear` if nothing need be withheld, `gaps`, `small_base` or `protected`."""

    design: Design
    table: CountedTable
    cells: int
    unsafe: int
    outcome: str

    @property
    def kept(self) -> int:
        """Cells that stay, roughly: each unsafe one takes another with it."""
        return self.cells - 2 * self.unsafe


def options_of(wanted: Wanted, gone: frozenset[Line], policy: Policy) -> tuple[Option, ...]:
    """From the design that tells most to the one that tells least. `gone`: lines that everybody's table withholds."""
    coarse = [line for line in lines_of(wanted.table) if is_coarse(wanted.table, line)]
    details = [FULL] if len(coarse) == len(lines_of(wanted.table)) else [FULL, NETS]
    return tuple(
        _option(wanted, Design(detail, groups), gone, policy)
        for groups in groupings(wanted, policy)
        for detail in details
    )


def in_order(options: Sequence[Option], policy: Policy) -> tuple[Option, ...]:
    """What is tried first: what is clear, in the order of detail; then what keeps most with few enough gaps."""
    clear = [option for option in options if option.outcome == "clear"]
    gaps = [option for option in options if option.outcome == "gaps"]
    bearable = [option for option in gaps if 100 * option.unsafe <= (100 - policy.least_shown) * option.cells]
    return (*clear, *sorted(bearable, key=lambda option: -option.kept))


def groupings(wanted: Wanted, policy: Policy) -> Iterator[Groups]:
    if not _can_be_joined(wanted.table):
        yield tuple((part,) for part in wanted.people)
        return
    order = [*wanted.people, NOT_STATED]
    size = {**wanted.people, NOT_STATED: wanted.unstated}
    groups = [[part] for part in order if part != NOT_STATED or wanted.unstated]
    if 0 < wanted.unstated < policy.min_base_break:
        groups.remove([NOT_STATED])
        min(groups, key=lambda group: size[group[0]]).append(NOT_STATED)
    yield _as_groups(groups)
    while len(groups) > 2:
        one, other = sorted(groups, key=lambda group: sum(size[part] for part in group))[:2]
        groups = [group for group in groups if group not in (one, other)]
        groups.append(sorted(one + other, key=order.index))
        groups.sort(key=lambda group: order.index(group[0]))
        yield _as_groups(groups)


def _as_groups(groups: Iterable[Iterable[str]]) -> Groups:
    return tuple(tuple(group) for group in groups)


def _can_be_joined(table: CountedTable) -> bool:
    """The middle of two groups does not follow from the middle of each."""
    return all(m.count is not None and m.total is not None for block in table.blocks for m in block.measures)


def lines_of(table: CountedTable) -> tuple[Line, ...]:
    found = ((b.row, m.kind, m.code) for b in table.blocks for m in b.measures)
    return tuple(dict.fromkeys(found))


def is_coarse(table: CountedTable, line: Line) -> bool:
    row, kind, code = line
    nets = (m for block in table.blocks if block.row == row for m in block.nets)
    return kind == "net" or not any(code in net.members for net in nets)


def _option(wanted: Wanted, design: Design, gone: frozenset[Line], policy: Policy) -> Option:
    table = _laid_out(wanted, design, policy)
    if not table.blocks:
        return Option(design, table, 0, 0, SMALL_BASE)
    shown = [(b, m) for b in table.blocks for m in b.measures if (b.row, m.kind, m.code) not in gone]
    k = policy.cell_break(table.sensitivity)
    told = _told_by_everybody(wanted.whole)
    unsafe = sum(is_unsafe(m.count, b.base, k) for b, m in shown if (b.row, m.kind, m.code) not in told)
    if not shown:
        return Option(design, table, 0, 0, PROTECTED)
    return Option(design, table, len(shown), unsafe, "gaps" if unsafe else "clear")


def is_unsafe(count: int | None, base: int, k: int) -> bool:
    """Nobody and everybody tell of a group as well as a few do."""
    return count is not None and not k <= count <= base - k


def _told_by_everybody(whole: Sequence[Block]) -> frozenset[Line]:
    """What nobody answered, or everybody, no group answered, or every group: its groups tell nothing more."""
    return frozenset(
        (block.row, measure.kind, measure.code)
        for block in whole
        for measure in block.measures
        if measure.count in (0, block.base)
    )


def _laid_out(wanted: Wanted, design: Design, policy: Policy) -> CountedTable:
    """The blocks of a design, group by group, without the rows of which some group's base is too small."""
    table = wanted.table
    rows = []
    for parts in _rows(wanted):
        row = [_joined([parts[part] for part in group], AND.join(group)) for group in design.groups]
        if all(b.base >= policy.min_base_break and policy.carries(b, table.sensitivity) for b in row):
            rows.append(row)
    blocks = [block for group in zip(*rows, strict=True) for block in group]
    if design.detail == NETS:
        blocks = [_without_parts_of_nets(table, block) for block in blocks]
    return replace(table, blocks=tuple(blocks))


def _rows(wanted: Wanted) -> Iterator[dict[str, Block]]:
    """For each block of everybody, the same block of each part and of those in none."""
    size = len(wanted.whole)
    for place, whole in enumerate(wanted.whole):
        parts = {block.part: block for block in wanted.table.blocks[place::size]}
        if wanted.unstated and all(m.count is not None for m in whole.measures):
            parts[NOT_STATED] = _rest(whole, list(parts.values()))
        yield parts


def _rest(whole: Block, parts: Sequence[Block]) -> Block:
    return _added([whole, *parts], [1, *([-1] * len(parts))], NOT_STATED)


def _joined(blocks: Sequence[Block], part: str) -> Block:
    return blocks[0] if len(blocks) == 1 else _added(blocks, [1] * len(blocks), part)


def _added(blocks: Sequence[Block], signs: Sequence[int], part: str) -> Block:
    """The people of several groups together, or of one without others, as they were counted and in weights."""

    def total(values: Iterable[float | int | None]) -> float | None:
        found = list(values)
        if any(value is None for value in found):
            return None
        return sum(sign * value for sign, value in zip(signs, found, strict=True) if value is not None)

    measures = tuple(
        replace(
            measure,
            count=round(total(b.measures[place].count for b in blocks) or 0),
            weighted=total(b.measures[place].weighted for b in blocks),
        )
        for place, measure in enumerate(blocks[0].measures)
    )
    return replace(
        blocks[0],
        part=part,
        base=round(total(b.base for b in blocks) or 0),
        measures=measures,
        weighted_base=total(b.weighted_base for b in blocks),
        squared_base=total(b.squared_base for b in blocks),
    )


def _without_parts_of_nets(table: CountedTable, block: Block) -> Block:
    kept = tuple(m for m in block.measures if is_coarse(table, (block.row, m.kind, m.code)))
    return replace(block, measures=kept)
