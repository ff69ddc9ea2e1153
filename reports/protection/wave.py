"""All tables of a wave, protected together: layouts first, then what must be withheld beside what is unsafe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.disclosure import PROTECTED, SHOWN, SMALL_BASE, WITHHELD, Decision, Policy, Verdict
from reports.protection.designs import Line, Option, Wanted, in_order, options_of
from reports.protection.tying import Tying, column_of, tied
from reports.statistics import Counted
from reports.suppression import CannotProtect, GroupReport, Limits, Problem, Suppression, suppress

DROPPED = "dropped"
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Protected:
    """`groups`: how well each group of tied counts was solved. `reasons`: (reason, of breakdowns) -> cells."""

    decisions: tuple[Decision, ...]
    groups: tuple[GroupReport, ...]
    reasons: Mapping[tuple[str, bool], int]


def protect_wave(
    counted: Counted,
    totals: Sequence[Decision],
    wanted: Iterable[Wanted],
    policy: Policy,
    *,
    asked_for: Mapping[tuple[str, str], str] | None = None,
    limits: Limits = LIMITS,
) -> Protected:
    """Decide the breakdowns of a wave, and what else of its tables of everybody is withheld.

    `totals`: the tables of everybody as `disclosure.protect` decides each of them. `asked_for`: (question, class) ->
    a layout that somebody prefers, as `str(Design)` gives it; it is taken if it can be. Further lines are withheld
    until no withheld count can be worked out from what is shown: as few as possible, see `reports.suppression`. A
    line of everybody is given up for another table of everybody and never for a breakdown.
    """
    solver = _Solver(limits)
    whole, groups = _tied_totals(counted, totals, policy, solver)
    gone = {decision.table.question: _gone(decision) for decision in whole}
    laying = [
        _Laying(found, gone.get(found.table.question, frozenset()), policy, asked_for or {})
        for found in wanted
    ]
    while True:
        decisions = [*whole, *(found.decision() for found in laying)]
        tying = tied(counted, policy, decisions, totals_stand=True)
        try:
            found = solver.suppress(tying.problem())
        except CannotProtect as failure:
            places = _breakdowns_of(failure.names, tying, decisions)
            if not places:
                raise
        else:
            decided = [_applied(decision, tying, found.withheld) for decision in decisions]
            places = {place for place, d in enumerate(decided) if _shows_too_little(d, policy)}
            if not places:
                done = tuple(map(_with_needs, decided))
                return Protected(done, (*groups, *found.groups), reasons_of(done, policy))
        for place in places:
            laying[place - len(whole)].give_up()


def reasons_of(decisions: Iterable[Decision], policy: Policy) -> Mapping[tuple[str, bool], int]:
    """How many cells are withheld for which reason. What is stored of one cell does not say its reason."""
    return Counter(
        (_reason(decision, verdict, policy), bool(decision.table.breakdown))
        for decision in decisions
        for verdict in decision.verdicts
        if verdict.is_withheld
    )


def _reason(decision: Decision, verdict: Verdict, policy: Policy) -> str:
    if verdict.reason == SMALL_BASE:
        return SMALL_BASE
    sensitivity, of_group = decision.table.sensitivity, bool(decision.table.breakdown)
    k = policy.cell_break(sensitivity) if of_group else policy.cell(sensitivity)
    count, base = verdict.measure.count, verdict.block.base
    if count is None or k <= count <= base - k or (count in (0, base) and not of_group):
        return "complement"
    if count == 0:
        return "zero_in_break"
    return "small_cell" if count < k else "full_cell"


def _tied_totals(
    counted: Counted, totals: Sequence[Decision], policy: Policy, solver: _Solver
) -> tuple[list[Decision], tuple[GroupReport, ...]]:
    """The tables of everybody, each of which is safe by itself, made safe beside each other."""
    decisions = list(totals)
    while True:
        tying = tied(counted, policy, decisions)
        try:
            found = solver.suppress(tying.problem())
        except CannotProtect as failure:
            places = set().union(*(tying.owners.get(name, set()) for name in failure.names))
            decisions = [_all_withheld(d) if place in places else d for place, d in enumerate(decisions)]
            continue
        return [_with_needs(_applied(d, tying, found.withheld)) for d in decisions], found.groups


class _Solver:
    """Solves group by group and remembers each: most are the same when one breakdown is laid out anew."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.solved: dict[Problem, Suppression | CannotProtect] = {}

    def suppress(self, problem: Problem) -> Suppression:
        """As `suppression.suppress`. Raises CannotProtect with the names of every group."""
        found = [self._solve(group) for group in problem.groups()]
        if names := [name for one in found if isinstance(one, CannotProtect) for name in one.names]:
            raise CannotProtect(tuple(names))
        good = [one for one in found if isinstance(one, Suppression)]
        withheld = frozenset[str]().union(*(one.withheld for one in good))
        return Suppression(withheld, tuple(group for one in good for group in one.groups))

    def _solve(self, group: Problem) -> Suppression | CannotProtect:
        if group not in self.solved:
            try:
                self.solved[group] = suppress(group, self.limits)
            except CannotProtect as failure:
                self.solved[group] = failure
        return self.solved[group]


