"""What may be shown and what must be withheld, as counts of people and the sums that everybody knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """`withheld`: never printed, or unsafe by itself. `shown`: printed whatever happens. `open`: to be decided."""

    OPEN = "open"
    WITHHELD = "withheld"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A count of people. Everybody knows that it lies between `low` and `high`; `count` is the truth.

    `need`: when it is withheld, whoever reads what is shown is left with an interval at least so wide that reaches
    at least so far; 0 asks for nothing. `ceiling`: the known base it is out of; then the interval must also leave room
    for `need` people who are not counted. `cost`: the information that is lost if it is withheld.
    """

    name: str
    count: int
    high: int
    low: int = 0
    cost: float = 1.0
    status: Status = Status.OPEN
    need: int = 0
    ceiling: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """The sum of coefficient times count is `constant` (sense "=") or at most that (sense "<=")."""

    terms: tuple[tuple[str, int], ...]
    constant: int = 0
    sense: str = "="


@dataclass(frozen=True, slots=True)
class Implication:
    """Who withholds `first` withholds `then`."""

    first: str
    then: str


@dataclass(frozen=True)
class Problem:
    """Raises ValueError if the true counts do not agree with the relations, or a name is not known."""

    unknowns: tuple[Unknown, ...]
    relations: tuple[Relation, ...] = ()
    implications: tuple[Implication, ...] = ()
    by_name: dict[str, Unknown] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({unknown.name: unknown for unknown in self.unknowns})
        if len(self.by_name) != len(self.unknowns):
            raise ValueError("Two unknowns have the same name.")
        for unknown in self.unknowns:
            if not unknown.low <= unknown.count <= unknown.high:
                raise ValueError(f"{unknown.name} is not between its bounds.")
        for relation in self.relations:
            self._check(relation)
        named = {name for found in self.implications for name in (found.first, found.then)}
        if not named <= self.by_name.keys():
            raise ValueError(f"Nothing is called {sorted(named - self.by_name.keys())[0]}.")

    def _check(self, relation: Relation) -> None:
        unknown = [name for name, _coefficient in relation.terms if name not in self.by_name]
        if unknown:
            raise ValueError(f"Nothing is called {unknown[0]}.")
        total = sum(coefficient * self.by_name[name].count for name, coefficient in relation.terms)
        if total > relation.constant or (relation.sense == "=" and total != relation.constant):
            raise ValueError(f"The counts do not agree with {relation}.")

    def groups(self) -> Iterator[Problem]:
        """Problems that have nothing to do with each other. What is shown whatever happens ties nothing together."""
        fixed = frozenset(u.name for u in self.unknowns if u.status is Status.SHOWN)
        roots = self._roots(fixed)
        unknowns: dict[str, list[Unknown]] = {}
        for unknown in self.unknowns:
            if unknown.name not in fixed:
                unknowns.setdefault(roots.of(unknown.name), []).append(unknown)
        relations: dict[str, list[Relation]] = {}
        for relation in (self._without(found, fixed) for found in self.relations):
            if relation.terms:
                relations.setdefault(roots.of(relation.terms[0][0]), []).append(relation)
        implied: dict[str, list[Implication]] = {}
        for found in self.implications:
            implied.setdefault(roots.of(found.first), []).append(found)
        for root, members in unknowns.items():
            yield Problem(tuple(members), tuple(relations.get(root, ())), tuple(implied.get(root, ())))

    def _roots(self, fixed: frozenset[str]) -> _Roots:
        roots = _Roots(unknown.name for unknown in self.unknowns)
        for relation in self.relations:
            roots.join(name for name, _coefficient in relation.terms if name not in fixed)
        for found in self.implications:
            roots.join((found.first, found.then))
        return roots

    def _without(self, relation: Relation, fixed: frozenset[str]) -> Relation:
        known = sum(c * self.by_name[name].count for name, c in relation.terms if name in fixed)
        terms = tuple((name, c) for name, c in relation.terms if name not in fixed)
        return Relation(terms, relation.constant - known, relation.sense)


class _Roots:
    def __init__(self, names: Iterable[str]) -> None:
        self.above = {name: name for name in names}

    def of(self, name: str) -> str:
        while self.above[name] != name:
            self.above[name] = self.above[self.above[name]]
            name = self.above[name]
        return name

    def join(self, names: Iterable[str]) -> None:
        first: str | None = None
        for name in names:
            first = self.of(name) if first is None else first
            self.above[self.of(name)] = first
