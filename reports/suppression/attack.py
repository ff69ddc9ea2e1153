"""The reader who computes: between which numbers of people a withheld count must lie.

Whatever is withheld is an unknown; the relations and what is shown bound it. A witness is a table of whole people that
agrees with all that. Two witnesses that lie far enough apart prove that a count is safe, so that most counts are
proven by tables that were found for others; a solver looks for further ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from reports.suppression.matrix import Matrix

NOBODY = -1
NEAR = 1e-6


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """That the count of column `target` be safe from a reader counted in column `member`, or from outside."""

    target: int
    member: int = NOBODY


class Attack:
    """One group of a problem under attack. `nodes` counts what the solver looked at."""

    def __init__(self, matrix: Matrix, node_limit: int) -> None:
        self.matrix = matrix
        self.node_limit = node_limit
        self.nodes = 0

    def weak(self, withheld: np.ndarray, among: np.ndarray | None = None) -> list[Demand]:
        """Of each target that is not safe with these withheld (a mask) one demand that is not met.

        `among`: the unknowns that are looked at as targets and members; all, if none are named.
        """
        looked_at = np.ones_like(withheld) if among is None else among
        return [demand for part in self._parts(withheld) for demand in part.weak(looked_at[part.members])]

    def _parts(self, withheld: np.ndarray) -> Iterator[_Part]:
        """Withheld unknowns that no relation ties together are attacked apart."""
        matrix, places = self.matrix, np.flatnonzero(withheld)
        if not places.size:
            return
        equal, at_most = matrix.equal[:, places], matrix.at_most[:, places]
        ties = (abs(equal).T @ abs(equal)) + (abs(at_most).T @ abs(at_most))
        number, labels = connected_components(ties, directed=False)
        for label in range(number):
            members = places[labels == label]
            if matrix.need[members].any():
                yield _Part(self, members)


class _Part:
    def __init__(self, attack: Attack, members: np.ndarray) -> None:
        matrix = attack.matrix
        self.attack = attack
        self.members = members
        self.count = matrix.count[members]
        self.low, self.high = matrix.low[members], matrix.high[members]
        self.need, self.ceiling = matrix.need[members], matrix.ceiling[members]
        self.rows = list(self._rows())
        self.witnesses = self.count[np.newaxis, :]
        self.existing: dict[int, bool] = {}

    def _rows(self) -> Iterator[LinearConstraint]:
        matrix = self.attack.matrix
        for rows, to, is_equal in (
            (matrix.equal, matrix.equal_to, True),
            (matrix.at_most, matrix.at_most_to, False),
        ):
            inside = rows[:, self.members]
            used = np.flatnonzero(np.diff(inside.indptr))
            if not used.size:
                continue
            # What is shown, or decided elsewhere, has its true count.
            left = to[used] - rows[used] @ matrix.count + inside[used] @ self.count
            yield LinearConstraint(inside[used], left if is_equal else -np.inf, left)

    def weak(self, among: np.ndarray) -> Iterator[Demand]:
        """Who is outside knows least, so is tried first; the first reader who learns too much is enough."""
        members = np.flatnonzero(among).tolist()
        for target in np.flatnonzero((self.need > 0) & among).tolist():
            readers = (reader for reader in (NOBODY, *members) if reader == NOBODY or self._exists(reader))
            found = next((reader for reader in readers if not self._holds(target, reader)), None)
            if found is not None:
                of = NOBODY if found == NOBODY else int(self.members[found])
                yield Demand(int(self.members[target]), of)

    def _exists(self, member: int) -> bool:
        """Whether anybody can be counted there at all."""
        if member not in self.existing:
            found: np.ndarray | None = None
            if not (self.witnesses[:, member] >= 1).any():
                found = self._search(member, member, -1)
                if found is not None:
                    self.witnesses = np.vstack([self.witnesses, found])
            self.existing[member] = bool((self.witnesses[:, member] >= 1).any())
        return self.existing[member]

    def _holds(self, target: int, member: int) -> bool:
        if self._proven(target, member):
            return True
        for sign in (-1, 1):
            found = self._search(target, member, sign)
            if found is None:
                return False
            self.witnesses = np.vstack([self.witnesses, found])
            if self._proven(target, member):
                return True
        return False

    def _proven(self, target: int, member: int) -> bool:
        seen = self.witnesses
        if member != NOBODY:
            seen = seen[seen[:, member] >= 1]
            if not len(seen):
                return False
        values, need = seen[:, target], self.need[target]
        inside = float(member == target)
        outside = float(member not in (target, NOBODY))
        reaches = values.max() - inside >= need
        leaves = self.ceiling[target] < 0 or values.min() <= self.ceiling[target] - outside - need
        return bool(reaches and leaves and values.max() - values.min() >= need)

    def _search(self, target: int, member: int, sign: int) -> np.ndarray | None:
        """A table of whole people with the largest (sign -1) or smallest count of `target`."""
        cost = np.zeros(len(self.members))
        cost[target] = sign
        low = self.low.copy()
        if member != NOBODY:
            low[member] = max(low[member], 1)
            if low[member] > self.high[member]:
                return None
        found = milp(
            cost,
            constraints=self.rows,
            bounds=Bounds(low, self.high),
            integrality=np.ones(len(cost), dtype=int),
            options={"node_limit": self.attack.node_limit},
        )
        self.attack.nodes += int(found.mip_node_count or 0)
        return None if found.x is None else np.round(found.x)