class _Laying:
    """One breakdown and the layouts that are left for it. With none left it is dropped."""

    def __init__(
        self,
        wanted: Wanted,
        gone: frozenset[Line],
        policy: Policy,
        asked_for: Mapping[tuple[str, str], str],
    ) -> None:
        self.wanted, self.gone, self.policy = wanted, gone, policy
        self.options = options_of(wanted, gone, policy)
        preferred = asked_for.get((wanted.table.question, wanted.table.breakdown), "")
        asked = [option for option in self.options if str(option.design) == preferred]
        self.left = [*in_order(asked, policy), *in_order(self.options, policy)]
        self.refused: set[str] = set()

    def give_up(self) -> None:
        self.refused.add(str(self.left.pop(0).design))

    def decision(self) -> Decision:
        """The breakdown in the first layout that is left, with every line that everybody's table shows."""
        tried = tuple(f"{option.design}: {self._outcome(option)}" for option in self.options)
        if not self.left:
            too_small = all(option.outcome == SMALL_BASE for option in self.options)
            reason = SMALL_BASE if too_small else PROTECTED
            return Decision(self.wanted.table, (), DROPPED, reason, tried=tried)
        option = self.left[0]
        verdicts = tuple(_verdicts(option, self.gone, self.policy))
        return Decision(option.table, verdicts, design=str(option.design), tried=tried)

    def _outcome(self, option: Option) -> str:
        return PROTECTED if str(option.design) in self.refused else option.outcome


def _breakdowns_of(names: Iterable[str], tying: Tying, decisions: Sequence[Decision]) -> set[int]:
    """Where breakdowns print one of these; failing that, the breakdowns of the questions that do."""
    places = set().union(*(tying.owners.get(name, set()) for name in names))
    shown = {place for place, d in enumerate(decisions) if d.table.breakdown and d.verdicts}
    questions = {decisions[place].table.question for place in places}
    same = {place for place in shown if decisions[place].table.question in questions}
    return places & shown or same or shown


def _gone(decision: Decision) -> frozenset[Line]:
    return frozenset(
        (v.block.row, v.measure.kind, v.measure.code) for v in decision.verdicts if v.is_withheld
    )


def _verdicts(option: Option, gone: frozenset[Line], policy: Policy) -> Iterator[Verdict]:
    for block in option.table.blocks:
        shown = SHOWN if block.base >= policy.full_base else SMALL_BASE
        for measure in block.measures:
            hidden = (block.row, measure.kind, measure.code) in gone
            yield Verdict(block, measure, WITHHELD, PROTECTED) if hidden else Verdict(block, measure, shown)


def _applied(decision: Decision, tying: Tying, withheld: frozenset[str]) -> Decision:
    verdicts = tuple(_hidden(decision, verdict, tying, withheld) for verdict in decision.verdicts)
    if verdicts and all(verdict.is_withheld for verdict in verdicts) and not decision.table.breakdown:
        return replace(decision, verdicts=verdicts, status=WITHHELD)
    return replace(decision, verdicts=verdicts)


def _hidden(decision: Decision, verdict: Verdict, tying: Tying, withheld: frozenset[str]) -> Verdict:
    block, total = verdict.block, verdict.measure.total
    if block.out_of is None or (verdict.is_withheld and verdict.reason != PROTECTED):
        return verdict
    column = column_of(decision, block)
    base_known = verdict.base_known and tying.name_of(block.out_of, column) not in withheld
    line_gone = total is not None and tying.name_of(total, column) in withheld
    if base_known and not line_gone:
        return verdict
    return replace(verdict, status=WITHHELD, reason=PROTECTED, base_known=base_known)


def _shows_too_little(decision: Decision, policy: Policy) -> bool:
    """A breakdown of which more is withheld than the policy bears, or of which nothing is left."""
    if not decision.table.breakdown or not decision.verdicts:
        return False
    gone = sum(verdict.is_withheld for verdict in decision.verdicts)
    return 100 * gone > (100 - policy.least_shown) * len(decision.verdicts)


def _all_withheld(decision: Decision) -> Decision:
    """Nothing is printed of it any more, so nothing of it has to be protected."""
    verdicts = tuple(
        replace(v, status=WITHHELD, reason=SMALL_BASE, base_known=False) for v in decision.verdicts
    )
    return replace(decision, verdicts=verdicts, status=WITHHELD, not_stated=None)


def _with_needs(decision: Decision) -> Decision:
    """A mean or a quartile goes with any count that it would give away."""
    gone = {
        (v.block.row, v.measure.code) for v in decision.verdicts if v.is_withheld and not v.measure.is_net
    }
    verdicts = tuple(
        replace(v, status=WITHHELD, reason=PROTECTED)
        if not v.is_withheld and any((v.block.row, code) in gone for code in v.measure.needs)
        else v
        for v in decision.verdicts
    )
    return replace(decision, verdicts=verdicts)
