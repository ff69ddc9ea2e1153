from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import kernel
from reports.kernel import Batch, Completeness, Counts, DamagedMarks, Plan, count, nothing, packed, unpacked
from surveys.codebook import Sum, pack

SIZE = 12
PLAN = Plan(SIZE, columns=(Sum((0, 1)), Sum((2, 3), (4,))), unions=((5, 6),) + ((7,),) * 70)
# Mark 4 goes only with 2 or 3, so that the second column stays 0 or 1 for everybody.
people = st.lists(st.sets(st.sampled_from([0, 2, 5, 6, 7, 8, 9, 10, 11])).map(sorted), max_size=40)


def batch(rows: list[list[int]], type_: pa.DataType | None = None) -> Batch:
    return Batch(pa.array([pack(row) for row in rows], type=type_ or pa.binary()))


def sliced(whole: Batch, start: int, length: int | None = None) -> Batch:
    end = None if length is None else start + length
    return Batch(
        whole.marks.slice(start, length), None if whole.weights is None else whole.weights[start:end]
    )


def same(one: Counts, other: Counts) -> bool:
    return (
        one.responses == other.responses
        and np.array_equal(one.members, other.members)
        and np.array_equal(one.matrix, other.matrix)
        and np.array_equal(one.done, other.done)
        and np.allclose(one.weighted, other.weighted)
        and astuple(one.heft) == pytest.approx(astuple(other.heft))
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
    pieces = [sliced(whole, 0, low), sliced(whole, low, high - low), sliced(whole, high)]

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
    ("damaged", "words"),
    [
        (Batch(pa.array([b"\x01"], type=pa.binary())), "odd length"),
        (Batch(pa.array([None], type=pa.binary())), "has none"),
        (batch([[SIZE]]), "not in the codebook"),
        (batch([[-1]]), "not in the codebook"),
        (batch([[1], [3, 2]]), "rising order"),
        (batch([[2, 2]]), "rising order"),
    ],
)
def test_damaged_marks_are_refused_with_their_fault(damaged: Batch, words: str) -> None:
    with pytest.raises(DamagedMarks, match=words):
        count([damaged], PLAN)


def test_rows_may_begin_lower_than_the_row_before_ended() -> None:
    counts = count([batch([[5, 9], [], [], [1], [0, 11]])], PLAN)

    assert counts.of(Sum((1,))) == 1


CLASSES = ((Sum((0,)), Sum((1,))), (Sum((2,)), Sum((3,))))
BY_CELL = Plan(SIZE, columns=(Sum((0,)),), unions=((5, 6), (9,)), margins=CLASSES)
"""Marks 0 and 1 are the parts of one class, 2 and 3 those of another."""

profiles = st.tuples(st.sampled_from([(), (0,), (1,)]), st.sampled_from([(), (2,), (3,)]))
profiled = st.lists(
    st.tuples(profiles, st.sets(st.integers(4, SIZE - 1))).map(
        lambda found: sorted({*found[0][0], *found[0][1], *found[1]})
    ),
    max_size=30,
)


def cell_of(row: list[int]) -> int:
    first = 1 if 0 in row else 2 if 1 in row else 0
    second = 1 if 2 in row else 2 if 3 in row else 0
    return first * 3 + second


@given(profiled, st.lists(st.floats(0.3, 5), min_size=9, max_size=9))
def test_weights_of_cells_sum_as_in_plain_python(rows: list[list[int]], weights: list[float]) -> None:
    counts = count([batch(rows)], BY_CELL)
    weighed = counts.weigh(np.array(weights))

    assert counts.matrix.shape == (9, SIZE + 2, 2)
    assert BY_CELL.parts_of_cells.tolist() == [[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)]
    for cell in range(9):
        assert counts.members[cell, 0] == sum(cell_of(row) == cell for row in rows)
    for mark in range(SIZE):
        having = [row for row in rows if mark in row]
        assert counts.of(Sum((mark,))) == len(having)
        assert weighed.of(Sum((mark,))) == pytest.approx(sum(weights[cell_of(row)] for row in having))
        squares = sum(weights[cell_of(row)] ** 2 for row in having if 0 in row)
        assert weighed.square_of(Sum((mark,)), 1) == pytest.approx(squares)
    either = [row for row in rows if 5 in row or 6 in row]
    assert counts.of(BY_CELL.union(0)) == len(either)
    assert weighed.of(BY_CELL.union(0)) == pytest.approx(sum(weights[cell_of(row)] for row in either))


