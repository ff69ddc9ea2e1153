"""Cutting a questionnaire into pages, by one rule for every questionnaire.

A section begins a page, and so does a question that a page of definitions stands in front of. A page holds at
most five questions or one grid, of a long grid at most six rows, and never a question that depends on another
of the same page. A screening question ends its page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from surveys.answers import Answers
from surveys.conditions import routed_by_all
from surveys.definition import Definition, Page, PageKind, Question, Row, Section, split_item
from surveys.ordering import Shuffle
from surveys.routing import asked_items

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
    """One screen: a page to read (`page`), or questions (`parts`). Numbers count from 0."""

    number: int
    section_key: str
    page: Page | None = None
    parts: tuple[PagePart, ...] = ()


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
    return tuple(Step(number, *screen) for number, screen in enumerate(screens))


def steps_on_path(definition: Definition, steps: tuple[Step, ...], answers: Answers) -> tuple[Step, ...]:
    asked = _Asked(definition, answers)
    return tuple(step for step in steps if asked.has_step(step))


def next_step(definition: Definition, steps: tuple[Step, ...], answers: Answers, step: Step) -> Step | None:
    """The first screen on the path after this one, which may be off the path by now; None at the end."""
    later = (s for s in steps_on_path(definition, steps, answers) if s.number > step.number)
    return next(later, None)


def previous_step(
    definition: Definition, steps: tuple[Step, ...], answers: Answers, step: Step
) -> Step | None:
    earlier = [s for s in steps_on_path(definition, steps, answers) if s.number < step.number]
    return earlier[-1] if earlier else None


def parts_on(step: Step, definition: Definition, answers: Answers, shuffle: Shuffle) -> tuple[ShownPart, ...]:
    """The questions of a screen that are asked now, each with the rows to show."""
    asked = _Asked(definition, answers)
    return tuple(
        ShownPart(question, shuffle.rows(question, asked.rows[question.key])[part.first_row : part.last_row])
        for part in step.parts
        if asked.has_part(part)
        for question in (definition.by_key[part.question_key],)
    )


def progress(
    definition: Definition, steps: tuple[Step, ...], answers: Answers, step: Step
) -> tuple[int, int]:
    """(number of this section from 1, number of sections), of the sections with anything on the path."""
    on_path = steps_on_path(definition, steps, answers)
    sections = list(dict.fromkeys(s.section_key for s in on_path if s.parts))
    order = [section.key for section in definition.sections]
    reached = [key for key in sections if order.index(key) <= order.index(step.section_key)]
    return max(len(reached), 1), max(len(sections), 1)


class _Asked:
    """What one set of answers asks, looked up by question."""

    def __init__(self, definition: Definition, answers: Answers) -> None:
        self.definition = definition
        self.rows: dict[str, list[str]] = {}
        for item in asked_items(definition, answers):
            key, row = split_item(item)
            self.rows.setdefault(key, []).extend([row] if row else [])

    def has_step(self, step: Step) -> bool:
        if step.page is None:
            return any(self.has_part(part) for part in step.parts)
        return any(key in self.rows for key in _announced(self.definition, step.page))

    def has_part(self, part: PagePart) -> bool:
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
