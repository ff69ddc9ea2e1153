"""A question over the editions: where its series runs on, where it breaks and why, and what has changed.

A concept is asked in each edition in some wording. Only editions whose wordings are identical, or differ in something
that a person has judged to be minor, are compared and tested; all tests of one figure are one family (Holm).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import pairwise
from typing import Any

from reports.comparisons import Difference, Share, Standardised, differences, standardised
from surveys.definition import Definition, Kind, Question
from surveys.wordings import fill_pipes

LEAST_BASE = 100
"""A share out of fewer people is shown and not compared."""
LAST_RANK = 3
"""Of a top list only what is among the first three in both editions is compared."""


class Link(StrEnum):
    """How an edition follows the one before it in a series."""

    FIRST = "first"
    IDENTICAL = "identical"
    MINOR = "minor"
    CHANGED = "changed"
    UNJUDGED = "unjudged"
    """The definition says that nothing changed, and something did; nobody has judged it yet."""
    NEW = "new"
    """The edition before did not ask it."""
    DROPPED = "dropped"
    NOT_ASKED = "not_asked"


COMPARED = frozenset({Link.IDENTICAL, Link.MINOR})
TO_JUDGE = frozenset({Link.CHANGED, Link.UNJUDGED, Link.MINOR})


class Verdict(StrEnum):
    """What a person has said of a difference in wording."""

    MINOR = "minor"
    CHANGED = "changed"


class Reason(StrEnum):
    """Why a line of an edition is not compared with the edition before."""

    WORDING = "wording"
    UNJUDGED = "unjudged"
    NOT_ASKED = "not_asked"
    SMALL_BASE = "small_base"
    WITHHELD = "withheld"
    RANK = "rank"
    MEMBERS = "members"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything about a question that can change what its numbers mean."""

    text: str
    help: str
    kind: Kind
    answers: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    limits: tuple[Any, ...]
    base: tuple[Any, ...]
    routing: Any
    asked_before: str
    mode: str


ASPECTS = tuple(entry.name for entry in fields(Wording))
"""What can differ between two wordings, by name."""


def wording_of(definition: Definition, question: Question) -> Wording:
    analysis = question.analysis
    return Wording(
        text=fill_pipes(question.text, definition),
        help=fill_pipes(question.help, definition),
        kind=question.kind,
        answers=_answers(definition, question),
        rows=tuple((row.code, fill_pipes(row.label, definition)) for row in question.rows),
        limits=(
            question.min_choices,
            question.max_choices,
            question.entries,
            question.minimum,
            question.maximum,
            question.unit,
        ),
        base=(analysis.base, analysis.base_rule, analysis.statistic),
        routing=(question.show_if, tuple(row.show_if for row in question.rows)),
        asked_before=_asked_before(definition, question),
        mode=definition.mode,
    )


def _answers(definition: Definition, question: Question) -> tuple[tuple[str, str], ...]:
    """A public list counts as one answer: what its countries are called is no wording of ours."""
    if question.choices_from:
        return ((question.choices_from, ""),)
    return tuple((choice.code, fill_pipes(choice.label, definition)) for choice in question.offered)


def _asked_before(definition: Definition, question: Question) -> str:
    """The concept of the question just before: what a respondent was thinking of."""
    place = definition.questions.index(question)
    return definition.questions[place - 1].analysis.concept if place else ""


def differing(before: Wording, after: Wording) -> tuple[str, ...]:
    """The names of what differs, in the order of `ASPECTS`."""
    return tuple(name for name in ASPECTS if getattr(before, name) != getattr(after, name))


@dataclass(frozen=True, slots=True)
class Asked:
    """A concept as one version of a questionnaire asks it."""

    version: int
    wording_version: int
    wording: Wording


LineKey = tuple[str, str, str]
"""(row, kind, code) of a cell."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of one edition. Without a share it is withheld or was not asked, as `status` says.

    `low` and `high` are 0 to 1. `members`: the codes that a net or a class sums. `rank`: its place in a top list.
    """

    status: str
    share: Share | None = None
    low: float | None = None
    high: float | None = None
    members: frozenset[str] = frozenset()
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """A breakdown of one edition. `parts`: each group with the codes it is made of."""

    parts: Mapping[str, frozenset[str]]
    shares: Mapping[LineKey, Mapping[str, Share]]


