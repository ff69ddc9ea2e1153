"""The whole questionnaire as a readable outline: what is asked, of whom, and where the answers lead.

Texts are those of the definition that is given; the sentences around them are in the active language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.condition_words import Clause, Voice, in_words, name_of, one_of, quoted
from surveys.conditions import conditions_of, items_before, leaves
from surveys.definition import (
    Choice,
    Condition,
    Definition,
    Disposition,
    Page,
    PageKind,
    Question,
    Role,
    Row,
    Section,
    item_key,
    split_item,
)
from surveys.paging import Step, cut
from surveys.question_words import ENDINGS, facts_of, facts_of_choice, listed


@dataclass(frozen=True, slots=True)
class Reference:
    """Another question, or a row of it, by its name and where it stands."""

    item: str
    words: str


@dataclass(frozen=True, slots=True)
class Inherited:
    """An earlier question that the routing hangs on, and what that one is asked under itself."""

    reference: Reference
    clause: Clause


@dataclass(frozen=True, slots=True)
class OutlinedChoice:
    code: str
    label: str
    facts: tuple[str, ...]
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class OutlinedRow:
    code: str
    item: str
    label: str
    condition: Clause | None


@dataclass(frozen=True, slots=True)
class OutlinedQuestion:
    """`listed` stands for the choices of a public list, countries say, which nobody reads one by one."""

    question: Question
    facts: tuple[str, ...]
    choices: tuple[OutlinedChoice, ...]
    special: tuple[OutlinedChoice, ...]
    listed: str
    rows: tuple[OutlinedRow, ...]
    condition: Clause | None
    inherited: tuple[Inherited, ...]
    leads_to: tuple[Reference, ...]
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One page, or the pages of one long grid; numbers count from 1, as in the addresses of the pages."""

    first: int
    last: int
    page: Page | None
    questions: tuple[OutlinedQuestion, ...]


@dataclass(frozen=True, slots=True)
class OutlinedSection:
    section: Section
    screens: tuple[Screen, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """`conditional`: how many questions have a condition of their own or in a row.

    `opening` is read before the first question, `closing` after the last one or at a screening answer."""

    definition: Definition
    opening: tuple[Page, ...]
    sections: tuple[OutlinedSection, ...]
    closing: tuple[Page, ...]
    conditional: int


OPENING = (PageKind.CONSENT, PageKind.WELLBEING_START)
CLOSING = (PageKind.SCREEN_OUT, PageKind.WELLBEING_END, PageKind.THANK_YOU)


def outline(definition: Definition, voice: Voice = Voice.ASKED_IF) -> Outline:
    writer = _Writer(definition, voice)
    steps = cut(definition)
    return Outline(
        definition=definition,
        opening=_pages(definition, OPENING),
        sections=tuple(OutlinedSection(s, tuple(writer.screens(s, steps))) for s in definition.sections),
        closing=_pages(definition, CLOSING),
        conditional=sum(any(conditions_of(question)) for question in definition.questions),
    )


def _pages(definition: Definition, kinds: tuple[PageKind, ...]) -> tuple[Page, ...]:
    return tuple(page for kind in kinds for page in definition.pages if page.kind is kind)


class _Writer:
    """The definition at hand, who reads, and which later questions name which earlier ones."""

    def __init__(self, definition: Definition, voice: Voice) -> None:
        self.definition = definition
        self.voice = voice
        self.followers = _followers(definition)

    def screens(self, section: Section, steps: tuple[Step, ...]) -> Iterator[Screen]:
        own = [s for s in steps if s.section_key == section.key and s.page not in self._outside]
        while own:
            step = own.pop(0)
            last = step
            while own and own[0].parts and _continues(step, own[0]):
                last = own.pop(0)
            keys = [part.question_key for part in step.parts]
            questions = tuple(self.question(self.definition.by_key[key]) for key in keys)
            yield Screen(step.number + 1, last.number + 1, step.page, questions)

    @property
    def _outside(self) -> tuple[Page, ...]:
        return _pages(self.definition, OPENING)

    def question(self, question: Question) -> OutlinedQuestion:
        return OutlinedQuestion(
            question=question,
            facts=tuple(facts_of(question)),
            choices=() if question.choices_from else _choices(question.choices),
            special=_choices(question.special),
            listed=listed(question) if question.choices_from else "",
            rows=tuple(self._row(question, row) for row in question.rows),
            condition=self._condition(question.show_if),
            inherited=tuple(self._inherited(question)),
            leads_to=tuple(self._reference(item) for item in self.followers.get(question.key, ())),
            endings=tuple(self._endings(question)),
        )

    def _condition(self, condition: Condition | None) -> Clause | None:
        return None if condition is None else in_words(condition, self.definition, self.voice)

    def _row(self, question: Question, row: Row) -> OutlinedRow:
        return OutlinedRow(
            row.code, item_key(question.key, row.code), row.label, self._condition(row.show_if)
        )

    def _reference(self, item: str) -> Reference:
        return Reference(item, name_of(self.definition, *split_item(item)))

    def _inherited(self, question: Question) -> Iterator[Inherited]:
        """What the questions named in its conditions are asked under: a leaf on one that was not asked is false."""
        rows: tuple[str | None, ...] = tuple(row.code for row in question.rows) or (None,)
        found = (item for row in rows for item in items_before(self.definition.by_key, question, row))
        needed = {item: condition for before in found for item, condition in self._conditions(before)}
        for item, condition in needed.items():
            if condition != question.show_if:
                yield Inherited(self._reference(item), in_words(condition, self.definition, self.voice))

    def _conditions(self, item: str) -> Iterator[tuple[str, Condition]]:
        """Those of the question, under its own name, and those of the row that is meant."""
        key, code = split_item(item)
        question = self.definition.by_key[key]
        row = next((row for row in question.rows if row.code == code), None)
        if question.show_if is not None:
            yield key, question.show_if
        if row is not None and row.show_if is not None:
            yield item, row.show_if

    def _endings(self, question: Question) -> Iterator[str]:
        if question.screen_out is None:
            return
        labels = {choice.code: quoted(choice.label) for choice in question.choices}
        page = next((p.title for p in self.definition.pages if p.key == question.screen_out.page), "")
        for disposition in Disposition:
            codes = [code for code, own in question.screen_out.dispositions if own is disposition]
            if codes:
                parts = {"answers": one_of([labels[code] for code in codes]), "page": page}
                yield ENDINGS[disposition]() % parts


def _continues(step: Step, following: Step) -> bool:
    """Whether the next page has further rows of the same grid."""
    return bool(step.parts) and step.parts[0].question_key == following.parts[0].question_key


def _followers(definition: Definition) -> dict[str, list[str]]:
    """Question -> the later questions, and rows of them, whose conditions name it."""
    found: dict[str, dict[str, None]] = {}
    for question in definition.questions:
        conditions = [(question.key, question.show_if)]
        conditions += [(item_key(question.key, row.code), row.show_if) for row in question.rows]
        for item, condition in conditions:
            for leaf in leaves(condition):
                found.setdefault(leaf.question, {})[item] = None
    return {key: list(items) for key, items in found.items()}


def _choices(choices: tuple[Choice, ...]) -> tuple[OutlinedChoice, ...]:
    return tuple(
        OutlinedChoice(c.code, c.label, tuple(facts_of_choice(c)), c.role is Role.OTHER_SPECIFY)
        for c in choices
    )
