"""Comparing groups and waves: which differences stay when all of a figure are looked at together.

Groups of one breakdown, and two waves, hold different people; anonymous waves cannot be paired, and people who took
part in both make the test cautious. Shares are 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from reports.estimates import Range, combined, holm, newcombe, two_proportions, wilson

LEVEL = 0.05
"""A family of tests finds a difference where there is none at most this often."""


@dataclass(frozen=True, slots=True)
class Share:
    """`value` of `base` people; `effective` is the base that its range rests on when it is weighted (Kish)."""

    value: float
    base: int
    effective: float | None = None

    @property
    def n(self) -> float:
        return self.base if self.effective is None else self.effective


@dataclass(frozen=True, slots=True)
class Difference:
    """`value` is the second share minus the first, with its interval.

    `p_value` is adjusted for its family, and None when everybody, or nobody, said it in both. `is_clear`: it survives.
    """

    value: float
    range: Range
    p_value: float | None
    is_clear: bool


def differences(pairs: Sequence[tuple[Share, Share]]) -> tuple[Difference, ...]:
    """Differences of the pairs of one figure, in order: Newcombe intervals, pooled z tests, Holm in the family.

    Raises ValueError for a base of nobody.
    """
    tested = [_p_value(first, second) for first, second in pairs]
    adjusted = iter(holm([value for value in tested if value is not None]))
    return tuple(
        _difference(first, second, None if value is None else next(adjusted))
        for (first, second), value in zip(pairs, tested, strict=True)
    )


def _difference(first: Share, second: Share, p_value: float | None) -> Difference:
    return Difference(
        value=second.value - first.value,
        range=newcombe(second.value, second.n, first.value, first.n),
        p_value=p_value,
        is_clear=p_value is not None and p_value < LEVEL,
    )


def _p_value(first: Share, second: Share) -> float | None:
    """None where there is nothing to test: the shares are the same and nothing could vary."""
    if first.value == second.value and first.value in (0, 1):
        return None
    return two_proportions(second.value, second.n, first.value, first.n).p_value


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """Of one line of a figure, between two groups of one breakdown."""

    line: str
    first: str
    second: str
    difference: Difference


def between_groups(lines: Mapping[str, Mapping[str, Share]]) -> tuple[GroupDifference, ...]:
    """All pairs of groups of every line (line -> group -> share) of one figure by one breakdown: one family."""
    places = [
        (line, first, second) for line, groups in lines.items() for first, second in combinations(groups, 2)
    ]
    found = differences([(lines[line][first], lines[line][second]) for line, first, second in places])
    return tuple(GroupDifference(*place, one) for place, one in zip(places, found, strict=True))


def between_waves(before: Mapping[str, Share], after: Mapping[str, Share]) -> dict[str, Difference]:
    """The change of every line that both waves have, as one family; what stands in one alone has no change."""
    shared = [line for line in before if line in after]
    found = differences([(before[line], after[line]) for line in shared])
    return dict(zip(shared, found, strict=True))


@dataclass(frozen=True, slots=True)
class Standardised:
    """Two waves as they would be if their groups had the same sizes. `mix`: group -> share of the fixed mix."""

    mix: Mapping[str, float]
    before: float
    after: float
    range: Range

    @property
    def value(self) -> float:
        return self.after - self.before


class NotComparable(ValueError):
    """The two waves do not have the same groups, or a mix does not fit them."""


def standardised(
    before: Mapping[str, Share], after: Mapping[str, Share], mix: Mapping[str, float] | None = None
) -> Standardised:
    """Compare two waves (group -> share) in one fixed mix of their groups: direct standardisation.

    `mix`: group -> size, in any unit; by default the mean of the groups' shares of both waves, by their bases. The
    interval combines the Wilson intervals of all groups (Zou, Huang and Zhang 2009) and takes the mix as known.
    Raises NotComparable unless both have the same groups, at least one, and the mix a size for each of them.
    """
    if not before or set(before) != set(after):
        raise NotComparable("The two waves do not have the same groups.")
    sizes = _mean_mix(before, after) if mix is None else dict(mix)
    total = sum(sizes.values())
    if set(sizes) != set(before) or min(sizes.values()) < 0 or total <= 0:
        raise NotComparable("The mix does not give a size to each group.")
    fixed = {group: size / total for group, size in sizes.items()}
    terms = [
        (sign * fixed[group], share.value, wilson(share.value, share.n))
        for sign, wave in ((-1, before), (1, after))
        for group, share in wave.items()
    ]
    return Standardised(fixed, _mixed(before, fixed), _mixed(after, fixed), combined(terms))


def _mean_mix(before: Mapping[str, Share], after: Mapping[str, Share]) -> dict[str, float]:
    first, second = (sum(share.base for share in wave.values()) for wave in (before, after))
    if min(first, second) <= 0:
        raise NotComparable("One of the waves has nobody in these groups.")
    return {group: (before[group].base / first + after[group].base / second) / 2 for group in before}


def _mixed(wave: Mapping[str, Share], mix: Mapping[str, float]) -> float:
    return sum(mix[group] * share.value for group, share in wave.items())
