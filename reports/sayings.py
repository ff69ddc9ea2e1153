"""What may be said in words of a stored table: phrases, directions, rankings, and differences between its groups.

Everything is said from the cells that the table shows, so that the words, the figure and the table agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports import phrases
from reports.comparisons import GroupDifference, between_groups
from reports.lines import Naming
from reports.models import Cell, Table
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


def sayings(table: Table, question: Question, naming: Naming, language: str, *, least: int) -> Sayings:
    """Of a table of everybody, in one language. `least` is the policy's base from which nothing is marked small."""
    cells = [cell for cell in main_cells(table) if not cell.part]
    shown = [cell for cell in cells if share_of(cell) is not None]
    return Sayings(
        phrases=tuple(Said(label_of(cell, naming), _phrase(cell, language, least)) for cell in shown),
        claims=tuple(_claims(question, shown, naming, language)),
        rankings=tuple(_rankings(question, cells, naming, language)),
    )


def label_of(cell: Cell, naming: Naming) -> str:
    words = (naming.rows.get(cell.row, ""), naming.labels.get((cell.kind, cell.code), cell.code))
    return ": ".join(filter(None, words))


def _phrase(cell: Cell, language: str, least: int) -> str:
    value, low, base = cell.value or 0.0, cell.low or 0.0, cell.base or 0
    found = phrases.phrase(value, low, base, both_shown=base <= COUNTS_ARE_SHOWN, least=least)
    return "" if found is None else phrases.say(found, value, base, language, count=cell.count)


def _claims(question: Question, shown: Sequence[Cell], naming: Naming, language: str) -> Iterator[Said]:
    for cell in shown:
        claim = phrases.majority(cell.low or 0.0, cell.base or 0)
        if claim is not None:
            sentence = phrases.say_claim(claim, cell.value or 0.0, cell.base or 0, language)
            yield Said(label_of(cell, naming), sentence)
    for nets in _pairs_of_nets(question, shown):
        yield from _of_two(*nets, naming, language)


def _pairs_of_nets(question: Question, shown: Iterable[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Of each row the two nets of a question that has exactly two, without overlap."""
    nets = question.analysis.nets
    if question.kind not in ONE_ANSWER or len(nets) != 2 or set(nets[0].members) & set(nets[1].members):
        return
    by_place = {(cell.row, cell.code): cell for cell in shown if cell.kind == "net"}
    for row in dict.fromkeys(row for row, _code in by_place):
        pair = [by_place.get((row, net.code)) for net in nets]
        if pair[0] is not None and pair[1] is not None:
            yield pair[0], pair[1]


def _of_two(first: Cell, second: Cell, naming: Naming, language: str) -> Iterator[Said]:
    """Split, or in which direction; both are about counts of the same people."""
    one, two, base = first.count or 0, second.count or 0, first.base or 0
    label = f"{label_of(first, naming)} / {naming.labels.get((second.kind, second.code), second.code)}"
    if {first.code, second.code} == {INCREASED, DECREASED}:
        up, down = (first, second) if first.code == INCREASED else (second, first)
        claim = phrases.development(up.count or 0, down.count or 0, base)
        larger, other = (up, down) if claim == "increasing" else (down, up)
    else:
        claim = "split" if phrases.is_split(one, two) else None
        larger, other = first, second
    if claim is not None:
        sentence = phrases.say_claim(claim, larger.value or 0.0, base, language, other=other.value or 0.0)
        yield Said(label, sentence)


def _rankings(question: Question, cells: Sequence[Cell], naming: Naming, language: str) -> Iterator[str]:
    """Of a figure that is sorted by size. A withheld line may be anything, and then nothing is ranked."""
    items = _ranked_cells(question, cells, naming)
    if len(items) < 2 or any(share_of(cell) is None for cell in items.values()):
        return
    base = min(cell.base or 0 for cell in items.values())
    # Rows of a grid have bases of their own; shares out of the smallest make the intervals no narrower than they are.
    counted = [phrases.Item(label, (cell.value or 0.0) / 100 * base) for label, cell in items.items()]
    overlaps: Mapping[frozenset[str], float] | None = {} if question.kind is Kind.SINGLE else None
    for place, group in enumerate(phrases.ranked(counted, base, overlaps=overlaps)[:2]):
        yield phrases.say_ranking(group, language, is_first=place == 0)


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
