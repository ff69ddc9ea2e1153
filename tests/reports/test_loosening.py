from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.loosening import FLOORS, NOT_BELOW, THRESHOLDS, below_floor, loosened, out_of_order, tightened
from reports.wordings import THRESHOLD_WORDS

FIRST = {
    "min_base": 30,
    "min_base_high": 50,
    "min_base_break": 50,
    "full_base": 80,
    "min_cell_total": 3,
    "min_cell_total_high": 5,
    "min_cell_break": 5,
    "min_cell_break_high": 10,
    "least_shown": 70,
    "draft_step": 30,
}
VALUES = st.fixed_dictionaries({name: st.integers(1, 100) for name in THRESHOLDS})


@pytest.mark.parametrize("name", THRESHOLDS)
def test_one_lower_threshold_makes_a_change_looser_and_one_higher_does_not(name: str) -> None:
    lower, higher = FIRST | {name: FIRST[name] - 1}, FIRST | {name: FIRST[name] + 1}

    assert loosened(FIRST, lower) == (name,)
    assert loosened(FIRST, higher) == ()
    assert tightened(FIRST, higher) == (name,)


def test_lower_and_higher_threshold_together_are_looser() -> None:
    assert loosened(FIRST, FIRST | {"min_base": 20, "min_base_high": 200}) == ("min_base",)


@given(VALUES, VALUES)
def test_change_and_its_reverse_never_both_go_unseen(before: dict[str, int], after: dict[str, int]) -> None:
    assert (loosened(before, after) == loosened(after, before) == ()) == (before == after)
    assert loosened(before, after) == tightened(after, before)


def test_first_policy_is_above_its_floors_and_in_order() -> None:
    assert below_floor(FIRST) == ()
    assert out_of_order(FIRST) == ()
    assert below_floor(FIRST | {"min_cell_total": 2}) == ("min_cell_total",)
    assert out_of_order(FIRST | {"full_base": 29}) == (("full_base", "min_base"),)


def test_every_threshold_has_a_floor_and_words() -> None:
    assert set(THRESHOLDS) == set(FLOORS) == set(THRESHOLD_WORDS)
    assert {name for pair in NOT_BELOW for name in pair} <= set(THRESHOLDS)
