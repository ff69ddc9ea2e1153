"""The choice of what to withhold, group by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.suppression.attack import NOBODY, Attack, Demand
from reports.suppression.choosing import Choosing, OutOfLimits, Unsolvable
from reports.suppression.greedy import NothingLeft, choose_greedily
from reports.suppression.matrix import Matrix, matrix_of
from reports.suppression.problem import Problem

NOTHING, COMPACT, CUTS, GREEDY = "nothing", "compact", "cuts", "greedy"


@dataclass(frozen=True, slots=True)
class Limits:
    """Never in seconds, so that two machines choose the same.

    `compact`: the most columns of the compact form. `rounds`: how often a choice is tried and attacked.
    `nodes`: of the branch and bound of one programme. `largest`: unknowns of a group
    above which nothing exact is tried.
    """

    compact: int = 6000
    rounds: int = 60
    nodes: int = 2000
    largest: int = 3000


@dataclass(frozen=True, slots=True)
class GroupReport:
    """`lost`: cost of what is withheld. `bound`: what any choice loses at least, as far as it was proven."""

    unknowns: int
    demands: int
    method: str
    proven: bool
    lost: float
    bound: float
    nodes: int

    @property
    def gap(self) -> float:
        """Share of the loss that may be unnecessary, 0 to 1."""
        return 0.0 if self.proven or not self.lost else max(0.0, 1 - self.bound / self.lost)


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is withheld by name, what follows from it and what was never printed included."""

    withheld: frozenset[str]
    groups: tuple[GroupReport, ...]

    @property
    def proven(self) -> bool:
        return all(group.proven for group in self.groups)

    @property
    def gap(self) -> float:
        return max((group.gap for group in self.groups), default=0.0)


class CannotProtect(Exception):
    """With everything withheld that may be, the counts of these names are still not safe."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"Cannot be protected: {', '.join(names)}.")
        self.names = names


def suppress(problem: Problem, limits: Limits = Limits(), *, method: str = "") -> Suppression:
    """Choose what else to withhold, so that every withheld count is safe and the least is lost.

    A count is safe if whoever reads what is shown is left with an interval of whole people that is at least `need`
    wide, reaches `need` and leaves room for `need` others, also if the reader is one of those counted in something
    withheld. Deterministic: limits are in nodes and rounds, and of equal choices the first is taken. `method` forces
    one of compact, cuts and greedy. Raises CannotProtect.
    """
    withheld: set[str] = set()
    reports = []
    unsafe: list[str] = []
    for group in problem.groups():
        matrix = matrix_of(group)
        try:
            mask, report = _solve(matrix, limits, method)
        except NothingLeft as failure:
            unsafe += sorted({matrix.names[demand.target] for demand in failure.demands})
            continue
        withheld |= {matrix.names[place] for place in np.flatnonzero(mask)}
        if report is not None:
            reports.append(report)
    if unsafe:
        raise CannotProtect(tuple(unsafe))
    return Suppression(frozenset(withheld), tuple(reports))


def _solve(matrix: Matrix, limits: Limits, method: str) -> tuple[np.ndarray, GroupReport | None]:
    first = matrix.closed(np.zeros(matrix.size, dtype=bool))
    attack = Attack(matrix, limits.nodes)
    demands = sorted(attack.weak(first))
    if not demands:
        return first, _report(matrix, first, [], NOTHING, attack.nodes) if matrix.need[first].any() else None
    bound = 0.0
    if method != GREEDY and (method or matrix.size <= limits.largest):
        exact = _Exact(matrix, limits, attack, method)
        found = exact.solve(demands)
        bound = exact.choosing.bound
        if found is not None:
            return found, _report(matrix, found, exact.demands, exact.method, exact.nodes)
    _check_possible(matrix, attack, first)
    mask = choose_greedily(matrix, attack)
    lost = _lost(matrix, mask)
    is_best = bound >= lost - 1e-6
    return mask, GroupReport(matrix.size, len(demands), GREEDY, is_best, lost, min(bound, lost), attack.nodes)


def _check_possible(matrix: Matrix, attack: Attack, first: np.ndarray) -> None:
    """What is not safe with everything withheld never is. Raises NothingLeft."""
    if lost := attack.weak(np.ones(matrix.size, dtype=bool), first):
        raise NothingLeft(lost)


def _report(matrix: Matrix, mask: np.ndarray, demands: list[Demand], method: str, nodes: int) -> GroupReport:
    lost = _lost(matrix, mask)
    return GroupReport(matrix.size, len(demands), method, True, lost, lost, nodes)


def _lost(matrix: Matrix, mask: np.ndarray) -> float:
    return float(matrix.cost[mask & ~matrix.fixed].sum())


class _Exact:
    """Choose, attack, learn, until the attack fails. `demands` grow by those that a choice did not meet."""

    def __init__(self, matrix: Matrix, limits: Limits, attack: Attack, method: str) -> None:
        self.matrix, self.limits, self.attack = matrix, limits, attack
        self.forced = method
        self.choosing = Choosing(matrix, limits.nodes)
        self.demands: list[Demand] = []
        self.compact: list[Demand] = []
        self.method = COMPACT

    @property
    def nodes(self) -> int:
        return self.choosing.nodes + self.attack.nodes

    def solve(self, demands: list[Demand]) -> np.ndarray | None:
        """The best mask, or None if a limit was reached. A group that cannot be solved is left to the greedy choice."""
        mask = self.matrix.closed(np.zeros(self.matrix.size, dtype=bool))
        weak = demands
        for _round in range(self.limits.rounds):
            self._take(weak, mask)
            try:
                mask = self.choosing.choose(self.compact, compact=self.method == COMPACT)
            except (OutOfLimits, Unsolvable):
                return None
            weak = self.attack.weak(mask)
            if not weak:
                return mask
        return None

    def _take(self, weak: list[Demand], mask: np.ndarray) -> None:
        """New demands become copies while there is room for them; those already there are cut off in whole numbers."""
        fresh = [demand for demand in weak if demand not in self.demands]
        self.demands += fresh
        if self.method == COMPACT:
            copied = [demand for demand in fresh if self._may_be_copied(demand)]
            columns = 2 * self.matrix.size * (len(self.compact) + len(copied))
            if self.forced == CUTS or (not self.forced and columns > self.limits.compact):
                self.method = CUTS
            else:
                self.compact += copied
                weak = [demand for demand in weak if demand not in copied]
        for demand in weak:
            self.choosing.learn(mask, demand)

    def _may_be_copied(self, demand: Demand) -> bool:
        """The true table holds nobody in an empty count, so that it cannot stand in where the count is shown."""
        return demand.member == NOBODY or self.matrix.count[demand.member] >= 1
