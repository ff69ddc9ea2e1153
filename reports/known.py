"""What is known of one question, or of one row of a grid, and whether one thing more would count a few people.

A fact is a set of codes and how many people of a group have any of them; the base is a fact like the others. Where
one set lies in another, the difference of the two numbers is a number of people. If nobody can have two codes, what
is left after taking away the codes that are known one by one is looked at further: every difference of differences,
and every code whose number follows from several sums together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from reports.statistics import Counted
from surveys.codebook import Sum

Group = tuple[str, str]
EVERYBODY: Group = ("", "")
"""Otherwise (class, part)."""
MOST_REGIONS = 400
"""Differences of differences that are looked at. More than these come from no table that people can read."""
NEAR = 1e-6

Codes = frozenset[str]
Numbers = dict[Codes, int]
Small = tuple[str, tuple[Codes, ...]]
"""How a small number of people follows, and from which sets."""


@dataclass(frozen=True, slots=True)
class Fact:
    """People with any of these codes, as a sum of marks."""

    codes: Codes
    sum: Sum


@dataclass
class Known:
    """`is_partition`: nobody has two codes. `k`: the smallest number of people that may be told, in a part too."""

    is_partition: bool
    k: int
    k_of_part: int
    facts: dict[Group, dict[Codes, Sum]] = field(default_factory=dict)

    def copy(self) -> Known:
        facts = {group: dict(found) for group, found in self.facts.items()}
        return Known(self.is_partition, self.k, self.k_of_part, facts)

    def add(self, group: Group, facts: Iterable[Fact]) -> None:
        self.facts.setdefault(group, {}).update({fact.codes: fact.sum for fact in facts})

    def tells(self, counted: Counted, group: Group, facts: Iterable[Fact]) -> bool:
        """Whether these facts of a group, beside what is known, tell a number of people from 1 to k - 1."""
        then = self.copy()
        then.add(group, facts)
        if then.facts[group] == self.facts.get(group):
            return False
        return bool(then._told(counted, group) - self._told(counted, group))

    def _told(self, counted: Counted, group: Group) -> set[tuple[object, Small]]:
        """Of everybody; or of a part, and of whoever is in none of the parts that are shown."""
        if group == EVERYBODY:
            numbers = self._numbers(counted, [EVERYBODY], self.facts.get(EVERYBODY, {}))
            return {(EVERYBODY, small) for small in smalls(numbers, self.k, self.is_partition)}
        numbers = self._numbers(counted, [group], self.facts.get(group, {}))
        found: set[tuple[object, Small]] = {
            (group, small) for small in smalls(numbers, self.k_of_part, self.is_partition)
        }
        for parts, codes in self._left_over(group[0]):
            whole = self._numbers(counted, [EVERYBODY], codes)
            inside = self._numbers(counted, [(group[0], part) for part in parts], codes)
            outside = {found: number - inside[found] for found, number in whole.items()}
            found |= {(parts, small) for small in smalls(outside, self.k_of_part, self.is_partition)}
        return found

    def _left_over(self, name: str) -> Iterator[tuple[tuple[str, ...], dict[Codes, Sum]]]:
        """Parts of a class that are shown alike, with what is told of each of them."""
        shown = {part: found for (owner, part), found in self.facts.items() if owner == name}
        places: dict[Codes, tuple[str, ...]] = {}
        for codes in {codes for found in shown.values() for codes in found}:
            places[codes] = tuple(sorted(part for part, found in shown.items() if codes in found))
        for parts in sorted(set(places.values())):
            alike = {codes for codes, found in places.items() if set(found) >= set(parts)}
            yield parts, {codes: shown[parts[0]][codes] for codes in alike}

    def _numbers(self, counted: Counted, groups: Iterable[Group], sums: dict[Codes, Sum]) -> Numbers:
        places = [place for group in groups for place in counted.places(*group)]
        return {
            codes: sum(sign * counted.counts.of(total, column) for column, sign in places)
            for codes, total in sums.items()
        }


def smalls(numbers: Numbers, k: int, is_partition: bool) -> set[Small]:
    """Every way in which these numbers tell a number of people from 1 to k - 1."""
    facts = {**numbers, frozenset(): 0}
    found = set(_nested(facts, k))
    return found | (set(_regions(facts, k)) if is_partition else set(_both(facts, k)))


def _nested(facts: Numbers, k: int) -> Iterator[Small]:
    for inner, outer in combinations(sorted(facts, key=len), 2):
        if inner < outer and 0 < facts[outer] - facts[inner] < k:
            yield "within", (inner, outer)


def _both(facts: Numbers, k: int) -> Iterator[Small]:
    """Whoever has a code of each of two sets, if the sum of the sets is known as well."""
    for one, other in combinations(sorted(facts, key=sorted), 2):
        union = one | other
        if union not in facts or union in (one, other):
            continue
        if 0 < facts[one] + facts[other] - facts[union] < k:
            yield "both", (one, other)


def _regions(facts: Numbers, k: int) -> Iterator[Small]:
    alone = {code for codes in facts if len(codes) == 1 for code in codes}
    left: Numbers = {}
    for codes, number in facts.items():
        known = sum(facts[frozenset({code})] for code in codes & alone)
        left[codes - alone] = number - known
    del left[frozenset()]
    found = _closed(left)
    yield from (("left", (codes,)) for codes, number in found.items() if 0 < number < k)
    yield from (("follows", (frozenset({code}),)) for code, n in _that_follow(left) if 0 < round(n) < k)


def _closed(left: Numbers) -> Numbers:
    found = dict(left)
    while len(found) < MOST_REGIONS:
        more = {a - b: found[a] - found[b] for a in found for b in found if b < a and a - b not in found}
        if not more:
            break
        found |= more
    return found


def _that_follow(left: Numbers) -> Iterator[tuple[str, float]]:
    """Codes whose number is a combination of known sums, with that number."""
    codes = sorted({code for found in left for code in found})
    if not codes:
        return
    matrix = np.array([[float(code in found) for code in codes] for found in left])
    numbers = np.array([float(left[found]) for found in left])
    for place, code in enumerate(codes):
        wanted = np.zeros(len(codes))
        wanted[place] = 1
        weights = np.linalg.lstsq(matrix.T, wanted, rcond=None)[0]
        if np.allclose(matrix.T @ weights, wanted, atol=NEAR):
            yield code, float(weights @ numbers)
