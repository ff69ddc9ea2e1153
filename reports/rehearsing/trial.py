"""What of a report would stand, by several draws of made-up people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reports.demo.persons import draw
from reports.disclosure import Decision, Policy
from reports.rehearsing.people import Published, counted_of, plan_of
from reports.tabulation import decide
from surveys.definition import Definition

DRAWS = 3
MOSTLY = 0.5


class Outlook(StrEnum):
    STANDS = "stands"
    TOTAL_ONLY = "total_only"
    WITHHELD = "withheld"


@dataclass
class Trial:
    """One table over the draws. `shown`: share of its numbers that is shown, draw by draw; none of a dropped one."""

    question: str
    breakdown: str
    position: int
    shown: list[float] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)

    @property
    def stood(self) -> int:
        """In how many draws at least half of it was shown."""
        return sum(share >= MOSTLY for share in self.shown)

    def stands(self, draws: int) -> bool:
        return 2 * self.stood > draws


def rehearse(
    definition: Definition,
    responses: int,
    policy: Policy,
    *,
    published: Published | None = None,
    draws: int = DRAWS,
    alive: Callable[[], None] = lambda: None,
    last: Callable[[Sequence[Decision]], None] = lambda decisions: None,
) -> tuple[Trial, ...]:
    """Every table of a questionnaire that so many made-up people answer, so many times over.

    `last` gets the tables of the last draw, as they would be stored.
    """
    found: dict[tuple[str, str], Trial] = {}
    for seed in range(draws):
        plan = plan_of(definition, responses, seed, published)
        people = draw(definition, plan, size=responses, seed=seed)
        decisions = decide(counted_of(definition, people), policy)
        for decision in decisions:
            if not _is_tally(definition, decision):
                _add(found, decision)
        alive()
        if seed == draws - 1:
            last([decision for decision in decisions if not _is_tally(definition, decision)])
    return tuple(sorted(found.values(), key=lambda one: (one.position, one.breakdown)))


def _is_tally(definition: Definition, decision: Decision) -> bool:
    """A detached question is tallied apart from the rows, and shows how many different answers there are."""
    question = definition.by_key.get(decision.table.question)
    return question is not None and question.detached


def _add(found: dict[tuple[str, str], Trial], decision: Decision) -> None:
    table = decision.table
    key = (table.question, table.breakdown)
    trial = found.setdefault(key, Trial(*key, table.position))
    shown = sum(not verdict.is_withheld for verdict in decision.verdicts)
    trial.shown.append(shown / len(decision.verdicts) if decision.verdicts else 0.0)
    trial.bases += _bases(decision)


def _bases(decision: Decision) -> list[int]:
    """The smallest base of the table in this draw, shown or not: nobody real is in it."""
    bases = [verdict.block.base for verdict in decision.verdicts] or [b.base for b in decision.table.blocks]
    return [min(bases)] if bases else []


def outlook_of(question: str, trials: Iterable[Trial], draws: int) -> Outlook:
    """Of one question: whether it stands with a breakdown, if it has any, or alone, or not at all."""
    own = [trial for trial in trials if trial.question == question]
    whole = [trial for trial in own if not trial.breakdown]
    breakdowns = [trial for trial in own if trial.breakdown]
    if not any(trial.stands(draws) for trial in whole):
        return Outlook.WITHHELD
    if breakdowns and not any(trial.stands(draws) for trial in breakdowns):
        return Outlook.TOTAL_ONLY
    return Outlook.STANDS