@dataclass(frozen=True, slots=True)
class Point:
    """One edition of a series. `asked` is None when its questionnaire does not have the concept."""

    asked: Asked | None
    lines: Mapping[LineKey, Figure] = field(default_factory=dict)
    groups: Mapping[str, Groups] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One line in one edition: its figure, and its change since the edition before or why there is none."""

    figure: Figure | None
    change: Difference | None = None
    standardised: Standardised | None = None
    breakdown: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """`links` and the steps of every line have one entry for each edition, in order of time."""

    links: tuple[Link, ...]
    lines: Mapping[LineKey, tuple[Step, ...]]


Judge = Callable[[Asked, Asked], Verdict | None]


def link(before: Asked | None, after: Asked | None, judge: Judge) -> Link:
    """How an edition follows the one before."""
    if after is None:
        return Link.DROPPED if before is not None else Link.NOT_ASKED
    if before is None:
        return Link.NEW
    if before.version == after.version:
        return Link.IDENTICAL
    differ = differing(before.wording, after.wording)
    bumped = before.wording_version != after.wording_version
    if not differ and not bumped:
        return Link.IDENTICAL
    verdict = judge(before, after)
    if verdict is not None:
        return Link(verdict.value)
    return Link.CHANGED if bumped else Link.UNJUDGED


def links(asked: Sequence[Asked | None], judge: Judge) -> tuple[Link, ...]:
    """The first edition of all begins the series, whether or not it has the concept."""
    if not asked:
        return ()
    first = Link.NOT_ASKED if asked[0] is None else Link.FIRST
    return (first, *(link(before, after, judge) for before, after in pairwise(asked)))


def trend(points: Sequence[Point], judge: Judge) -> Trend:
    """All lines that some edition has, the newest edition's first, with their changes tested as one family."""
    found = links([point.asked for point in points], judge)
    keys = dict.fromkeys(key for point in reversed(points) for key in point.lines)
    steps = {key: _steps(key, points, found) for key in keys}
    return Trend(found, _tested(steps))


@dataclass(frozen=True, slots=True)
class _Open:
    """A step before its test: `before` is the share it is compared with."""

    step: Step
    before: Share | None = None


def _steps(key: LineKey, points: Sequence[Point], found: Sequence[Link]) -> list[_Open]:
    steps = [_Open(Step(points[0].lines.get(key)))] if points else []
    for (before, after), how in zip(pairwise(points), found[1:], strict=True):
        steps.append(_step(key, before, after, how))
    return steps


def _step(key: LineKey, before: Point, after: Point, how: Link) -> _Open:
    old, new = before.lines.get(key), after.lines.get(key)
    reason = why_not_compared(how, old, new)
    if reason is not None or old is None or old.share is None:
        return _Open(Step(new, reason=reason))
    breakdown, mixed = _in_one_mix(key, before, after)
    return _Open(Step(new, standardised=mixed, breakdown=breakdown), old.share)


LINK_REASONS = {Link.CHANGED: Reason.WORDING, Link.UNJUDGED: Reason.UNJUDGED}


def why_not_compared(how: Link, old: Figure | None, new: Figure | None) -> Reason | None:
    """The first reason that holds, or None when the two figures are compared."""
    if how not in COMPARED:
        return LINK_REASONS.get(how, Reason.NOT_ASKED)
    if old is None or new is None:
        return Reason.ABSENT
    return _figures_differ(old, new)


def _figures_differ(old: Figure, new: Figure) -> Reason | None:
    if old.members != new.members:
        return Reason.MEMBERS
    if old.share is None or new.share is None:
        return Reason.WITHHELD
    if min(old.share.base, new.share.base) < LEAST_BASE:
        return Reason.SMALL_BASE
    if max(old.rank or 0, new.rank or 0) > LAST_RANK:
        return Reason.RANK
    return None


def _in_one_mix(key: LineKey, before: Point, after: Point) -> tuple[str, Standardised | None]:
    """By the first breakdown that both editions have with the same groups, the line in all of them."""
    for name, old in before.groups.items():
        new = after.groups.get(name)
        if new is None or old.parts != new.parts:
            continue
        first, second = old.shares.get(key, {}), new.shares.get(key, {})
        if set(first) == set(second) == set(old.parts):
            return name, standardised(first, second)
    return "", None


def _tested(steps: Mapping[LineKey, list[_Open]]) -> dict[LineKey, tuple[Step, ...]]:
    pairs = [
        (one.before, one.step.figure.share)
        for line in steps.values()
        for one in line
        if one.before is not None and one.step.figure is not None and one.step.figure.share is not None
    ]
    changes = iter(differences(pairs))
    return {key: tuple(_closed(one, changes) for one in line) for key, line in steps.items()}


def _closed(one: _Open, changes: Iterator[Difference]) -> Step:
    if one.before is None:
        return one.step
    step = one.step
    return Step(step.figure, next(changes), step.standardised, step.breakdown)


def ranks(counts: Mapping[LineKey, int]) -> dict[LineKey, int]:
    """Places by count, the largest first; equal counts share the better place."""
    return {key: 1 + sum(other > count for other in counts.values()) for key, count in counts.items()}
