"""The way through a questionnaire: which page comes next, which may be opened, and what is still missing at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from responses.drafts import Content
from responses.forms.fields import fields_of
from responses.forms.names import main_name
from responses.forms.reading import read
from responses.plans import Plan, plan_of
from surveys.definition import Required, item_key
from surveys.ordering import Shuffle
from surveys.paging import Course, ShownPart, Step

__all__ = ["Journey", "Plan", "plan_of"]


@dataclass(frozen=True)
class Journey:
    """One respondent's way with the answers so far."""

    plan: Plan
    content: Content
    shuffle: Shuffle

    @cached_property
    def course(self) -> Course:
        """Where these answers lead. The routing is walked here, once."""
        return Course(self.plan.definition, self.plan.steps, self.content.answers)

    @cached_property
    def _parts(self) -> dict[int, tuple[ShownPart, ...]]:
        return {}

    def going_on(self, content: Content) -> Journey:
        """The same way with a later content; with the same answers to what routes, nothing is walked again."""
        journey = replace(self, content=content)
        before, after = self.content.answers, content.answers
        if before is after or all(before.get(item) == after.get(item) for item in self.plan.routing_items):
            vars(journey).update(course=self.course, _parts=self._parts)
        return journey

    @property
    def path(self) -> tuple[Step, ...]:
        return self.course.path

    @property
    def has_ended(self) -> bool:
        """Whether a screening answer has ended the interview."""
        return self.course.ending is not None

    def step(self, number: int) -> Step | None:
        return self.course.by_number.get(number)

    def parts(self, step: Step) -> tuple[ShownPart, ...]:
        if step.number not in self._parts:
            self._parts[step.number] = self.course.parts(step, self.shuffle)
        return self._parts[step.number]

    def progress(self, step: Step) -> tuple[int, int]:
        """(number of this section from 1, number of sections) on the way of these answers."""
        return self.course.progress(step)

    def opens(self, step: Step) -> bool:
        """Whether the page may be opened: nothing that must be answered is open on a page before it."""
        earlier = (number for number in self.plan.hard_steps if number < step.number)
        found = (self.step(number) for number in earlier)
        return not any(self._must_be_answered(before) for before in found if before)

    def _must_be_answered(self, step: Step) -> bool:
        return any(
            part.question.required is Required.HARD and self._is_open(part) for part in self.parts(step)
        )

    def _is_open(self, part: ShownPart) -> bool:
        answers = self.content.answers
        return any(item not in answers or answers[item].is_empty for item in _items(part))

    def current(self) -> Step:
        """The page to go on with: the one that was open last, or the last that may be opened before it."""
        may_open = (step for step in reversed(self.path) if step.number <= self.content.step)
        return next((step for step in may_open if self.opens(step)), self.path[0])

    def before(self, number: int) -> Step | None:
        return self.course.before(number)

    def after(self, number: int) -> Step | None:
        """The next page; None when the answers are to be checked.

        Who has been at the check page before goes back to it, past the pages that were answered already.
        """
        if self.has_ended:
            return None
        return next((s for s in self.path if s.number > number and not self._was_passed(s)), None)

    def _was_passed(self, step: Step) -> bool:
        """A page that was passed may ask more than it did then, after another answer was changed."""
        if not self.content.receipt or step.number not in self.content.seen:
            return False
        return all(item in self.content.answers for part in self.parts(step) for item in _items(part))

    def obstacle(self) -> Step | None:
        """The first page with something that stands against sending."""
        return next((step for step in self.path if step.parts and self._stands_against(step)), None)

    def _stands_against(self, step: Step) -> bool:
        for part in self.parts(step):
            if main_name(part.question) in self.content.refused:
                return True
            fields = fields_of(part.question, part.rows, self.content.answers)
            if not all(problem.soft for problem in read(part.question, part.rows, fields).problems):
                return True
        return False


def _items(part: ShownPart) -> tuple[str, ...]:
    if part.question.is_grid:
        return tuple(item_key(part.question.key, row.code) for row in part.rows)
    return part.question.items
