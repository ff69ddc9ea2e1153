"""What follows from sums by adding and taking away, against a search by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.telling import MOST_GROUPS, small_unions, tells_more


def sets(*words: str) -> list[frozenset[str]]:
    return [frozenset(word) for word in words]


COUNTS = {"a": 40, "b": 5, "c": 12, "d": 3}


@pytest.mark.parametrize(
    ("known", "small"),
    [
        (sets("abcd", "a"), []),
        # Everybody less the first and the third: eight people.
        (sets("abcd", "a", "c"), ["bd"]),
        (sets("abcd", "a", "ac", "d"), ["bd", "d", "b"]),
        (sets("ab", "bc", "ac"), ["b"]),
        ([], []),
    ],
)
def test_small_unions_by_hand(known: list[frozenset[str]], small: list[str]) -> None:
    assert small_unions(known, COUNTS, 10) == frozenset(sets(*small))


def test_empty_group_is_small_too() -> None:
    assert small_unions(sets("ab", "a"), {"a": 40, "b": 0}, 10) == frozenset(sets("b"))


def test_what_was_known_before_is_nothing_more() -> None:
    assert not tells_more(sets("abcd", "b"), sets("acd"), COUNTS, 10)
    assert tells_more(sets("abcd", "a"), sets("c"), COUNTS, 10)
    assert not tells_more(sets("abcd"), sets("a"), COUNTS, 10)


def test_more_groups_than_can_be_looked_at_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        small_unions([], dict.fromkeys(range(MOST_GROUPS + 1), 1), 10)


def rank(rows: list[list[Fraction]]) -> int:
    """By elimination in exact fractions."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(found + 1, len(rows)):
            factor = rows[n][column] / rows[found][column]
            rows[n] = [one - factor * other for one, other in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


GROUPS = "abcde"
ONE_SET = st.sets(st.sampled_from(GROUPS), min_size=1).map(frozenset)


@given(st.lists(ONE_SET, max_size=5), st.fixed_dictionaries({group: st.integers(0, 15) for group in GROUPS}))
def test_small_unions_equal_an_exact_search(known: list[frozenset[str]], counts: dict[str, int]) -> None:
    def row(one: frozenset[str]) -> list[Fraction]:
        return [Fraction(group in one) for group in GROUPS]

    rows = [row(one) for one in known]
    expected = {
        frozenset(union)
        for size in range(1, len(GROUPS) + 1)
        for union in combinations(GROUPS, size)
        if sum(counts[group] for group in union) < 10 and rank([*rows, row(frozenset(union))]) == rank(rows)
    }

    assert small_unions(known, counts, 10) == expected
