"""Weighted per cents as the auditor reads them, against every table that prints the same."""

from __future__ import annotations

import os
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.auditing import Public, audit
from reports.auditing.weighted import Share, WeightCell, shares_that_print, split
from reports.estimates import wilson

DEEP = os.environ.get("DEEP") == "1"
WEIGHTS = (0.731, 1.377)
Table = tuple[tuple[int, int], ...]
"""For each answer, how many of each weight gave it."""


def printed(count: tuple[int, int], base: tuple[int, int]) -> int | str:
    """A weighted share as a release prints it, worked out anew."""
    if not sum(count) or count == base:
        return 100 if sum(count) else 0
    share = sum(w * n for w, n in zip(WEIGHTS, count, strict=True))
    whole = int(100 * share / sum(w * n for w, n in zip(WEIGHTS, base, strict=True)) + 0.5)
    return min(whole, 99) or "<1"


def base_of(table: Table) -> tuple[int, int]:
    return sum(line[0] for line in table), sum(line[1] for line in table)


def public_of(table: Table, gone: set[int]) -> Public:
    public, shares = Public(), []
    base = base_of(table)
    people = sum(base)
    public.count("f||||base", people, people)
    names = [f"f||||{place}" for place in range(len(table))]
    for place, (name, line) in enumerate(zip(names, table, strict=True)):
        if place in gone:
            public.withhold(name, 2, people)
        elif (number := printed(line, base)) in (0, 100):
            public.count(name, *((0, 0) if number == 0 else (people, people)))
        else:
            public.count(name, 1, people - 1)
            shares.append(Share(name, "f||||base", *shares_that_print(number, None, None, None)))
    public.equal("f||||base", names)
    cells = [WeightCell({}, weight) for weight in WEIGHTS]
    split(public, {name: [True, True] for name in ("f||||base", *names)}, shares, cells)
    return public


def tables_of(answers: int, people: int) -> list[Table]:
    flat = [row for row in product(range(people + 1), repeat=2 * answers) if sum(row) == people]
    return [tuple(zip(row[::2], row[1::2], strict=True)) for row in flat]


ALL = {(3, people): tables_of(3, people) for people in range(1, 7)}


@st.composite
def drawn_tables(draw: st.DrawFn) -> tuple[Table, set[int]]:
    people = draw(st.integers(3, 6))
    table = draw(st.sampled_from(ALL[3, people]))
    return table, set(draw(st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True)))


@settings(max_examples=1000 if DEEP else 150, deadline=None)
@given(drawn_tables())
def test_intervals_equal_those_of_all_tables_that_print_the_same(drawn: tuple[Table, set[int]]) -> None:
    table, gone = drawn
    told = [place for place in range(3) if place not in gone]
    agreeing = [
        other
        for other in ALL[3, sum(base_of(table))]
        if all(printed(other[n], base_of(other)) == printed(table[n], base_of(table)) for n in told)
    ]

    for interval in audit(public_of(table, gone)):
        place = int(interval.name.rpartition("|")[2])
        values = [sum(other[place]) for other in agreeing]
        assert (interval.low, interval.high) == (min(values), max(values))
        readers = [(n, weight) for n in gone for weight in range(2)]
        assert interval.passes == all(
            is_left_enough(agreeing, place, reader, interval.need, interval.base)
            for reader in (None, *readers)
        )


def is_left_enough(
    agreeing: list[Table], place: int, reader: tuple[int, int] | None, need: int, base: int
) -> bool:
    seen = [other for other in agreeing if reader is None or other[reader[0]][reader[1]] >= 1]
    values = [sum(other[place]) for other in seen]
    if not values:
        return True
    own = reader is not None and reader[0] == place
    other = reader is not None and not own
    return (
        max(values) - min(values) >= need and max(values) - own >= need and base - min(values) - other >= need
    )


@given(st.floats(0.005, 0.995), st.floats(20, 500))
def test_share_lies_between_those_that_print_the_same(share: float, effective: float) -> None:
    ends = wilson(share, effective)
    whole = [int(100 * value + 0.5) for value in (share, ends.low, ends.high)]

    low, high = shares_that_print(min(whole[0], 99) or "<1", whole[1], whole[2], effective)

    assert low - 1e-9 <= share <= high + 1e-9


def test_interval_beside_a_share_narrows_it() -> None:
    alone = shares_that_print(37, None, None, None)

    beside = shares_that_print(37, 28, 47, 100.0)

    assert alone == pytest.approx((0.365, 0.375))
    assert alone[0] <= beside[0] < beside[1] < alone[1]


def test_weights_by_area_give_away_the_group_that_is_left() -> None:
    """Everybody and one of two groups are shown, weighted: the other group follows unless it may be many things."""
    public = Public()
    public.count("f||||base", 100, 100)
    public.count("f|area|north||base", 60, 60)
    public.count("f|area|south||base", 40, 40)
    public.count("f||||a", 1, 99)
    public.count("f|area|north||a", 30, 30)
    public.withhold("f|area|south||a", 5, 40)
    for part in ("|||", "|area|north|", "|area|south|"):
        public.at_most(f"f{part}|a", f"f{part}|base")
    public.equal("f||||a", ["f|area|north||a", "f|area|south||a"])
    public.equal("f||||base", ["f|area|north||base", "f|area|south||base"])
    cells = [WeightCell({"area": "north"}, 0.5), WeightCell({"area": "south"}, 1.75)]
    names = {
        name: [not (place := name.split("|")[2]) or cell.may_be_in("area", place) for cell in cells]
        for name in public.counts
    }
    # 0.5 x 30 + 1.75 x 3 of 100.
    split(public, names, [Share("f||||a", "f||||base", 0.195, 0.205)], cells)

    (found,) = audit(public)

    assert (found.low, found.high) == (3, 3)
    assert not found.passes
