"""What may be said in words of a stored table: phrases, directions, rankings, and differences between its groups.

Everything is said from the cells that the table shows, so that the words, the figure and the table agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports import phrases
from reports.comparisons import GroupDifference, Share, between_groups
from reports.headlines import Evidence
from reports.lines import Naming, printed
from reports.models import Cell, Table
from reports.published import published_cells
from reports.trending import key_of, main_cells, share_of, shares_by_part
from reports.trends import LineKey
from surveys.definition import Kind, Question

ONE_ANSWER = frozenset({Kind.SINGLE, Kind.GRID_SINGLE})
COUNTS_ARE_SHOWN = 100
"""Up to this base a whole per cent is the count of exactly one number of people, so the count may stand beside it."""
INCREASED, DECREASED = "increased", "decreased"
"""Codes of nets by which a definition says that a question is about a development."""


@dataclass(frozen=True)
class Said:
    """A sentence of a line, or none and then `percent` alone speaks."""

    label: str
    sentence: str


@dataclass(frozen=True)
class Sayings:
    phrases: tuple[Said, ...]
    claims: tuple[Said, ...]
    rankings: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    """A cell that is shown, with its share and its label."""

    cell: Cell
    share: Share
    label: str

    @property
    def percent(self) -> float:
        return 100 * self.share.value

    @property
    def low(self) -> float:
        return self.cell.low or 0.0

    @property
    def people(self) -> float:
        """How many of the base said it; of a weighted share, how many that would be."""
        return self.share.value * self.share.base


def sayings(table: Table, question: Question, naming: Naming, language: str, *, least: int) -> Sayings:
    """Of a table of everybody, in one language. `least` is the policy's base from which nothing is marked small."""
    cells, shown = _shown(table, naming)
    return Sayings(
        phrases=tuple(Said(line.label, _phrase(line, language, least)) for line in shown),
        claims=tuple(_claims(question, shown, language)),
        rankings=tuple(_rankings(question, cells, naming, language)),
    )


def _shown(table: Table, naming: Naming) -> tuple[list[Cell], list[_Line]]:
    """The main cells of everybody, and those of them that have a share."""
    cells = [cell for cell in main_cells(table) if not cell.part]
    lines = [
        _Line(cell, share, label_of(cell, naming)) for cell in cells if (share := share_of(cell)) is not None
    ]
    return cells, lines


def evidence_of(tables: Sequence[Table], question: Question, naming: Naming, *, least: int) -> Evidence:
    """What a headline may say. `tables`: that of everybody first, then breakdowns, whose per cents may be named."""
    cells, shown = _shown(tables[0], naming)
    found = [phrases.phrase(line.percent, line.low, line.share.base, least=least) for line in shown]
    claims = {phrases.majority(line.low, line.share.base) for line in shown}
    claims |= {_claim_of_two(*nets)[0] for nets in _pairs_of_nets(question, shown)}
    groups = _groups(question, cells, naming)
    told = [
        cell for table in tables for cell in published_cells(table) if cell.status != Cell.Status.WITHHELD
    ]
    return Evidence(
        percents=frozenset(str(printed(cell)) for cell in told if cell.count is not None),
        phrases=frozenset(one.key for one in found if one is not None),
        claims=frozenset(claim for claim in claims if claim is not None),
        first=groups[0] if groups else (),
        everybody=any(cell.count in (0, cell.base) for cell in told if cell.count is not None),
    )


def label_of(cell: Cell, naming: Naming) -> str:
    words = (naming.rows.get(cell.row, ""), naming.labels.get((cell.kind, cell.code), cell.code))
    return ": ".join(filter(None, words))


def _phrase(line: _Line, language: str, least: int) -> str:
    """A weighted share is no count of people, so that it is never told as one."""
    share = line.share
    both_shown = share.effective is None and share.base <= COUNTS_ARE_SHOWN
    found = phrases.phrase(line.percent, line.low, share.base, both_shown=both_shown, least=least)
    return (
        "" if found is None else phrases.say(found, line.percent, share.base, language, count=line.cell.count)
    )


def _claims(question: Question, shown: Sequence[_Line], language: str) -> Iterator[Said]:
    for line in shown:
        claim = phrases.majority(line.low, line.share.base)
        if claim is not None:
            yield Said(line.label, phrases.say_claim(claim, line.percent, line.share.base, language))
    for nets in _pairs_of_nets(question, shown):
        yield from _of_two(*nets, language)


