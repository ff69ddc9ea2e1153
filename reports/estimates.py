"""Percentages and their ranges. Values are not rounded until they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt

Z95 = 1.959964
"""The 97.5 % point of the normal distribution: two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    high: float


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


def whole_percent(value: float) -> int:
    """Rounds an unrounded per cent half up. 100 * count / base is exact wherever it ends in a half."""
    return floor(value + 0.5)
