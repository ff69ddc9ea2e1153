from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.estimates import (
    combined,
    holm,
    newcombe,
    paired,
    paired_shares,
    smallest_difference,
    two_proportions,
    whole_percent,
    wilson,
    wilson_count,
)


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_of_published_examples_gives_their_limits(
    count: int, base: int, low: float, high: float
) -> None:
    """Newcombe 1998."""
    found = wilson_count(count, base)

    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors(pair: tuple[int, int]) -> None:
    count, base = pair
    found, mirrored = wilson_count(count, base), wilson_count(base - count, base)

    assert 0 <= found.low <= count / base <= found.high <= 1
    assert found.low < found.high
    assert found.low == pytest.approx(1 - mirrored.high)


@pytest.mark.parametrize(("p", "n"), [(0.5, 0), (-0.1, 10), (1.1, 10)])
def test_wilson_of_no_share_is_refused(p: float, n: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson(p, n)


@pytest.mark.parametrize(
    ("count", "base", "whole"), [(1, 8, 13), (23, 200, 12), (1, 3, 33), (0, 5, 0), (1, 400, 0)]
)
def test_whole_percent_of_a_half_rounds_up(count: int, base: int, whole: int) -> None:
    assert whole_percent(100 * count / base) == whole


SIZES = {
    450: "3.4-7.6 7.6-13.1 16.6-23.9 45.4-54.6 86.9-92.4",
    300: "3.1-8.1 7.1-13.9 15.9-24.9 44.4-55.6 86.1-92.9",
    200: "2.7-9.0 6.6-14.9 15.0-26.1 43.1-56.9 85.1-93.4",
    100: "2.2-11.2 5.5-17.4 13.3-28.9 40.4-59.6 82.6-94.5",
    50: "2.1-16.2 4.3-21.4 11.2-33.0 36.6-63.4 78.6-95.7",
    30: "1.8-21.3 3.5-25.6 9.5-37.3 33.2-66.8 74.4-96.5",
}
"""Limits in per cent around 5, 10, 20, 50 and 90 %, each share made the nearest possible count."""


@pytest.mark.parametrize("base", SIZES)
def test_wilson_of_the_usual_sizes_gives_the_printed_limits(base: int) -> None:
    # Of two nearest counts the larger one is meant: 3 of 50 for 5 %.
    counts = [whole_percent(base * percent / 100) for percent in (5, 10, 20, 50, 90)]
    found = [wilson_count(count, base) for count in counts]

    assert " ".join(f"{100 * one.low:.1f}-{100 * one.high:.1f}" for one in found) == SIZES[base]


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1),
    ],
)
def test_newcombe_of_published_examples_gives_their_limits(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, method 10."""
    found = newcombe(first[0] / first[1], first[1], second[0] / second[1], second[1])

    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


COUNTS = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS)
def test_newcombe_holds_the_difference_and_mirrors(first: tuple[int, int], second: tuple[int, int]) -> None:
    p1, p2 = first[0] / first[1], second[0] / second[1]

    found, mirrored = newcombe(p1, first[1], p2, second[1]), newcombe(p2, second[1], p1, first[1])

    assert -1 - 1e-9 <= found.low <= p1 - p2 <= found.high <= 1 + 1e-9
    assert (found.low, found.high) == (pytest.approx(-mirrored.high), pytest.approx(-mirrored.low))


def test_combined_of_one_share_is_its_own_interval() -> None:
    around = wilson(0.3, 80)

    found = combined([(1.0, 0.3, around)])

    assert (found.low, found.high) == (pytest.approx(around.low), pytest.approx(around.high))


def test_two_proportions_by_hand() -> None:
    """90 of 100 against 80 of 100: pooled .85, spread sqrt(.85 * .15 * .02) = .050498, z = 1.9803."""
    found = two_proportions(0.9, 100, 0.8, 100)

    assert found.z == pytest.approx(1.9803, abs=5e-5)
    assert found.p_value == pytest.approx(0.0477, abs=5e-5)


def test_two_proportions_squared_is_the_chi_square_of_the_table() -> None:
    """(ad - bc)² n / (product of the margins), for 56 of 70 and 48 of 80."""
    chi_square = (56 * 32 - 14 * 48) ** 2 * 150 / (70 * 80 * 104 * 46)

    assert two_proportions(56 / 70, 70, 48 / 80, 80).z ** 2 == pytest.approx(chi_square)


def test_holm_of_a_published_example() -> None:
    """Four tests: .005, .01, .03, .04 become .02, .03, .06, .06; the last follows the largest before it."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_makes_a_value_smaller_and_keeps_the_order(values: list[float]) -> None:
    found = holm(values)

    assert all(before <= after <= 1 for before, after in zip(values, found, strict=True))
    pairs = sorted(zip(values, found, strict=True))
    assert [after for _before, after in pairs] == sorted(found)


def test_paired_of_a_published_example_gives_its_limits() -> None:
    """Bonett and Price 2012."""
    found = paired(86, 150, 1600)

    assert (found.low, found.high) == (pytest.approx(-0.0587, abs=5e-5), pytest.approx(-0.0212, abs=5e-5))


def test_paired_shares_without_overlap_are_the_counts_themselves() -> None:
    assert paired_shares(86, 150, 1600, both=0) == paired(86, 150, 1600)


def test_paired_shares_of_an_overlap_that_nobody_knows_are_as_wide_as_can_be() -> None:
    unknown = paired_shares(60, 50, 100)

    known = [paired_shares(60, 50, 100, both=both) for both in range(10, 51)]

    assert unknown == known[0]
    assert all(unknown.low <= one.low and one.high <= unknown.high for one in known)


DETECTABLE = {
    (450, 450): (9.3, 7.5, 5.6),
    (450, 300): (10.4, 8.4, 6.3),
    (300, 300): (11.4, 9.1, 6.9),
    (272, 450): (10.8, 8.6, 6.5),
    (100, 100): (19.8, 15.8, 11.9),
}


@pytest.mark.parametrize("bases", DETECTABLE)
def test_smallest_difference_of_the_usual_sizes(bases: tuple[int, int]) -> None:
    found = tuple(round(100 * smallest_difference(p, *bases), 1) for p in (0.5, 0.2, 0.1))

    assert found == DETECTABLE[bases]


@pytest.mark.parametrize(
    "made_up",
    [
        lambda: newcombe(0.5, 0, 0.5, 10),
        lambda: combined([]),
        lambda: two_proportions(0.5, 10, 0.5, 0),
        lambda: two_proportions(1.0, 10, 1.0, 20),
        lambda: two_proportions(0.0, 10, 0.0, 20),
        lambda: two_proportions(1.2, 10, 0.5, 20),
        lambda: holm([0.5, 1.5]),
        lambda: paired(1, 1, 0),
        lambda: paired(-1, 1, 10),
        lambda: paired(6, 5, 10),
        lambda: paired_shares(4, 5, 10, both=5),
        lambda: smallest_difference(0.5, 0, 10),
        lambda: smallest_difference(0, 10, 10),
    ],
)
def test_what_has_no_answer_is_refused_with_a_sentence(made_up: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        made_up()
