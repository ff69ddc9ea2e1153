"""Which counts of people a printed number can stand for."""

from __future__ import annotations

import math
from functools import lru_cache

from reports.auditing.public import Contradiction

BELOW_ONE = "<1"
Z95 = 1.959963984540054

Printed = int | float | str | None


@lru_cache(maxsize=65536)
def counts_that_print(
    percent: Printed, base: int, low: int | None = None, high: int | None = None
) -> tuple[int, int]:
    """Smallest and largest count of `base` people that is printed so: a whole per cent rounded half up.

    0 is printed of nobody and 100 of everybody alone. `low` and `high`: the ends of the Wilson interval, in whole per
    cents, where they are printed beside it. Raises Contradiction if no count is printed so.
    """
    middle = 0.0 if percent == BELOW_ONE else float(percent or 0)
    first = max(0, math.floor((middle - 1.5) * base / 100))
    last = min(base, math.ceil((middle + 1.5) * base / 100))
    found = [c for c in range(first, last + 1) if _prints(c, base, percent, low, high)]
    if not found:
        raise Contradiction((f"{percent} of {base}, range {low} to {high}",))
    return found[0], found[-1]


def _prints(count: int, base: int, percent: Printed, low: int | None, high: int | None) -> bool:
    if _percent_of(count, base) != percent:
        return False
    if low is None or high is None or not base:
        return True
    ends = _wilson(count, base)
    # A float may fall to the other side of a half: its neighbour is believed as well.
    return abs(ends[0] - low) < 0.5 + 1e-6 and abs(ends[1] - high) < 0.5 + 1e-6


def _percent_of(count: int, base: int) -> Printed:
    whole = (200 * count + base) // (2 * base) if base else 0
    if 0 < count < base:
        return min(whole, 99) or BELOW_ONE
    return whole


def _wilson(count: int, base: int) -> tuple[float, float]:
    """Ends of the score interval in per cent (Wilson 1927, JASA 22)."""
    share, square = count / base, Z95**2
    middle = share + square / (2 * base)
    spread = Z95 * math.sqrt(share * (1 - share) / base + square / (4 * base**2))
    scale = 100 / (1 + square / base)
    return scale * (middle - spread), scale * (middle + spread)
