from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import kernel
from reports.kernel import Counts, DamagedMarks, Plan, count, nothing
from surveys.codebook import Sum, pack

SIZE = 12
PLAN = Plan(SIZE, columns=(Sum((0, 1)), Sum((2, 3), (4,))), unions=((5, 6),) + ((7,),) * 70)
# Mark 4 goes only with 2 or 3, so that the second column stays 0 or 1 for everybody.
people = st.lists(st.sets(st.sampled_from([0, 2, 5, 6, 7, 8, 9, 10, 11])).map(sorted), max_size=40)


def batch(rows: list[list[int]], type_: pa.DataType | None = None) -> pa.Array:
    return pa.array([pack(row) for row in rows], type=type_ or pa.binary())


def same(one: Counts, other: Counts) -> bool:
    return (
        one.responses == other.responses
        and np.array_equal(one.members, other.members)
        and np.array_equal(one.matrix, other.matrix)
    )


@given(people)
def test_count_of_random_people_equals_plain_python(rows: list[list[int]]) -> None:
    counts = count([batch(rows)], PLAN)

    assert counts.responses == len(rows)
    for mark in range(SIZE):
        assert counts.of(Sum((mark,))) == sum(mark in row for row in rows)
        assert counts.of(Sum((mark,)), 1) == sum(mark in row and 0 in row for row in rows)
        assert counts.of(Sum((mark,)), 2) == sum(mark in row and 2 in row for row in rows)
    assert counts.of(PLAN.union(0)) == sum(5 in row or 6 in row for row in rows)
    assert counts.of(PLAN.union(70)) == sum(7 in row for row in rows)
    assert counts.in_column(1) == sum(0 in row for row in rows)


@given(people, st.randoms(use_true_random=False))
def test_count_of_permuted_people_is_unchanged(rows: list[list[int]], rng: object) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]

    assert same(count([batch(rows)], PLAN), count([batch(shuffled)], PLAN))


@given(people, st.integers(0, 40), st.integers(0, 40))
def test_partial_counts_of_any_split_add_up_to_the_whole(rows: list[list[int]], a: int, b: int) -> None:
    low, high = sorted((min(a, len(rows)), min(b, len(rows))))
    whole = batch(rows)
    pieces = [whole.slice(0, low), whole.slice(low, high - low), whole.slice(high)]

    partial = [count([piece], PLAN) for piece in pieces]

    assert same(partial[0] + partial[1] + partial[2], count([whole], PLAN))
    assert same(count(pieces, PLAN), count([whole], PLAN))


def test_count_of_nobody_is_nothing() -> None:
    assert same(count([], PLAN), nothing(PLAN))
    assert same(count([batch([])], PLAN), nothing(PLAN))
    assert count([batch([[], []])], PLAN).responses == 2


@settings(max_examples=20)
@given(people)
def test_large_binary_and_small_pieces_count_the_same(rows: list[list[int]]) -> None:
    before = kernel.BATCH_BYTES
    try:
        kernel.BATCH_BYTES = 8
        pieces = count([batch(rows, pa.large_binary())], PLAN)
    finally:
        kernel.BATCH_BYTES = before

    assert same(pieces, count([batch(rows)], PLAN))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (pa.array([b"\x01"], type=pa.binary()), "odd length"),
        (pa.array([None], type=pa.binary()), "has none"),
        (batch([[SIZE]]), "not in the codebook"),
        (batch([[-1]]), "not in the codebook"),
        (batch([[1], [3, 2]]), "rising order"),
        (batch([[2, 2]]), "rising order"),
    ],
)
def test_damaged_marks_are_refused_with_their_fault(array: pa.Array, words: str) -> None:
    with pytest.raises(DamagedMarks, match=words):
        count([array], PLAN)


def test_rows_may_begin_lower_than_the_row_before_ended() -> None:
    counts = count([batch([[5, 9], [], [], [1], [0, 11]])], PLAN)

    assert counts.of(Sum((1,))) == 1
