"""Percentages and their ranges. Values are not rounded until they are printed.

Shares are 0 to 1 and n is a number of people, or an effective base (Kish) when they are weighted. What has no answer
raises ValueError with a sentence; no number is made up in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, floor, sqrt

Z95 = 1.959964
"""The 97.5 % point of the normal distribution: two-sided 95 %."""
Z80 = 0.841621
"""The 80 % point of the normal distribution: a power of 80 %."""


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


def wilson(p: float, n: float, z: float = Z95) -> Range:
    """Score interval of a proportion p (0 to 1) of n people; n may be an effective base (Wilson 1927).

    Raises ValueError for n <= 0 or p outside 0 to 1.
    """
    if n <= 0 or not 0 <= p <= 1:
        raise ValueError(f"There is no interval for a share of {p} of {n}.")
    middle = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    low = 0.0 if p == 0 else (middle - half) / whole
    high = 1.0 if p == 1 else (middle + half) / whole
    return Range(max(0.0, low), min(1.0, high))


def wilson_count(count: int, base: int) -> Range:
    """Wilson interval of `count` of `base` people, 0 to 1."""
    return wilson(count / base, base)


def newcombe(p1: float, n1: float, p2: float, n2: float, z: float = Z95) -> Range:
    """Hybrid score interval of the difference p1 - p2 of independent groups, -1 to 1 (Newcombe 1998, method 10).

    Raises ValueError as `wilson` does.
    """
    first, second = wilson(p1, n1, z), wilson(p2, n2, z)
    return combined(((1.0, p1, first), (-1.0, p2, second)))


def combined(terms: Sequence[tuple[float, float, Range]]) -> Range:
    """Interval of a sum of factor times share over independent shares (Zou, Huang and Zhang 2009).

    `terms`: (factor, share, interval of the share). With the factors 1 and -1 and Wilson intervals it is
    Newcombe's method 10. Raises ValueError when there is no term.
    """
    if not terms:
        raise ValueError("There is no interval for a sum of no shares.")
    middle = sum(factor * share for factor, share, _range in terms)
    below = above = 0.0
    for factor, share, around in terms:
        ends = sorted((factor * around.low, factor * around.high))
        below += (factor * share - ends[0]) ** 2
        above += (ends[1] - factor * share) ** 2
    return Range(middle - sqrt(below), middle + sqrt(above))


@dataclass(frozen=True, slots=True)
class Tested:
    z: float
    p_value: float


def two_proportions(p1: float, n1: float, p2: float, n2: float) -> Tested:
    """Pooled z test of p1 = p2, two-sided, of independent groups.

    Raises ValueError for a base <= 0, a share outside 0 to 1, or when both shares are 0 or both are 1.
    """
    if min(n1, n2) <= 0 or not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError(f"There is no test of {p1} of {n1} against {p2} of {n2}.")
    pooled = (p1 * n1 + p2 * n2) / (n1 + n2)
    spread = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    if spread == 0:
        raise ValueError("There is no test when everybody, or nobody, said it in both groups.")
    z = (p1 - p2) / sqrt(spread)
    return Tested(z, erfc(abs(z) / sqrt(2)))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """p values adjusted for being one family, in the order given (Holm 1979). One is clear at 5 % when below .05.

    Raises ValueError for a value outside 0 to 1.
    """
    if any(not 0 <= value <= 1 for value in p_values):
        raise ValueError("A p value lies between 0 and 1.")
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for step, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[place]))
        adjusted[place] = largest
    return tuple(adjusted)


def paired(b: float, c: float, n: float, z: float = Z95) -> Range:
    """Adjusted Wald interval of a difference of shares of the same n people (Bonett and Price 2012), -1 to 1.

    `b`: how many have the first and not the second, `c`: the second and not the first. Two answers that nobody can
    give together, or two nets without overlap, have b and c as their counts. Weighted: shares times effective base.
    Raises ValueError for n <= 0, a negative count, or more of both than n.
    """
    # Counts made of weights can pass their base by a rounding.
    if n <= 0 or min(b, c) < 0 or b + c > n * (1 + 1e-9):
        raise ValueError(f"There is no paired difference of {b} and {c} of {n}.")
    first, second = (b + 1) / (n + 2), (c + 1) / (n + 2)
    half = z * sqrt((first + second - (first - second) ** 2) / (n + 2))
    return Range(max(-1.0, first - second - half), min(1.0, first - second + half))


def paired_shares(count1: float, count2: float, n: float, both: float | None = None) -> Range:
    """Interval of the difference of two answers of the same n people, -1 to 1.

    `both`: how many gave the two; 0 when nobody can. When it is not known, the smallest possible number is taken,
    which makes the interval as wide as it can be. Raises ValueError for more of both than of either.
    """
    least = max(0.0, count1 + count2 - n)
    together = least if both is None else both
    if together > min(count1, count2):
        raise ValueError(f"{together} cannot have given both answers, of {count1} and {count2}.")
    return paired(count1 - together, count2 - together, n)


def smallest_difference(p: float, n1: float, n2: float) -> float:
    """The difference around p that is found with a power of 80 % at two-sided 5 %, 0 to 1.

    (z.975 + z.80) sqrt(p (1 - p) (1/n1 + 1/n2)). Raises ValueError for a base <= 0 or p not between 0 and 1.
    """
    if min(n1, n2) <= 0 or not 0 < p < 1:
        raise ValueError(f"No smallest difference is defined around {p} with bases of {n1} and {n2}.")
    return (Z95 + Z80) * sqrt(p * (1 - p) * (1 / n1 + 1 / n2))


def whole_percent(value: float) -> int:
    """Rounds an unrounded per cent half up. 100 * count / base is exact wherever it ends in a half."""
    return floor(value + 0.5)
