"""The auditor's intervals against published ones, and against every table of small problems."""

from __future__ import annotations

import os
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.auditing import Contradiction, Interval, Public, audit, counts_that_print
from reports.estimates import whole_percent, wilson_count
from reports.lines import printed
from reports.models import Cell

DEEP = os.environ.get("DEEP") == "1"


def test_published_intervals_of_a_table_with_two_withheld_cells_a_row() -> None:
    """Geurts, J. (1992), Heuristics for cell suppression in tables: rows 7, 3, 6 and columns 9, 7, 16."""
    public = Public()
    for name, base in (("x11", 7), ("x12", 7), ("x21", 3), ("x22", 3)):
        public.withhold(name, 1, base)
    public.know([("x11", 1), ("x12", 1)], 7, 7)
    public.know([("x21", 1), ("x22", 1)], 3, 3)
    public.know([("x11", 1), ("x21", 1)], 9 - 3, 9 - 3)
    public.know([("x12", 1), ("x22", 1)], 7 - 3, 7 - 3)

    found = {interval.name: (interval.low, interval.high) for interval in audit(public)}

    assert found == {"x11": (3, 6), "x12": (1, 4), "x21": (0, 3), "x22": (0, 3)}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[int]], set[tuple[int, int]], list[bool]]:
    """Counts, which of them are withheld, and of which columns the sum is public."""
    rows, columns = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    counts = [[draw(st.integers(0, 3)) for _column in range(columns)] for _row in range(rows)]
    cells = list(product(range(rows), range(columns)))
    gone = set(draw(st.lists(st.sampled_from(cells), min_size=1, max_size=4, unique=True)))
    return counts, gone, draw(st.lists(st.booleans(), min_size=columns, max_size=columns))


@settings(max_examples=2000 if DEEP else 500, deadline=None)
@given(tables())
def test_intervals_equal_those_of_all_tables_that_agree(
    drawn: tuple[list[list[int]], set[tuple[int, int]], list[bool]],
) -> None:
    counts, gone, told = drawn
    public, agreeing = public_of(counts, gone, told), every_table(counts, gone, told)

    for interval in audit(public):
        cell = name_of_cell(interval.name)
        values = [table[cell] for table in agreeing]
        assert (interval.low, interval.high) == (min(values), max(values))
        assert interval.proven
        assert interval.passes == all(
            is_left_enough(agreeing, interval, cell, reader) for reader in (None, *gone)
        )


def is_left_enough(
    tables: list[dict[tuple[int, int], int]],
    interval: Interval,
    cell: tuple[int, int],
    reader: tuple[int, int] | None,
) -> bool:
    """A reader who is one of those counted knows of a person more, in the cell or outside it."""
    seen = [table for table in tables if reader is None or table[reader] >= 1]
    if not seen:
        return True
    values, own = [table[cell] for table in seen], reader == cell
    other = reader is not None and not own
    return (
        max(values) - min(values) >= interval.need
        and max(values) - own >= interval.need
        and interval.base - min(values) - other >= interval.need
    )


def public_of(counts: list[list[int]], gone: set[tuple[int, int]], told: list[bool]) -> Public:
    public = Public()
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if (row, column) in gone:
                public.withhold(f"{row},{column}", 2, sum(line))
            else:
                public.count(f"{row},{column}", count, count)
        public.know([(f"{row},{column}", 1) for column in range(len(line))], sum(line), sum(line))
    for column, is_told in enumerate(told):
        total = sum(line[column] for line in counts)
        if is_told:
            public.know([(f"{row},{column}", 1) for row in range(len(counts))], total, total)
    return public


def every_table(
    counts: list[list[int]], gone: set[tuple[int, int]], told: list[bool]
) -> list[dict[tuple[int, int], int]]:
    cells = sorted(gone)
    ranges = [range(sum(counts[row]) + 1) for row, _column in cells]
    found = []
    for values in product(*ranges):
        table = {(r, c): n for r, line in enumerate(counts) for c, n in enumerate(line)}
        table |= dict(zip(cells, values, strict=True))
        rows = all(sum(table[r, c] for c in range(len(line))) == sum(line) for r, line in enumerate(counts))
        columns = all(
            not is_told or sum(table[r, c] for r in range(len(counts))) == sum(line[c] for line in counts)
            for c, is_told in enumerate(told)
        )
        if rows and columns:
            found.append(table)
    return found


def name_of_cell(name: str) -> tuple[int, int]:
    row, column = name.split(",")
    return int(row), int(column)


@given(st.integers(1, 700).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_printed_number_stands_for_the_count_it_was_printed_of(drawn: tuple[int, int]) -> None:
    count, base = drawn
    found = wilson_count(count, base)
    ends = whole_percent(100 * found.low), whole_percent(100 * found.high)
    number = printed(Cell(count=count, base=base, value=100 * count / base))

    low, high = counts_that_print(number, base, *ends)

    assert low <= count <= high
    for other in range(low, high + 1):
        assert printed(Cell(count=other, base=base, value=100 * other / base)) == number


@pytest.mark.parametrize(
    ("number", "base", "expected"),
    [
        (50, 100, (50, 50)),
        (50, 450, (223, 227)),
        ("<1", 450, (1, 2)),
        (0, 450, (0, 0)),
        (99, 450, (444, 449)),
    ],
)
def test_counts_that_print_by_hand(number: int | str, base: int, expected: tuple[int, int]) -> None:
    assert counts_that_print(number, base) == expected


def test_numbers_that_no_answers_agree_with_are_a_contradiction() -> None:
    public = Public()
    public.withhold("a", 3, 10)
    public.know([("a", 1), ("b", 1)], 10, 10)
    public.count("b", 0, 4)
    public.know([("a", 1)], 0, 5)

    with pytest.raises(Contradiction, match="contradicts itself around a"):
        audit(public)


def test_number_that_nothing_is_printed_as_is_a_contradiction() -> None:
    with pytest.raises(Contradiction, match="33 of 2"):
        counts_that_print(33, 2)
