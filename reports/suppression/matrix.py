"""A problem as arrays: one column for each unknown, one row for each relation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from reports.suppression.problem import Problem, Status

Vector = np.ndarray


@dataclass(frozen=True, eq=False)
class Matrix:
    """`equal @ x == equal_to`, `at_most @ x <= at_most_to`, for x of shape (unknowns,).

    `count`, `low`, `high`, `need`, `cost` have that shape too; `ceiling` is -1 where there is none. `fixed` marks what
    is withheld whatever happens, `follows` holds pairs (first, then) of columns.
    """

    names: tuple[str, ...]
    count: Vector
    low: Vector
    high: Vector
    cost: Vector
    need: Vector
    ceiling: Vector
    fixed: Vector
    equal: sp.csr_matrix
    equal_to: Vector
    at_most: sp.csr_matrix
    at_most_to: Vector
    follows: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        return len(self.names)

    def closed(self, withheld: np.ndarray) -> np.ndarray:
        """With everything that follows from what is withheld. `withheld` is a mask of shape (unknowns,)."""
        found: np.ndarray = withheld | self.fixed
        while True:
            more = [then for first, then in self.follows if found[first] and not found[then]]
            if not more:
                return found
            found[more] = True


def matrix_of(problem: Problem) -> Matrix:
    places = {unknown.name: place for place, unknown in enumerate(problem.unknowns)}
    unknowns = problem.unknowns
    equal, equal_to = _rows(problem, places, "=")
    at_most, at_most_to = _rows(problem, places, "<=")
    return Matrix(
        names=tuple(places),
        count=np.array([u.count for u in unknowns], dtype=float),
        low=np.array([u.low for u in unknowns], dtype=float),
        high=np.array([u.high for u in unknowns], dtype=float),
        cost=np.array([u.cost for u in unknowns], dtype=float),
        need=np.array([u.need for u in unknowns], dtype=float),
        ceiling=np.array([-1 if u.ceiling is None else u.ceiling for u in unknowns], dtype=float),
        fixed=np.array([u.status is Status.WITHHELD for u in unknowns], dtype=bool),
        equal=equal,
        equal_to=equal_to,
        at_most=at_most,
        at_most_to=at_most_to,
        follows=tuple((places[found.first], places[found.then]) for found in problem.implications),
    )


def _rows(problem: Problem, places: dict[str, int], sense: str) -> tuple[sp.csr_matrix, Vector]:
    relations = [relation for relation in problem.relations if relation.sense == sense]
    found = sp.lil_matrix((len(relations), len(places)))
    for row, relation in enumerate(relations):
        for name, coefficient in relation.terms:
            found[row, places[name]] += coefficient
    return found.tocsr(), np.array([relation.constant for relation in relations], dtype=float)
