"""The counts of one column, read through the codebook, and what the formulas share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reports.columns import Columns
from reports.kernel import Counts, Weighed
from reports.measures import Apart, Block, Measure
from surveys.codebook import Codebook, Sum
from surveys.definition import BaseRule, Choice, Definition, Question, Role

RESPONDENTS = "percent_of_respondents"
AND, NOT_STATED = "+", "not_stated"
"""Groups of a breakdown that stand together are written as one; whoever is in no part of the class is one too."""


@dataclass(frozen=True)
class Counted:
    """The counts of one column, read through the codebook."""

    definition: Definition
    book: Codebook
    columns: Columns
    counts: Counts
    apart: Apart = field(default_factory=Apart)
    column: int = 0
    part: str = ""
    weighed: Weighed | None = None

    def of(self, total: Sum) -> int:
        return self.counts.of(total, self.column)

    def places(self, name: str, group: str) -> tuple[tuple[int, int], ...]:
        """(column, sign) of the columns that add up to a group of a class, or to everybody if no class is named.

        A group is one part, or several that stand together; one of them can be whoever is in no part.
        """
        if not name:
            return ((0, 1),)
        parts = group.split(AND)
        found = [(self.columns.groups[name, part], 1) for part in parts if part != NOT_STATED]
        if NOT_STATED in parts:
            every = (part.code for part in self.definition.partitions[name][1].parts)
            found += [(0, 1), *((self.columns.groups[name, part], -1) for part in every)]
        return tuple(found)

    def measure(self, kind: str, code: str, total: Sum, members: tuple[str, ...] = ()) -> Measure:
        return Measure(kind, code, self.of(total), members=members, total=total)

    def within(self, group: tuple[str, str], part: str = "") -> Counted:
        return replace(self, column=self.columns.groups[group], part=part)


@dataclass(frozen=True)
class InWeights(Counted):
    """The same counts read as sums of weights: every formula of people then is one of weights."""

    def of(self, total: Sum) -> int:
        assert self.weighed is not None
        return self.weighed.of(total, self.column)  # type: ignore[return-value]  # weights stand where people do


@dataclass(frozen=True)
class InSquares(Counted):
    """The same counts read as sums of squared weights."""

    def of(self, total: Sum) -> int:
        assert self.weighed is not None
        return self.weighed.square_of(total, self.column)  # type: ignore[return-value]  # as above


Formula = Callable[[Counted, Question, BaseRule], tuple[Block, ...]]


def is_printed(question: Question, choice: Choice, rule: BaseRule) -> bool:
    """Withheld answers are in no base; neither is who was screened out, nor a don't know under `valid`."""
    ends = {code for code, _class in question.screen_out.dispositions} if question.screen_out else set()
    out = {Role.PREFER_NOT, Role.DONT_KNOW} if rule.kind == "valid" else {Role.PREFER_NOT}
    return choice.role not in out and choice.code not in ends


def has_codes(counted: Counted, question: Question) -> bool:
    """Whether every text of the question is coded. Half-coded answers would give shares that are too small."""
    written = counted.counts.of(counted.book.written(question.key))
    if counted.apart.uncoded.get(question.key, 0) or not written:
        return False
    frame = counted.definition.frames[question.code_frame]
    return any(counted.counts.of(counted.book.coded(question.key, code.code)) for code in frame.codes)
