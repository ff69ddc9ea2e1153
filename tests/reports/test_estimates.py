from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.estimates import whole_percent, wilson, wilson_count


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
