"""Cutting a questionnaire into pages, by one rule for every questionnaire.

A section begins a page, and so does a question that a page of definitions stands in front of. A page holds at
most five questions or one grid, of a long grid at most six rows, and never a question that depends on another
of the same page. A screening question ends its page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from surveys.answers import Answers
from surveys.conditions import routed_by_all
from surveys.definition import Definition, Page, PageKind, Question, Row, Section
from surveys.ordering import Shuffle
from surveys.routing import walk

MOST_QUESTIONS = 5
MOST_ROWS = 6


@dataclass(frozen=True, slots=True)
class PagePart:
    """A question on a page; of a grid, the rows `[first_row:last_row]` of those asked, in displayed order."""

    question_key: str
    first_row: int = 0
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One screen: a page to read (`page`), or questions (`parts`). Numbers count from 0.

    `announces`: of a page to read, the questions that it stands in front of; without one of them nobody sees it.
    """

    number: int
    section_key: str
    page: Page | None = None
    parts: tuple[PagePart, ...] = ()
    announces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A question to show now, with the rows to show of a grid, in displayed order."""

    question: Question
    rows: tuple[Row, ...] = ()


def cut(definition: Definition) -> tuple[Step, ...]:
    """All screens in order, whatever the answers; `steps_on_path` picks those of one respondent."""
    screens = [screen for section in definition.sections for screen in _screens(definition, section)]
    start = definition.page_of_kind(PageKind.WELLBEING_START)
    if start:
        screens.insert(0, (definition.sections[0].key, start, ()))
    return tuple(
        Step(number, key, page, parts, _announced(definition, page) if page else ())
        for number, (key, page, parts) in enumerate(screens)
    )


def steps_on_path(definition: Definition, steps: tuple[Step, ...], answers: Answers) -> tuple[Step, ...]:
    return Course(definition, steps, answers).path


def next_step(definition: Definition, steps: tuple[Step, ...], answers: Answers, step: Step) -> Step | None:
    """The first screen on the path after this one, which may be off the path by now; None at the end."""
    return Course(definition, steps, answers).after(step.number)


def previous_step(
    definition: Definition, steps: tuple[Step, ...], answers: Answers, step: Step
) -> Step | None:
    return Course(definition, steps, answers).before(step.number)


def parts_on(step: Step, definition: Definition, answers: Answers, shuffle: Shuffle) -> tuple[ShownPart, ...]:
    return Course(definition, (step,), answers).parts(step, shuffle)


def progress(
    definition: Definition, steps: tuple[Step, ...], answers: Answers, step: Step
) -> tuple[int, int]:
    return Course(definition, steps, answers).progress(step)


class Course:
    """The way that one set of answers opens through the screens. The routing is walked once, however much is asked."""

    def __init__(self, definition: Definition, steps: tuple[Step, ...], answers: Answers) -> None:
        self.definition = definition
        self.steps = steps
        walked = walk(definition, answers)
        self.ending = walked.ending
        self.rows = walked.rows

    @cached_property
    def path(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if self._has_step(step))

    @cached_property
    def by_number(self) -> dict[int, Step]:
        return {step.number: step for step in self.path}

    def before(self, number: int) -> Step | None:
        return next((step for step in reversed(self.path) if step.number < number), None)

    def after(self, number: int) -> Step | None:
        return next((step for step in self.path if step.number > number), None)

    def parts(self, step: Step, shuffle: Shuffle) -> tuple[ShownPart, ...]:
        """The questions of a screen that are asked now, each with the rows to show."""
        return tuple(
            ShownPart(question, self._rows(question, part, shuffle))
            for part in step.parts
            if self._has_part(part)
            for question in (self.definition.by_key[part.question_key],)
        )

    def _rows(self, question: Question, part: PagePart, shuffle: Shuffle) -> tuple[Row, ...]:
        if not question.is_grid:
            return ()
        return shuffle.rows(question, self.rows[question.key])[part.first_row : part.last_row]

    def progress(self, step: Step) -> tuple[int, int]:
        """(number of this section from 1, number of sections), of the sections with anything on the path."""
        sections = list(dict.fromkeys(s.section_key for s in self.path if s.parts))
        order = {section.key: place for place, section in enumerate(self.definition.sections)}
        reached = [key for key in sections if order[key] <= order[step.section_key]]
        return max(len(reached), 1), max(len(sections), 1)

    def _has_step(self, step: Step) -> bool:
        if step.page is None:
            return any(map(self._has_part, step.parts))
        return any(key in self.rows for key in step.announces)

    def _has_part(self, part: PagePart) -> bool:
        rows = self.rows.get(part.question_key)
        return rows is not None and (part.last_row == 0 or len(rows) > part.first_row)


def _announced(definition: Definition, page: Page) -> tuple[str, ...]:
    """The questions that a page to be read stands in front of."""
    if not page.before:
        return tuple(definition.by_key)
    section = next((s for s in definition.sections if s.key == page.before), None)
    return tuple(q.key for q in section.questions) if section else (page.before,)


Screen = tuple[str, Page | None, tuple[PagePart, ...]]


def _screens(definition: Definition, section: Section) -> Iterator[Screen]:
    for page in _pages_before(definition, section.key):
        yield section.key, page, ()
    for group in _groups(definition, section):
        for page in _pages_before(definition, group[0].key):
            yield section.key, page, ()
        for parts in _sliced(group):
            yield section.key, None, parts


def _pages_before(definition: Definition, key: str) -> Iterator[Page]:
    return (page for page in definition.pages if page.kind is PageKind.DEFINITIONS and page.before == key)


def _groups(definition: Definition, section: Section) -> Iterator[list[Question]]:
    """The section's questions, those of one page together."""
    group: list[Question] = []
    for question in section.questions:
        if group and _begins_page(definition, group, question):
            yield group
            group = []
        group.append(question)
    if group:
        yield group


def _begins_page(definition: Definition, group: list[Question], question: Question) -> bool:
    depends_on = routed_by_all(definition.by_key, question.key)
    return (
        len(group) == MOST_QUESTIONS
        or question.is_grid
        or group[-1].is_grid
        or group[-1].screen_out is not None
        or any(earlier.key in depends_on for earlier in group)
        or any(_pages_before(definition, question.key))
    )


def _sliced(group: list[Question]) -> Iterator[tuple[PagePart, ...]]:
    if not group[0].is_grid:
        yield tuple(PagePart(question.key) for question in group)
        return
    # Slices of nearly one length: eight rows make four and four, not six and two.
    rows = len(group[0].rows)
    length = ceil(rows / ceil(rows / MOST_ROWS))
    for first in range(0, rows, length):
        yield (PagePart(group[0].key, first, min(first + length, rows)),)
