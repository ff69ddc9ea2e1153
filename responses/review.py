"""The answers as words, section by section, for the page on which they are checked."""

from __future__ import annotations

from dataclasses import dataclass

from responses.forms.controls import UNITS
from responses.forms.names import entry_name, main_name
from responses.journey import Journey
from surveys.answers import SKIPPED, Answer
from surveys.definition import Kind, Question, Row, item_key
from surveys.paging import ShownPart, Step


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One answer; `said` is empty where there is none. `row` is the row of a grid."""

    text: str
    row: str
    said: tuple[str, ...]
    is_ranked: bool
    number: int
    anchor: str
    screens: bool


@dataclass(frozen=True, slots=True)
class CheckedSection:
    title: str
    items: tuple[CheckedItem, ...]


def sections_to_check(journey: Journey) -> tuple[CheckedSection, ...]:
    found: dict[str, list[CheckedItem]] = {}
    for step in journey.path:
        for part in journey.parts(step):
            found.setdefault(step.section_key, []).extend(_items(journey, step, part))
    return tuple(CheckedSection(journey.plan.titles[key], tuple(items)) for key, items in found.items())


def _items(journey: Journey, step: Step, part: ShownPart) -> list[CheckedItem]:
    question = part.question
    rows: tuple[Row | None, ...] = part.rows if question.is_grid else (None,)
    return [
        CheckedItem(
            text=question.text,
            row=row.label if row else "",
            said=said(
                question,
                journey.content.answers.get(item_key(question.key, row.code if row else None), SKIPPED),
            ),
            is_ranked=question.kind is Kind.RANKING,
            number=step.number + 1,
            anchor=_anchor(question, row),
            screens=question.screen_out is not None,
        )
        for row in rows
    ]


def said(question: Question, answer: Answer) -> tuple[str, ...]:
    """An answer in words, as the respondent chose or wrote it."""
    labels = {choice.code: choice.label for choice in question.offered}
    others = dict(answer.others)
    chosen = [f"{labels[code]}: {others[code]}" if code in others else labels[code] for code in answer.codes]
    written = [text for text in answer.texts if text]
    return (*chosen, *_number(question, answer), *written)


def _number(question: Question, answer: Answer) -> list[str]:
    if answer.number is None:
        return []
    sign = UNITS[question.unit]()[0] if question.unit in UNITS else question.unit
    return [f"{answer.number} {sign}".strip()]


def _anchor(question: Question, row: Row | None) -> str:
    """The element of its page to which a link for changing it leads."""
    if question.kind in {Kind.RANKING, Kind.OPEN_LIST}:
        return entry_name(question, 1)
    return main_name(question, row)
