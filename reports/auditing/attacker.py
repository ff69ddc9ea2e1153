"""The reader who computes: of each withheld count the interval that all tables of whole people leave open.

Each end is one mixed integer programme: its linear relaxation bounds it, whole people settle it. A reader who is one
of those counted knows of one person more; every such reader is tried. Tables that were found for one count serve as
witnesses for the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from reports.auditing.public import Contradiction, Public, Target

SLACK = 1e-6
INFEASIBLE = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Nodes of one search, never seconds, so that two machines find the same."""

    nodes: int = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """What follows of a withheld count. `insider`: what the best placed of those counted can narrow it to.

    `proven`: whether the ends are those of tables of whole people; else the interval is at most so wide.
    """

    name: str
    low: int
    high: int
    need: int
    base: int
    insider: tuple[int, int]
    proven: bool = True

    @property
    def passes(self) -> bool:
        """Wide enough, reaching far enough and leaving enough room, for outsiders and for those counted."""
        return self.proven and all(
            high - low >= self.need and high >= self.need and self.base - low >= self.need
            for low, high in ((self.low, self.high), self.insider)
        )


def audit(public: Public, limits: Limits = Limits()) -> tuple[Interval, ...]:
    """The interval of each target, in the order of their names. Raises Contradiction."""
    return tuple(
        sorted(
            (interval for group in _groups(public) for interval in _Group(group, limits).intervals()),
            key=lambda interval: interval.name,
        )
    )


@dataclass(frozen=True, eq=False)
class _Tied:
    """Counts that sums tie together, and these sums. `low`, `high`: of the counts; `least`, `most`: of the sums."""

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    sums: sp.csr_matrix
    least: np.ndarray
    most: np.ndarray
    targets: tuple[Target, ...]
    readers: tuple[tuple[str, str], ...]
    """(count that holds a reader, target that the reader is in)."""


def _groups(public: Public) -> Iterator[_Tied]:
    """What is known exactly ties nothing together: it is taken to the other side."""
    names = tuple(public.counts)
    places = {name: place for place, name in enumerate(names)}
    low = np.array([public.counts[name][0] for name in names], dtype=float)
    high = np.array([public.counts[name][1] for name in names], dtype=float)
    known = list(public.known)
    rows = [place for place, found in enumerate(known) for _term in found.terms]
    columns = [places[name] for found in known for name, _times in found.terms]
    values = [float(times) for found in known for _name, times in found.terms]
    sums = sp.csr_matrix((values, (rows, columns)), shape=(len(known), len(names)))
    fixed = low == high
    moved = sums @ np.where(fixed, low, 0.0)
    least = np.array([found.low for found in known], dtype=float) - moved
    most = np.array([found.high for found in known], dtype=float) - moved
    loose = np.flatnonzero(~fixed)
    free = sums[:, loose].tocsr()
    ties = abs(free).T @ abs(free)
    _number, labels = connected_components(ties, directed=False)
    for label in dict.fromkeys(labels.tolist()):
        members = loose[labels == label]
        targets = tuple(public.targets[names[m]] for m in members if names[m] in public.targets)
        if targets:
            inside = sums[:, members].tocsr()
            used = np.flatnonzero(np.diff(inside.indptr))
            yield _Tied(
                tuple(names[m] for m in members),
                low[members],
                high[members],
                inside[used].tocsr(),
                least[used],
                most[used],
                targets,
                tuple(
                    (name, target.name)
                    for target in targets
                    for name in public.people_of.get(target.name, (target.name,))
                ),
            )
    for name in (names[place] for place in np.flatnonzero(fixed) if names[place] in public.targets):
        value = np.array([low[places[name]]])
        empty = sp.csr_matrix((0, 1))
        yield _Tied(
            (name,), value, value, empty, np.zeros(0), np.zeros(0), (public.targets[name],), ((name, name),)
        )


class _Group:
    def __init__(self, tied: _Tied, limits: Limits) -> None:
        self.tied, self.limits = tied, limits
        self.place = {name: place for place, name in enumerate(tied.names)}
        self.rows = [LinearConstraint(tied.sums, tied.least, tied.most)] if tied.least.size else []
        self.seen = np.zeros((0, len(tied.names)))
        self.people: dict[int, bool] = {}

    def intervals(self) -> Iterator[Interval]:
        readers = [
            (self.place[reader], self.place[own]) for reader, own in self.tied.readers if reader in self.place
        ]
        for target in self.tied.targets:
            place = self.place[target.name]
            low, high, proven = self._ends(place, None)
            if high - low < target.need or high < target.need or target.base - low < target.need:
                yield Interval(target.name, low, high, target.need, target.base, (low, high), proven)
                continue
            inside, sure = self._narrowest(target, place, readers, (low, high))
            yield Interval(target.name, low, high, target.need, target.base, inside, proven and sure)

    def _narrowest(
        self, target: Target, place: int, readers: list[tuple[int, int]], outside: tuple[int, int]
    ) -> tuple[tuple[int, int], bool]:
        """What the reader who learns most is left with, his or her own answer taken away."""
        worst, sure = outside, True
        for reader, home in readers:
            own, other = (1, 0) if home == place else (0, 1)
            if not self._exists(reader) or self._is_safe(target, place, reader, own):
                continue
            low, high, proven = self._ends(place, reader)
            room = target.base - low - other
            if high - low < target.need or high - own < target.need or room < target.need:
                return (low + other, high - own), proven
            sure = sure and proven
        return worst, sure

    def _is_safe(self, target: Target, place: int, reader: int, own: int) -> bool:
        """Whether tables that were found before leave this reader enough."""
        seen = self.seen[self.seen[:, reader] >= 1]
        if not len(seen):
            return False
        values = seen[:, place]
        return bool(
            values.max() - values.min() >= target.need
            and values.max() - own >= target.need
            and target.base - values.min() - (1 - own) >= target.need
        )

    def _exists(self, reader: int) -> bool:
        if reader not in self.people:
            if not (self.seen[:, reader] >= 1).any():
                self._search(reader, reader, -1)
            self.people[reader] = bool((self.seen[:, reader] >= 1).any())
        return self.people[reader]

    def _ends(self, place: int, reader: int | None) -> tuple[int, int, bool]:
        """(smallest, largest, whether both are those of whole people)."""
        ends = [self._search(place, reader, sign) for sign in (1, -1)]
        return ends[0][0], ends[1][0], ends[0][1] and ends[1][1]

    def _search(self, place: int, reader: int | None, sign: int) -> tuple[int, bool]:
        """The smallest (sign 1) or largest value of one count, and whether it is one of whole people."""
        tied = self.tied
        cost = np.zeros(len(tied.names))
        cost[place] = sign
        low = tied.low.copy()
        if reader is not None:
            low[reader] = max(low[reader], 1)
            if low[reader] > tied.high[reader]:
                return int(tied.low[place] if sign == 1 else tied.high[place]), False
        found = milp(
            cost,
            constraints=self.rows,
            bounds=Bounds(low, tied.high),
            integrality=np.ones(len(cost), dtype=int),
            options={"node_limit": self.limits.nodes},
        )
        if found.status == INFEASIBLE and reader is None:
            raise Contradiction(tied.names)
        answer: np.ndarray | None = found.x
        if answer is None:
            return int(tied.low[place] if sign == 1 else tied.high[place]), False
        table = np.round(answer)
        self.seen = np.vstack([self.seen, table])
        if found.status == 0:
            return int(table[place]), True
        bound = float(found.mip_dual_bound or 0.0)
        return int(np.ceil(bound - SLACK) if sign == 1 else np.floor(-bound + SLACK)), False
