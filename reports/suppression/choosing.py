"""Programmes that choose what to withhold, so that the demands known so far hold and as little as possible is lost.

Both follow Fischetti, M. and Salazar-Gonzalez, J. J. (2001), Solving the cell suppression problem on tabular data with
linear constraints, Management Science 47 (7): y is 1 where a count is withheld, and an attacker's table may leave the
true count of i only if y_i is 1. The compact form holds two attacker's tables for each demand. The other one holds y
alone and learns, from the duals of the attacker's linear programmes, how much each withheld count gives room.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from reports.suppression.attack import NEAR, NOBODY, Demand
from reports.suppression.matrix import Matrix

STEADY = 1e-6
"""Relative preference for the unknown that stands first, so that of equal choices one is always the same."""


class Unsolvable(Exception):
    """No choice meets the demands."""


class OutOfLimits(Exception):
    """The solver stopped at its limit of nodes. `bound` is what is lost at least, as far as it was proven."""

    def __init__(self, bound: float) -> None:
        super().__init__("The limit was reached before the optimum was proven.")
        self.bound = bound


@dataclass(frozen=True, slots=True)
class Cut:
    """sum(coefficients * y) >= constant, for coefficients of shape (unknowns,)."""

    coefficients: np.ndarray
    constant: float


@dataclass
class Choosing:
    """The choice among the unknowns of one group; `cuts` grow as weak choices are seen."""

    matrix: Matrix
    node_limit: int
    cuts: list[Cut] = field(default_factory=list)
    nodes: int = 0
    bound: float = 0.0

    def choose(self, demands: list[Demand], *, compact: bool) -> np.ndarray:
        """A mask of what is withheld. Raises Unsolvable, OutOfLimits."""
        matrix = self.matrix
        cost = matrix.cost * (1 + STEADY * np.arange(matrix.size) / max(matrix.size, 1))
        copies = demands if compact else []
        rows = _Rows(matrix.size, len(copies))
        for first, then in matrix.follows:
            rows.add({then: 1.0, first: -1.0}, low=0)
        for cut in self.cuts:
            rows.add(dict(enumerate(cut.coefficients)), low=cut.constant)
        low, high = matrix.fixed.astype(float), np.ones(matrix.size)
        for number, demand in enumerate(copies):
            _add_copies(rows, matrix, demand, number)
        free = 2 * len(copies) * matrix.size
        found = milp(
            np.concatenate([np.where(matrix.fixed, 0, cost), np.zeros(free)]),
            constraints=rows.constraints(),
            bounds=Bounds(
                np.concatenate([low, np.tile(matrix.low, 2 * len(copies))]),
                np.concatenate([high, np.tile(matrix.high, 2 * len(copies))]),
            ),
            integrality=np.concatenate([np.ones(matrix.size), np.zeros(free)]),
            options={"node_limit": self.node_limit, "mip_rel_gap": 0.0},
        )
        self.nodes += int(found.mip_node_count or 0)
        if found.status == 2:
            raise Unsolvable
        self.bound = max(self.bound, float(found.mip_dual_bound or 0.0))
        if found.status != 0 or found.x is None:
            raise OutOfLimits(self.bound)
        return found.x[: matrix.size] > 0.5

    def learn(self, withheld: np.ndarray, demand: Demand) -> None:
        """Cut off this choice, which does not meet the demand: by the duals if they see it, else by itself."""
        cuts = [cut for cut in _dual_cuts(self.matrix, withheld, demand) if _cuts_off(cut, withheld)]
        self.cuts += cuts or [_no_good(self.matrix, withheld, demand)]


class _Rows:
    """Rows of a mixed programme over y and the attackers' tables, gathered one by one."""

    def __init__(self, size: int, copies: int) -> None:
        self.width = size * (1 + 2 * copies)
        self.data: list[float] = []
        self.columns: list[int] = []
        self.starts = [0]
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, terms: dict[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        kept = {column: value for column, value in terms.items() if value}
        self.columns += kept.keys()
        self.data += kept.values()
        self.starts.append(len(self.columns))
        self.low.append(low)
        self.high.append(high)

    def constraints(self) -> list[LinearConstraint]:
        if not self.low:
            return []
        shape = (len(self.low), self.width)
        return [
            LinearConstraint(
                sp.csr_matrix((self.data, self.columns, self.starts), shape), self.low, self.high
            )
        ]


MOST, LEAST = -1, 1
"""Signs of a target in an attacker's programme, which is always minimised."""


@dataclass(frozen=True, slots=True)
class _Part:
    """That -(sum over signs of the smallest sign * x) be at least `least`, for x the target's count."""

    signs: tuple[int, ...]
    least: float

    def at(self, count: float) -> float:
        """The same sum where nothing is withheld."""
        return -sum(sign * count for sign in self.signs)


def _parts(matrix: Matrix, demand: Demand) -> list[_Part]:
    """What a demand asks for: how far the interval reaches, how much room it leaves, and how wide it is."""
    need, ceiling = matrix.need[demand.target], matrix.ceiling[demand.target]
    found = [_Part((MOST,), need + (demand.member == demand.target)), _Part((MOST, LEAST), need)]
    if ceiling >= 0:
        outside = demand.member not in (demand.target, NOBODY)
        found.append(_Part((LEAST,), need + outside - ceiling))
    return found


def _add_copies(rows: _Rows, matrix: Matrix, demand: Demand, number: int) -> None:
    """Two attacker's tables, one with as much and one with as little of the target as is asked for."""
    size, target, member = matrix.size, demand.target, demand.member
    starts = {MOST: size * (1 + 2 * number), LEAST: size * (2 + 2 * number)}
    for start in starts.values():
        _add_table(rows, matrix, start)
        if member != NOBODY:
            rows.add({start + member: 1, member: -1}, low=0)
    others = [member] if member not in (NOBODY, target) else []
    for part in _parts(matrix, demand):
        without = part.at(matrix.count[target])
        more = part.least - without
        if more <= 0:
            continue
        # Where the target, or the member's own count, is shown after all, the true table will do.
        terms = {starts[sign] + target: -float(sign) for sign in part.signs}
        terms |= dict.fromkeys([target, *others], -more)
        rows.add(terms, low=without - more * len(others))


def _add_table(rows: _Rows, matrix: Matrix, start: int) -> None:
    for place in range(matrix.size):
        above, below = matrix.high[place] - matrix.count[place], matrix.count[place] - matrix.low[place]
        rows.add({start + place: 1, place: -above}, high=matrix.count[place])
        rows.add({start + place: 1, place: below}, low=matrix.count[place])
    for matrix_rows, to, is_equal in (
        (matrix.equal, matrix.equal_to, True),
        (matrix.at_most, matrix.at_most_to, False),
    ):
        for row, constant in enumerate(to):
            inside = slice(matrix_rows.indptr[row], matrix_rows.indptr[row + 1])
            columns, values = matrix_rows.indices[inside], matrix_rows.data[inside]
            terms = {start + int(c): float(v) for c, v in zip(columns, values, strict=True)}
            rows.add(terms, low=constant if is_equal else -np.inf, high=constant)


def _dual_cuts(matrix: Matrix, withheld: np.ndarray, demand: Demand) -> list[Cut]:
    """For each part of a demand: how much each withheld count could give, by the duals of the attacker's programme."""
    solved = {sign: _attack(matrix, withheld, demand, sign) for sign in (MOST, LEAST)}
    found = []
    for part in _parts(matrix, demand):
        answers = [solved[sign] for sign in part.signs]
        if all(answer is not None for answer in answers):
            gives = sum((answer[1] for answer in answers if answer is not None), np.zeros(matrix.size))
            constant = sum(answer[0] for answer in answers if answer is not None)
            found.append(_conditional(gives, part.least - constant, demand))
    return found


def _attack(
    matrix: Matrix, withheld: np.ndarray, demand: Demand, sign: int
) -> tuple[float, np.ndarray] | None:
    """(constant, gives): -min(sign * x) is at most constant + gives @ y for every choice y with target and member."""
    low = np.where(withheld, matrix.low, matrix.count)
    high = np.where(withheld, matrix.high, matrix.count)
    if demand.member != NOBODY:
        low[demand.member] = max(low[demand.member], 1)
        if low[demand.member] > high[demand.member]:
            return None
    cost = np.zeros(matrix.size)
    cost[demand.target] = sign
    # Sparse matrices and an array of bounds are as good as lists, which the types do not know.
    found = linprog(  # type: ignore[call-overload]
        cost,
        A_ub=matrix.at_most if matrix.at_most_to.size else None,
        b_ub=matrix.at_most_to if matrix.at_most_to.size else None,
        A_eq=matrix.equal if matrix.equal_to.size else None,
        b_eq=matrix.equal_to if matrix.equal_to.size else None,
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    if found.status != 0:
        return None
    # The optimum of another choice is at least this one plus what its other bounds are worth by these duals.
    below, above = found.lower.marginals, found.upper.marginals
    gives = below * (matrix.count - matrix.low) - above * (matrix.high - matrix.count)
    constant = -found.fun + below @ (low - matrix.count) + above @ (high - matrix.count)
    if demand.member != NOBODY:
        # The bound of the member's own count is one or more under every choice that is meant.
        place = demand.member
        gives[place] = -above[place] * (matrix.high[place] - matrix.count[place])
        constant += below[place] * (matrix.count[place] - low[place])
    return float(constant), gives


def _conditional(gives: np.ndarray, wanted: float, demand: Demand) -> Cut:
    """gives @ y >= wanted if target and member are withheld, with coefficients no larger than what is wanted."""
    coefficients = np.clip(np.where(np.abs(gives) < NEAR, 0, gives), None, max(wanted, 0))
    conditions = {demand.target, demand.member} - {NOBODY}
    spare = max(wanted - np.minimum(coefficients, 0).sum(), 0.0)
    for place in conditions:
        coefficients[place] -= spare
    return Cut(coefficients, wanted - spare * len(conditions))


def _cuts_off(cut: Cut, withheld: np.ndarray) -> bool:
    return bool(cut.coefficients @ withheld < cut.constant - 1e-4)


def _no_good(matrix: Matrix, withheld: np.ndarray, demand: Demand) -> Cut:
    """Something more must be withheld, or the target or the member's own count shown."""
    coefficients = (~withheld).astype(float)
    conditions = {demand.target, demand.member} - {NOBODY}
    for place in conditions:
        coefficients[place] = -1.0
    return Cut(coefficients, 1.0 - len(conditions))
