"""What is public, as counts of people that lie between two ends, and sums of such counts that do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MANY = 1_000_000


class Contradiction(ValueError):
    """No table of people agrees with all that is public: something was counted or read wrongly."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"What is public contradicts itself around {', '.join(names[:3])}.")
        self.names = names


@dataclass(frozen=True, slots=True)
class Known:
    """low <= sum of coefficient x count <= high. Both ends are the same where a sum is known."""

    terms: tuple[tuple[str, float], ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Target:
    """A count that is withheld, out of a base that everybody knows.

    A reader must be left with an interval at least `need` wide that reaches `need` and leaves room for `need` others.
    """

    name: str
    need: int
    base: int


@dataclass
class Public:
    """Gathers what is public. `counts`: name -> its smallest and largest value by what is printed of it alone."""

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    known: dict[Known, None] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    people_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Target -> the counts one of which holds a reader who is in it, where that is more than the target itself."""

    def count(self, name: str, low: int = 0, high: int = MANY) -> str:
        """Something that is printed twice is as narrow as both say."""
        before = self.counts.get(name, (0, MANY))
        self.counts[name] = (max(before[0], low), min(before[1], high))
        return name

    def know(self, terms: Iterable[tuple[str, float]], low: float, high: float) -> None:
        added: dict[str, float] = {}
        for name, times in terms:
            added[name] = added.get(name, 0) + times
        kept = tuple((name, times) for name, times in added.items() if times)
        if kept:
            self.known[Known(kept, low, high)] = None

    def equal(self, whole: str, parts: Iterable[str]) -> None:
        self.know([(whole, -1), *((part, 1) for part in parts)], 0, 0)

    def at_most(self, small: str, *large: str) -> None:
        """No more people than all of these together."""
        self.know([(small, 1), *((name, -1) for name in large)], -MANY, 0)

    def withhold(self, name: str, need: int, base: int) -> None:
        if need > 0:
            self.count(name, 0, base)
            self.targets[name] = Target(name, need, base)
