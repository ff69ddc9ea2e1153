"""What follows from sums of codes beside each other."""

from __future__ import annotations

import pytest

from reports.known import smalls

Said = dict[str, int]


def told(said: Said, k: int = 3, *, is_partition: bool = True) -> set[str]:
    """`ab` stands for the codes a and b together."""
    numbers = {frozenset(codes): number for codes, number in said.items()}
    return {how for how, _sets in smalls(numbers, k, is_partition)}


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({"abc": 50, "a": 20}, set()),
        ({"abc": 50, "ab": 48}, {"within", "left"}),
        ({"abc": 50, "ab": 50}, set()),
        ({"a": 2}, {"within"}),
        # c and d are withheld; together they are enough, and nothing tells them apart.
        ({"abcd": 50, "a": 20, "b": 20}, set()),
        # A sum that holds one of them, and they are apart.
        ({"abcd": 50, "a": 20, "b": 20, "ac": 22}, {"within", "left", "follows"}),
        # Three sums of pairs tell each of the three.
        ({"abcd": 90, "ab": 22, "bc": 21, "ac": 39}, {"follows"}),
        # Two differences, and the difference of these.
        ({"abcde": 100, "abc": 60, "cde": 42}, {"left"}),
    ],
)
def test_sums_of_codes_that_exclude_each_other_tell_a_few_people(said: Said, how: set[str]) -> None:
    assert told(said) >= how
    assert bool(told(said)) == bool(how)


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({"abc": 50, "a": 30, "b": 30}, set()),
        ({"abc": 50, "ab": 31, "a": 30}, {"within"}),
        # 30 have a, 30 have b, 58 have one of them: 2 have both.
        ({"abc": 90, "ab": 58, "a": 30, "b": 30}, {"both"}),
        ({"abc": 90, "ab": 60, "a": 30, "b": 30}, set()),
        # Nothing follows for codes that go together from sums that only overlap.
        ({"abcd": 90, "ab": 22, "bc": 21, "ac": 39}, set()),
    ],
)
def test_sums_of_codes_that_go_together_tell_a_few_people(said: Said, how: set[str]) -> None:
    assert told(said, is_partition=False) == how
