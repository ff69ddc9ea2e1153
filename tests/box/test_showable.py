"""Counts of people from ten up, and none from which a smaller one follows by taking away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.fieldwork import LEAST_WANTED_FIRST
from responses.models import Invitation
from responses.showable import showable_batches, showable_by_door, showable_states

STATES = st.fixed_dictionaries({state: st.integers(0, 40) for state in LEAST_WANTED_FIRST})
DOORS = st.dictionaries(st.sampled_from(["email", "code", "portal"]), STATES, min_size=1)
BATCHES = st.dictionaries(st.text("abcdef", min_size=1), st.tuples(st.integers(0, 30), st.integers(0, 30)))


def test_every_state_has_its_place() -> None:
    assert sorted(LEAST_WANTED_FIRST) == sorted(Invitation.State.values)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        # Shown all three, they would say that nobody declined.
        ({"finished": 40, "invited": 50, "started": 12}, {"finished": 40, "invited": 50}),
        ({"finished": 40, "invited": 50, "started": 5, "declined": 5}, {"finished": 40, "invited": 50}),
        # Five alone would follow from how many were invited: the least wanted count goes with them.
        ({"finished": 40, "invited": 50, "started": 5}, {"finished": 40}),
        ({"finished": 9, "invited": 50}, {}),
        ({"finished": 95, "invited": 5}, {}),
        ({"invited": 12}, {}),
        ({}, {}),
    ],
)
def test_states_by_hand(counts: dict[str, int], shown: dict[str, int]) -> None:
    assert showable_states(counts, LEAST_WANTED_FIRST) == shown


@given(STATES)
def test_what_is_withheld_is_ten_or_more_together(counts: dict[str, int]) -> None:
    shown = showable_states(counts, LEAST_WANTED_FIRST)

    assert all(number >= 10 and counts[state] == number for state, number in shown.items())
    assert not shown or sum(counts.values()) - sum(shown.values()) >= 10


@given(DOORS)
def test_total_beside_doors_gives_no_small_part_away(counts: dict[str, dict[str, int]]) -> None:
    totals, doors = showable_by_door(counts, LEAST_WANTED_FIRST)

    for state, total in totals.items():
        assert total == sum(states[state] for states in counts.values())
        if len(doors) > 1:
            # A total is the sum of what is shown anyway.
            assert all(state in shown for shown in doors.values())
    for door, shown in doors.items():
        assert sum(counts[door].values()) - sum(shown.values()) >= 10 or not shown


def test_doors_are_told_apart_once_each_can_be_shown() -> None:
    many = {"finished": 30, "invited": 40}
    few = {"finished": 9, "invited": 40}

    together = showable_by_door({"email": many, "code": few}, LEAST_WANTED_FIRST)
    apart = showable_by_door({"email": many, "code": {**few, "finished": 10}}, LEAST_WANTED_FIRST)

    assert together == ({"finished": 39}, {})
    assert apart == ({"finished": 40}, {"email": {"finished": 30}, "code": {"finished": 10}})


@given(BATCHES)
def test_withheld_batches_have_ten_used_and_ten_unused_together(batches: dict[str, tuple[int, int]]) -> None:
    shown = showable_batches(batches)

    withheld = [pair for batch, pair in batches.items() if batch not in shown]
    assert all(min(pair) >= 10 for pair in shown.values())
    if shown and withheld:
        assert sum(used for used, _ in withheld) >= 10
        assert sum(unused for _, unused in withheld) >= 10
