"""The way through a questionnaire: which page comes next, which may be opened, and what is still missing at the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from responses.drafts import Content
from responses.forms.fields import fields_of
from responses.forms.names import main_name
from responses.forms.reading import read
from surveys.definition import Definition, Page, PageKind, Required, item_key
from surveys.ordering import Shuffle
from surveys.paging import ShownPart, Step, cut, parts_on, steps_on_path
from surveys.routing import ending
from surveys.wordings import fill_pipes, rewritten

PLANS_KEPT = 16


@dataclass(frozen=True)
class Plan:
    """What is the same for every respondent of one questionnaire in one language. Its texts have no pipes any more."""

    definition: Definition

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return cut(self.definition)

    @cached_property
    def titles(self) -> dict[str, str]:
        return {section.key: section.title for section in self.definition.sections}

    @cached_property
    def intros(self) -> dict[int, str]:
        """Number of the first question page of each section -> the introduction of that section."""
        first = {step.section_key: step.number for step in reversed(self.steps) if step.parts}
        return {
            first[section.key]: section.intro for section in self.definition.sections if section.key in first
        }

    @cached_property
    def hard_steps(self) -> frozenset[int]:
        """Numbers of the pages with a question that must be answered."""
        hard = {question.key for question in self.definition.questions if question.required is Required.HARD}
        return frozenset(s.number for s in self.steps if any(part.question_key in hard for part in s.parts))

    def explained_by(self, number: int) -> tuple[Page, ...]:
        """Pages of definitions that this page or one before it has brought; they stay at hand from there on."""
        pages = (step.page for step in self.steps if step.page and step.number < number)
        return tuple(page for page in pages if page.kind is PageKind.DEFINITIONS)


_plans: dict[int, tuple[Definition, Plan]] = {}


def plan_of(definition: Definition) -> Plan:
    """The plan of a definition, made once. Definitions are kept per process, so that identity is enough."""
    source, plan = _plans.get(id(definition), (None, None))
    if plan is None or source is not definition:
        if len(_plans) >= PLANS_KEPT:
            _plans.clear()
        plan = Plan(rewritten(definition, lambda path, text: fill_pipes(text, definition)))
        _plans[id(definition)] = (definition, plan)
    return plan


@dataclass(frozen=True)
class Journey:
    """One respondent's way with the answers so far."""

    plan: Plan
    content: Content
    shuffle: Shuffle

    @cached_property
    def path(self) -> tuple[Step, ...]:
        return steps_on_path(self.plan.definition, self.plan.steps, self.content.answers)

    @cached_property
    def has_ended(self) -> bool:
        """Whether a screening answer has ended the interview."""
        return ending(self.plan.definition, self.content.answers) is not None

    def step(self, number: int) -> Step | None:
        return next((step for step in self.path if step.number == number), None)

    def parts(self, step: Step) -> tuple[ShownPart, ...]:
        return parts_on(step, self.plan.definition, self.content.answers, self.shuffle)

    def opens(self, step: Step) -> bool:
        """Whether the page may be opened: nothing that must be answered is open on a page before it."""
        before = (earlier for earlier in self.path if earlier.number < step.number)
        return not any(self._must_be_answered(s) for s in before if s.number in self.plan.hard_steps)

    def _must_be_answered(self, step: Step) -> bool:
        return any(
            part.question.required is Required.HARD and self._is_open(part) for part in self.parts(step)
        )

    def _is_open(self, part: ShownPart) -> bool:
        answers = self.content.answers
        return any(item not in answers or answers[item].is_empty for item in _items(part))

    def current(self) -> Step:
        """The page to go on with: the one that was open last, or the last that may be opened before it."""
        may_open = [step for step in self.path if step.number <= self.content.step and self.opens(step)]
        return may_open[-1] if may_open else self.path[0]

    def before(self, number: int) -> Step | None:
        earlier = [step for step in self.path if step.number < number]
        return earlier[-1] if earlier else None

    def after(self, number: int) -> Step | None:
        """The next page; None when the answers are to be checked.

        Who has been at the check page before goes back to it, past the pages that were answered already.
        """
        if self.has_ended:
            return None
        passed = self.content.seen if self.content.receipt else frozenset()
        return next((s for s in self.path if s.number > number and s.number not in passed), None)

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