@given(profiled)
def test_weights_of_one_equal_no_weights(rows: list[list[int]]) -> None:
    counts = count([batch(rows)], BY_CELL)
    weighed = counts.weigh(np.ones(9))

    assert np.array_equal(weighed.sums, counts.whole)
    assert np.array_equal(weighed.squares, counts.whole)


@given(profiled, st.data())
def test_weights_that_responses_came_with_sum_as_in_plain_python(
    rows: list[list[int]], data: st.DataObject
) -> None:
    weights = [data.draw(st.floats(0.01, 9)) for _row in rows]
    plan = Plan(SIZE, columns=(Sum((0,)),), unions=((5, 6),))
    whole = Batch(batch(rows).marks, np.array(weights))
    cut = data.draw(st.integers(0, len(rows)))

    counts = count([sliced(whole, 0, cut), sliced(whole, cut)], plan)

    assert same(counts, count([sliced(whole, 0, cut)], plan) + count([sliced(whole, cut)], plan))
    if not rows:
        return
    weighed = counts.weigh()
    for mark in range(SIZE):
        having = [w for w, row in zip(weights, rows, strict=True) if mark in row]
        assert weighed.of(Sum((mark,))) == pytest.approx(sum(having))
        assert weighed.square_of(Sum((mark,))) == pytest.approx(sum(w * w for w in having))
    assert weighed.of(plan.union(0)) == pytest.approx(
        sum(w for w, row in zip(weights, rows, strict=True) if 5 in row or 6 in row)
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_how_many_answered_enough_is_counted_by_whole_numbers(people: list[tuple[int, int]]) -> None:
    """Marks 0 to 4 are questions answered, 5 to 9 questions asked and not answered."""
    rows = [[*range(done), *range(5, 5 + left)] for done, left in people]
    rule = Completeness(asked=Sum(tuple(range(10))), answered=Sum(tuple(range(5))))

    counts = count([batch(rows)], Plan(SIZE, completeness=rule))

    shares = [done / (done + left) for done, left in people if done + left]
    assert counts.done.tolist() == [
        sum(share >= 0.8 for share in shares),
        sum(0.5 <= share < 0.8 for share in shares),
        sum(share < 0.5 for share in shares),
    ]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([(5, 0), (4, 1), (2, 2), (1, 1), (2, 3)], [2, 2, 1]),
        ([(0, 3), (0, 0)], [0, 0, 1]),
        ([], [0, 0, 0]),
    ],
)
def test_completeness_at_its_bounds(people: list[tuple[int, int]], expected: list[int]) -> None:
    """(answered, left out) of each: exactly 80 and 50 per cent are enough, and who was asked nothing is nobody."""
    rows = [[*range(done), *range(5, 5 + left)] for done, left in people]
    rule = Completeness(asked=Sum(tuple(range(10))), answered=Sum(tuple(range(5))))

    assert count([batch(rows)], Plan(SIZE, completeness=rule)).done.tolist() == expected


@given(profiled)
def test_counts_survive_being_packed(rows: list[list[int]]) -> None:
    counts = count([batch(rows)], BY_CELL)

    assert same(unpacked(packed(counts)), counts)


def test_signed_sums_that_go_below_zero_leave_the_others_alone() -> None:
    """Each sum is read from digits of its own, whatever the marks are."""
    plan = Plan(SIZE, columns=(Sum((0,)),), unions=((1, 2, 3), (4, 5)), completeness=None)
    strange = Completeness(asked=Sum((6,), (7, 8)), answered=Sum((9,)))
    rows = [[0, 7, 8], [1, 2, 3, 6, 9], [0, 4, 7]]

    counts = count([batch(rows)], replace(plan, completeness=strange))

    assert counts.in_column(1) == 2
    assert counts.of(plan.union(0)) == 1
    assert counts.of(plan.union(1)) == 1
    assert counts.done.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("plan", "row"),
    [(Plan(SIZE, columns=(Sum((1, 2)),)), [1, 2]), (Plan(SIZE, margins=((Sum((1,)), Sum((2,))),)), [1, 2])],
)
def test_somebody_in_two_places_at_once_is_damage(plan: Plan, row: list[int]) -> None:
    with pytest.raises(DamagedMarks, match=r"more than once|two parts"):
        count([batch([row])], plan)
