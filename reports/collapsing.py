"""Which parts of a margin are too small to be weighted to alone, and with which others they are taken together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Group = tuple[int, ...]
_Part = tuple[Group, float, float]
"""Places, respondents, target."""

ROUNDING = 1e-9
"""Two shares that differ by less are the same: whether targets come as per cents or as numbers changes nothing."""


def collapse(
    counts: ArrayLike, shares: ArrayLike, *, fewest: int, smallest_target: float
) -> tuple[Group, ...]:
    """Groups of parts, each with at least `fewest` respondents (1 or more) and at least `smallest_target` (above 0).

    counts: (parts,) respondents; shares: (parts,) of the population, sum 1. Returns the places of the parts that
    belong together, in the order of their first; one group alone when nothing smaller is large enough.

    The weakest part is merged first, and with that other group which leaves the smallest gap to the targets: parts
    that answered alike have weights alike, so that taking them together loses least (after DeBell and Krosnick 2009,
    who advise to merge small categories and leave open with which).
    """
    parts = zip(np.asarray(counts, dtype=float), np.asarray(shares, dtype=float), strict=True)
    groups: list[_Part] = [
        ((place,), float(count), float(share)) for place, (count, share) in enumerate(parts)
    ]
    return _merged(groups, max(fewest, 1), max(smallest_target, 2 * ROUNDING))


def _merged(groups: list[_Part], fewest: int, smallest_target: float) -> tuple[Group, ...]:
    while len(groups) > 1:
        weak = [group for group in groups if group[1] < fewest or group[2] < smallest_target - ROUNDING]
        if not weak:
            break
        one = min(weak, key=lambda group: (group[1], round(group[2], 9), group[0]))
        other = min((group for group in groups if group is not one), key=lambda group: _loss(one, group))
        rest = [group for group in groups if group is not one and group is not other]
        groups = sorted([*rest, _together(one, other)])
    return tuple(places for places, _count, _share in groups)


def _together(one: _Part, other: _Part) -> _Part:
    return tuple(sorted(one[0] + other[0])), one[1] + other[1], one[2] + other[2]


def _loss(one: _Part, other: _Part) -> tuple[float, int, Group]:
    """The share by which each of the two misses its target when both get one weight; on a tie the neighbour."""
    count = one[1] + other[1]
    gap = abs(one[2] * other[1] - other[2] * one[1]) / count if count else one[2]
    apart = min(abs(a - b) for a in one[0] for b in other[0])
    return round(gap, 9), apart, other[0]
