"""The answers as words, section by section, for the page on which they are checked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from responses.forms.controls import UNITS
from responses.forms.frozen import checked
from responses.forms.names import entry_name, main_name
from responses.forms.page import step_address
from responses.journey import Journey
from surveys.answers import SKIPPED, Answer
from surveys.definition import Kind, Question, Row, item_key
from surveys.paging import ShownPart, Step


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One answer; `said` is empty where there is none. `asked` is a question, or a row of a grid below `heading`."""

    asked: str
    said: tuple[str, ...]
    is_ranked: bool
    number: int
    anchor: str
    screens: bool
    heading: str = ""

    @property
    def markup(self) -> SafeString:
        address = f"{step_address(self.number - 1)}#{self.anchor}"
        return checked(self.asked, self.heading, self.said, is_ranked=self.is_ranked, address=address)


@dataclass(slots=True)
class CheckedBlock:
    """Answers in a list. `heading` is the question of a grid, whose rows are the list."""

    heading: str
    items: list[CheckedItem]

    @property
    def markup(self) -> SafeString:
        return mark_safe("".join([item.markup for item in self.items]))  # noqa: S308  # nosec  # markup already


@dataclass(frozen=True, slots=True)
class CheckedSection:
    key: str
    title: str
    blocks: list[CheckedBlock]


def sections_to_check(journey: Journey) -> tuple[CheckedSection, ...]:
    found: dict[str, list[CheckedBlock]] = {}
    for step in journey.path:
        for part in journey.parts(step):
            _add(found.setdefault(step.section_key, []), _block(journey, step, part))
    return tuple(CheckedSection(key, journey.plan.titles[key], blocks) for key, blocks in found.items())


def _add(blocks: list[CheckedBlock], block: CheckedBlock) -> None:
    """Questions that follow each other, and the pages of one grid, make one list."""
    if blocks and blocks[-1].heading == block.heading:
        blocks[-1].items.extend(block.items)
    else:
        blocks.append(block)


def _block(journey: Journey, step: Step, part: ShownPart) -> CheckedBlock:
    question = part.question
    rows: tuple[Row | None, ...] = part.rows if question.is_grid else (None,)
    heading = question.text if question.is_grid else ""
    items = [
        CheckedItem(
            asked=row.label if row else question.text,
            said=said(
                question,
                journey.content.answers.get(item_key(question.key, row.code if row else None), SKIPPED),
            ),
            is_ranked=question.kind is Kind.RANKING,
            number=step.number + 1,
            anchor=_anchor(question, row),
            screens=question.screen_out is not None,
            heading=heading,
        )
        for row in rows
    ]
    return CheckedBlock(heading, items)


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
