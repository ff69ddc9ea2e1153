"""Counted figures before anything is withheld: plain, frozen data, never stored and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.codebook import Sum
from surveys.definition import BaseRule, Publish, Sensitivity


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `count` is of people (or mentions); a figure that is no share has a `value` instead.

    `members`: of a net, the codes it sums. `needs`: codes of other measures that this one would give away: it is
    withheld with any of them. A measure of a net and one of a code never have the same code in one block.
    `weighted`: the sum of the weights of those counted, or the value that the weights make.
    `total`: what `count` is the sum of; none for a figure that is worked out in another way.
    """

    kind: str
    code: str
    count: int | None = None
    value: float | None = None
    members: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    weighted: float | None = None
    total: Sum | None = None

    @property
    def is_net(self) -> bool:
        return self.kind == "net"


@dataclass(frozen=True, slots=True)
class Block:
    """Measures out of one base: a question, or one row of a grid, by one statistic and one rule for the base.

    `is_partition`: nobody is counted by two of its codes (nets aside) or by two of `beside`, codes printed in
    another block; whoever is in the base and in neither is the rest, which is printed nowhere.
    `shares_counts`: its codes count the same people as the main statistic does. `group`: it counts only members
    of a net of another question. `has_range`: its shares are of people, so that a Wilson range has a meaning.
    `weighted_base`, `squared_base`: sums over the base of the weights and of their squares, if there are weights.
    `out_of`: what `base` is the sum of.
    """

    row: str
    part: str
    statistic: str
    base_rule: str
    base: int
    measures: tuple[Measure, ...]
    is_partition: bool = False
    beside: tuple[Measure, ...] = ()
    shares_counts: bool = True
    group: str = ""
    has_range: bool = True
    weighted_base: float | None = None
    squared_base: float | None = None
    out_of: Sum | None = None

    @property
    def effective_base(self) -> float | None:
        """How many people without weights would say as much: (sum of w) squared / sum of w squared (Kish 1965)."""
        if not self.weighted_base or not self.squared_base:
            return None
        return self.weighted_base**2 / self.squared_base

    @property
    def codes(self) -> tuple[Measure, ...]:
        return tuple(m for m in self.measures if not m.is_net)

    @property
    def nets(self) -> tuple[Measure, ...]:
        return tuple(m for m in self.measures if m.is_net)


@dataclass(frozen=True, slots=True)
class CountedTable:
    """One question of everybody (`breakdown` empty) or by one class. `left_over`: base and counts in no part."""

    question: str
    position: int
    breakdown: str
    sensitivity: Sensitivity
    publish: Publish
    blocks: tuple[Block, ...]
    not_stated: int | None = None
    request: int | None = None
    """Of a table that an analyst asked for, the number of that version of the request."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What is counted beside the marks.

    `tallies`: detached question -> code -> count. `names`: open question -> different names coded `other_named`.
    `uncoded`: open question -> texts without a code yet.
    """

    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    uncoded: Mapping[str, int] = field(default_factory=dict)


def rule_text(rule: BaseRule) -> str:
    """`answered`, or `everyone_of:ent_tech=none`."""
    return f"everyone_of:{rule.question}={rule.code}" if rule.kind == "everyone" else rule.kind
