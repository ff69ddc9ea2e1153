"""Editions under attack by a linear programme that shares nothing with what decides what is withheld."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.optimize import linprog

from reports.disclosure import Decision, Policy, Verdict
from reports.measures import Block
from reports.tabulation import protected
from surveys.definition import Kind
from tests.protection.editions import CODES, counted_edition

DEEP = os.environ.get("DEEP") == "1"
EDITIONS = 1000 if DEEP else 30
POLICY = Policy(1, 30, 50, 50, 80, 3, 5, 5, 10)


@dataclass
class Attacker:
    """Knows bases, shown lines and what follows from the questionnaire. `hides(verdict)`: what is withheld."""

    names: dict[tuple[str, str, str], int] = field(default_factory=dict)
    equal: list[tuple[dict[int, int], int]] = field(default_factory=list)
    at_most: list[tuple[dict[int, int], int]] = field(default_factory=list)
    bounds: list[list[int]] = field(default_factory=list)

    def name(self, column: str, group: str, code: str, most: int) -> int:
        key = (column, group, code)
        if key not in self.names:
            self.names[key] = len(self.bounds)
            self.bounds.append([0, most])
        return self.names[key]

    def ends(self, place: int) -> tuple[float, float]:
        found = []
        for sign in (1, -1):
            cost = np.zeros(len(self.bounds))
            cost[place] = sign
            answer = linprog(cost, *self._rows(self.at_most), *self._rows(self.equal), bounds=self.bounds)
            assert answer.status == 0, "what is shown contradicts itself"
            found.append(sign * answer.fun)
        return found[0], found[1]

    def _rows(self, rows: list[tuple[dict[int, int], int]]) -> tuple[np.ndarray | None, np.ndarray | None]:
        if not rows:
            return None, None
        matrix = np.zeros((len(rows), len(self.bounds)))
        for number, (terms, _to) in enumerate(rows):
            for place, times in terms.items():
                matrix[number, place] += times
        return matrix, np.array([to for _terms, to in rows])


def attacker_on(decisions: list[Decision], is_partition: bool, hidden: set[int]) -> Attacker:
    """Reads one question's tables, of everybody and by every class. `hidden`: ids of the verdicts withheld."""
    found = Attacker()
    for decision in decisions:
        blocks = {id(verdict.block): verdict.block for verdict in decision.verdicts}
        for block in blocks.values():
            lines = [verdict for verdict in decision.verdicts if verdict.block is block]
            read_block(found, decision.table.breakdown, block, lines, is_partition, hidden)
        if decision.table.breakdown:
            add_up(found, decision.table.breakdown)
    return found


def read_block(
    found: Attacker, column: str, block: Block, lines: list[Verdict], is_partition: bool, hidden: set[int]
) -> None:
    places = {v.measure.code: found.name(column, block.part, v.measure.code, block.base) for v in lines}
    for verdict in lines:
        if id(verdict) not in hidden:
            count = verdict.measure.count or 0
            found.bounds[places[verdict.measure.code]] = [count, count]
    codes = [places[v.measure.code] for v in lines if not v.measure.is_net]
    if is_partition and len(codes) == len(CODES) + 1:
        found.equal.append((dict.fromkeys(codes, 1), block.base))
    for verdict in lines:
        members = [places[member] for member in verdict.measure.members if member in places]
        if members:
            read_net(found, places[verdict.measure.code], members, is_partition)


def read_net(found: Attacker, net: int, members: list[int], is_partition: bool) -> None:
    if is_partition:
        found.equal.append(({net: -1} | dict.fromkeys(members, 1), 0))
        return
    found.at_most += [({member: 1, net: -1}, 0) for member in members]
    found.at_most.append(({net: 1} | dict.fromkeys(members, -1), 0))


def add_up(found: Attacker, column: str) -> None:
    """The groups of a class are everybody."""
    for code in dict.fromkeys(code for name, _group, code in found.names if name == column):
        groups = [place for (name, _g, c), place in found.names.items() if (name, c) == (column, code)]
        everybody = found.names.get(("", "", code))
        if everybody is not None:
            found.equal.append(({everybody: -1} | dict.fromkeys(groups, 1), 0))


def needed(verdict: Verdict, decisions: list[Decision], k: int) -> int:
    """What the policy asks for; of a line that few of everybody gave, what everybody's line leaves open."""
    for whole in decisions[0].verdicts:
        if whole.measure.code == verdict.measure.code:
            count = whole.measure.count or 0
            return max(0, min(k, count - 1, whole.block.base - count - 1))
    return k


@dataclass
class Outcome:
    attacked: int = 0
    narrow: int = 0


def attack(seed: int) -> tuple[Outcome, Outcome]:
    """What can be worked out of an edition as it is protected; and with only the unsafe cells withheld."""
    counted = counted_edition(seed)
    decisions = [d for d in protected(counted, POLICY).decisions if d.verdicts]
    guarded, control = Outcome(), Outcome()
    for question in counted.definition.questions:
        own = [d for d in decisions if d.table.question == question.key]
        if question.analysis.partitions or len(own) < 2:
            continue
        is_partition = question.kind is Kind.SINGLE
        k = POLICY.cell_break(question.analysis.sensitivity)
        gone = {id(v) for d in own for v in d.verdicts if v.is_withheld}
        unsafe = {id(v) for d in own for v in d.verdicts if is_unsafe(d, v, k)}
        for hidden, outcome in ((gone, guarded), (unsafe, control)):
            found = attacker_on(own, is_partition, hidden)
            for place, need, base in targets(own, found, unsafe, k):
                low, high = found.ends(place)
                outcome.attacked += 1
                outcome.narrow += high - low < need or high < need or base - low < need
    return guarded, control


def is_unsafe(decision: Decision, verdict: Verdict, k: int) -> bool:
    count = verdict.measure.count or 0
    return bool(decision.table.breakdown) and not k <= count <= verdict.block.base - k


def targets(own: list[Decision], found: Attacker, unsafe: set[int], k: int) -> Iterator[tuple[int, int, int]]:
    for decision in own[1:]:
        for verdict in decision.verdicts:
            if id(verdict) in unsafe and (need := needed(verdict, own, k)):
                key = (decision.table.breakdown, verdict.block.part, verdict.measure.code)
                yield found.names[key], need, verdict.block.base


def test_nothing_narrow_follows_from_an_edition_and_much_does_from_thresholds_alone() -> None:
    outcomes = [attack(seed) for seed in range(EDITIONS)]

    attacked = sum(guarded.attacked for guarded, _control in outcomes)
    narrow = sum(guarded.narrow for guarded, _control in outcomes)
    by_threshold = sum(control.narrow for _guarded, control in outcomes)
    assert attacked > EDITIONS
    assert narrow == 0
    # Where the threshold alone decides, a reader works out a good part of what it withholds.
    assert by_threshold / attacked > 0.25, f"{by_threshold} of {attacked}"


@pytest.mark.parametrize("seed", range(3))
def test_same_edition_is_decided_the_same_twice(seed: int) -> None:
    first, second = (protected(counted_edition(seed), POLICY) for _time in range(2))

    assert [d.design for d in first.decisions] == [d.design for d in second.decisions]
    assert [[v.status for v in d.verdicts] for d in first.decisions] == [
        [v.status for v in d.verdicts] for d in second.decisions
    ]
