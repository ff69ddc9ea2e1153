"""The fallback: withhold the least loss that helps, one by one, then give back what was not needed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reports.suppression.attack import Attack, Demand
from reports.suppression.matrix import Matrix


class NothingLeft(Exception):
    """Everything near the targets is withheld and they are still not safe."""

    def __init__(self, demands: list[Demand]) -> None:
        super().__init__("Nothing is left to withhold.")
        self.demands = demands


def choose_greedily(matrix: Matrix, attack: Attack) -> np.ndarray:
    """A mask that meets every demand. Raises NothingLeft."""
    withheld = matrix.closed(np.zeros(matrix.size, dtype=bool))
    while demands := attack.weak(withheld):
        more = _next(matrix, withheld, demands)
        if more is None:
            raise NothingLeft(demands)
        withheld = matrix.closed(withheld | more)
    return _given_back(matrix, attack, withheld)


def _next(matrix: Matrix, withheld: np.ndarray, demands: list[Demand]) -> np.ndarray | None:
    """For each target that is not safe the cheapest unknown that a relation ties to its part, or further away."""
    found = np.zeros(matrix.size, dtype=bool)
    for target in sorted({demand.target for demand in demands}):
        place = next(_near(matrix, withheld, target), None)
        if place is not None:
            found[place] = True
    return found if found.any() else None


def _near(matrix: Matrix, withheld: np.ndarray, target: int) -> Iterator[int]:
    """Open unknowns by how many relations lie between, then by what they cost."""
    ties = abs(matrix.equal).T @ abs(matrix.equal) + abs(matrix.at_most).T @ abs(matrix.at_most)
    reached = np.zeros(matrix.size, dtype=bool)
    reached[target] = True
    while True:
        wider = reached | (ties @ reached > 0)
        # Through what is withheld the next relation is as near as this one.
        while (through := wider | (ties @ (wider & withheld) > 0)).sum() > wider.sum():
            wider = through
        open_ones = np.flatnonzero(wider & ~withheld).tolist()
        yield from sorted(open_ones, key=lambda place: (matrix.cost[place], place))
        if wider.sum() == reached.sum():
            return
        reached = wider


def _given_back(matrix: Matrix, attack: Attack, withheld: np.ndarray) -> np.ndarray:
    """Show again what is not needed, the most valuable first."""
    needed = matrix.closed(np.zeros(matrix.size, dtype=bool))
    for place in sorted(np.flatnonzero(withheld & ~needed), key=lambda p: (-matrix.cost[p], p)):
        without = withheld.copy()
        without[place] = False
        if not any(without[first] and then == place for first, then in matrix.follows) and not attack.weak(
            without
        ):
            withheld = without
    return withheld
