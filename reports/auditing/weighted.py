"""Weighted per cents as sums over people of one weight: a reader is taken to know the weight of everybody.

Whoever is in the same part of every margin has one weight: a *weighting cell*. How many of a count are in each cell is
unknown; that the counts of the cells add up to it, and that whatever holds of all people holds of those in one cell, is
not. A per cent that is printed of a weighted share lies between two shares, and each is a sum over the cells.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.auditing.printing import BELOW_ONE, Z95, Printed
from reports.auditing.public import MANY, Public

SLACK = 1e-6
TOGETHER = "+"
NOT_STATED = "not_stated"
Key = tuple[str, ...]
"""(figure, class, part, row, kind, code, statistic, base rule)."""


@dataclass(frozen=True, slots=True)
class WeightCell:
    """Respondents of one weight. `parts`: class -> the part of it that they are in, empty if they did not say."""

    parts: Mapping[str, str]
    weight: float

    def may_be_in(self, breakdown: str, group: str) -> bool:
        """Whether somebody of this cell can be in a group of a class. A class that is no margin tells nothing."""
        if breakdown not in self.parts:
            return True
        return (self.parts[breakdown] or NOT_STATED) in group.split(TOGETHER)

    def may_be_outside(self, breakdown: str, groups: Iterable[str]) -> bool:
        """Whether somebody of this cell can be in none of these groups."""
        return breakdown not in self.parts or not any(self.may_be_in(breakdown, group) for group in groups)


@dataclass(frozen=True, slots=True)
class Weights:
    """What a reader is taken to know of the weights of one questionnaire.

    `cells`: empty where weights came with the responses; then `people`, the counts themselves, count as known.
    `effective`: the effective base behind each number, which tells its interval.
    """

    cells: Sequence[WeightCell] = ()
    people: Mapping[Key, int] = field(default_factory=dict)
    effective: Mapping[Key, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """A printed share: the names of the count and of its base, and the two weighted shares that it lies between."""

    count: str
    base: str
    low: float
    high: float


def shares_that_print(
    percent: Printed, low: int | None, high: int | None, effective: float | None
) -> tuple[float, float]:
    """Smallest and largest weighted share, 0 to 1, that is printed so: rounded half up, with the ends of its interval.

    `low`, `high`: the Wilson interval in whole per cents out of `effective` people, where it is printed.
    """
    if percent == BELOW_ONE:
        first, last = 0.0, 0.5
    else:
        middle = float(percent or 0)
        first, last = middle - 0.5, 100.0 if middle == 99 else middle + 0.5
    ends = [(first, last)]
    if low is not None and high is not None and effective:
        ends += [
            (_share_of_lower(low - 0.5, effective), _share_of_lower(low + 0.5, effective)),
            (_share_of_upper(high - 0.5, effective), _share_of_upper(high + 0.5, effective)),
        ]
    found = max(0.0, *(end[0] for end in ends)) / 100, min(100.0, *(end[1] for end in ends)) / 100
    return found if found[0] <= found[1] else (max(0.0, first) / 100, min(100.0, last) / 100)


def _share_of_lower(end: float, effective: float) -> float:
    """The share whose Wilson interval begins at `end`: the score test is exact at its own ends. All in per cent."""
    bounded = min(max(end, 0.0), 100.0) / 100
    return 0.0 if end < 0 else 100 * (bounded + Z95 * math.sqrt(bounded * (1 - bounded) / effective))


def _share_of_upper(end: float, effective: float) -> float:
    bounded = min(max(end, 0.0), 100.0) / 100
    return 100.0 if end > 100 else 100 * (bounded - Z95 * math.sqrt(bounded * (1 - bounded) / effective))


def split(
    public: Public, names: Mapping[str, Sequence[bool]], shares: Iterable[Share], cells: Sequence[WeightCell]
) -> None:
    """Tell counts apart by weighting cell, and what each weighted share says of the cells.

    `names`: count -> for each cell whether somebody of it can be among those counted.
    """
    for name, may_hold in names.items():
        _split_count(public, name, may_hold)
    for known in [found for found in public.known if all(name in names for name, _times in found.terms)]:
        # What holds of all people holds of those in one cell: each is a sum of sets, with no number in it.
        if {known.low, known.high} <= {0, -MANY}:
            for place in range(len(cells)):
                terms = [(_in_cell(name, place), times) for name, times in known.terms]
                public.know(terms, known.low, known.high)
    for share in shares:
        _weigh(public, share, cells)


def _split_count(public: Public, name: str, may_hold: Sequence[bool]) -> None:
    most = public.counts[name][1]
    inside = [
        public.count(_in_cell(name, place), 0, most if holds else 0) for place, holds in enumerate(may_hold)
    ]
    public.equal(name, inside)
    if name in public.targets:
        public.people_of[name] = tuple(found for found, holds in zip(inside, may_hold, strict=True) if holds)


def _weigh(public: Public, share: Share, cells: Sequence[WeightCell]) -> None:
    for end, low, high in ((share.low, -SLACK, MANY), (share.high, -MANY, SLACK)):
        terms = [(_in_cell(share.count, place), cell.weight) for place, cell in enumerate(cells)]
        terms += [(_in_cell(share.base, place), -end * cell.weight) for place, cell in enumerate(cells)]
        public.know(terms, low, high)


def _in_cell(name: str, place: int) -> str:
    return f"{name}@{place}"