def _pairs_of_nets(question: Question, shown: Iterable[_Line]) -> Iterator[tuple[_Line, _Line]]:
    """Of each row the two nets of a question that has exactly two, without overlap."""
    nets = question.analysis.nets
    if question.kind not in ONE_ANSWER or len(nets) != 2 or set(nets[0].members) & set(nets[1].members):
        return
    by_place = {(line.cell.row, line.cell.code): line for line in shown if line.cell.kind == "net"}
    for row in dict.fromkeys(row for row, _code in by_place):
        first, second = (by_place.get((row, net.code)) for net in nets)
        if first is not None and second is not None:
            yield first, second


def _of_two(first: _Line, second: _Line, language: str) -> Iterator[Said]:
    claim, larger, other = _claim_of_two(first, second)
    if claim is not None:
        sentence = phrases.say_claim(claim, larger.percent, larger.share.base, language, other=other.percent)
        yield Said(f"{larger.label} / {other.label}", sentence)


def _claim_of_two(first: _Line, second: _Line) -> tuple[str | None, _Line, _Line]:
    """Split, or in which direction; both are shares of the same people."""
    if {first.cell.code, second.cell.code} == {INCREASED, DECREASED}:
        up, down = (first, second) if first.cell.code == INCREASED else (second, first)
        claim = phrases.development(up.people, down.people, up.share.base, effective=up.share.effective)
        larger, other = (up, down) if claim == "increasing" else (down, up)
    else:
        effective = [line.share.value * line.share.n for line in (first, second)]
        claim, larger, other = ("split" if phrases.is_split(*effective) else None), first, second
    return claim, larger, other


def _rankings(question: Question, cells: Sequence[Cell], naming: Naming, language: str) -> Iterator[str]:
    """Of a figure that is sorted by size. A withheld line may be anything, and then nothing is ranked."""
    for place, group in enumerate(_groups(question, cells, naming)[:2]):
        yield phrases.say_ranking(group, language, is_first=place == 0)


def _groups(question: Question, cells: Sequence[Cell], naming: Naming) -> tuple[tuple[str, ...], ...]:
    shares = {label: share_of(cell) for label, cell in _ranked_cells(question, cells, naming).items()}
    known = {label: share for label, share in shares.items() if share is not None}
    if len(known) < 2 or len(known) < len(shares):
        return ()
    # Rows of a grid have bases of their own; all as if out of the smallest makes no interval too narrow.
    base, effective = min(s.base for s in known.values()), min(s.n for s in known.values())
    items = [phrases.Item(label, share.value * base) for label, share in known.items()]
    overlaps: Mapping[frozenset[str], float] | None = {} if question.kind is Kind.SINGLE else None
    return phrases.ranked(items, base, overlaps=overlaps, effective=effective)


def _ranked_cells(question: Question, cells: Iterable[Cell], naming: Naming) -> dict[str, Cell]:
    """Label -> cell of what competes for a place: answers, or the rows of a grid by one of its nets."""
    sort = question.figure.sort
    if sort.startswith("net_") and sort.endswith("_descending"):
        net = sort[len("net_") : -len("_descending")]
        return {naming.rows.get(c.row, c.row): c for c in cells if c.row and (c.kind, c.code) == ("net", net)}
    if sort != "descending" or question.is_grid:
        return {}
    found = (c for c in cells if c.kind in ("choice", "code", "class") and not c.row)
    return {label_of(c, naming): c for c in found if c.code not in naming.pinned}


@dataclass(frozen=True)
class GroupSaying:
    label: str
    found: GroupDifference


def clear_differences(table: Table, naming: Naming) -> tuple[GroupSaying, ...]:
    """Which groups of a breakdown differ, of all lines and pairs of the table as one family (Holm)."""
    cells = main_cells(table)
    labels = {_place(key_of(cell)): label_of(cell, naming) for cell in cells}
    lines = {_place(key): parts for key, parts in shares_by_part(cells).items()}
    return tuple(
        GroupSaying(labels[one.line], one) for one in between_groups(lines) if one.difference.is_clear
    )


def _place(key: LineKey) -> str:
    return "\0".join(key)
