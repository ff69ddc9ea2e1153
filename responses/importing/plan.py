"""A mapping that was read and fits its questionnaire: which columns hold which answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from responses.importing.words import Lexicon, Missing
from surveys.definition import Definition, Question, split_item


class Shape(Enum):
    """How the columns of one item hold its answer."""

    ONE = "column"
    """One column: a code, a label, a number or a text; of several choices, with a separator between them."""
    CHOICES = "choices"
    """A column for each choice, that says whether it was chosen."""
    PLACES = "places"
    """Of a ranking, a column for each place, in which the choice stands."""
    RANKS = "ranks"
    """Of a ranking, a column for each choice, in which its place stands."""
    ENTRIES = "entries"
    """Of a list of short texts, a column for each entry."""
    ALWAYS = "always"
    """No column: everybody in the file gave this answer, as those who asked had it from elsewhere."""


@dataclass(frozen=True, slots=True)
class Column:
    """`about`: the choice whose column it is; empty where the cell itself says it."""

    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """Where the answer to one question, or one row of a grid, stands.

    `others`: columns with the text beside a choice. `codes`: of a list of short texts, the column of the codes of each
    entry, in their order. `frame`: what words in those mean.
    """

    item: str
    question: Question
    shape: Shape
    columns: tuple[Column, ...]
    missing: Mapping[str, Missing]
    words: Lexicon
    chosen: frozenset[str] = frozenset()
    not_chosen: frozenset[str] = frozenset()
    separator: str = ""
    others: tuple[Column, ...] = ()
    codes: tuple[Column, ...] = ()
    frame: Lexicon | None = None
    most_codes: int = 1
    always: str = ""

    @property
    def all_columns(self) -> Iterator[Column]:
        yield from (*self.columns, *self.others, *self.codes)


@dataclass(frozen=True)
class Plan:
    """`definition` is the questionnaire as far as the file knows it: what has no column was asked of nobody."""

    definition: Definition
    items: tuple[ItemPlan, ...]
    source: str = ""
    weight: str = ""
    encoding: str = ""
    delimiter: str = ""
    without_column: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that something is read from."""
        named = [column.name for item in self.items for column in item.all_columns]
        return tuple(dict.fromkeys([*named, *([self.weight] if self.weight else [])]))

    @cached_property
    def choices_without_column(self) -> tuple[tuple[str, str], ...]:
        """(item, code) that nobody in the file can have chosen."""
        return tuple(
            (plan.item, choice.code)
            for plan in self.items
            if plan.shape is Shape.CHOICES
            for choice in plan.question.offered
            if choice.code not in {column.about for column in plan.columns}
        )


def reduced(definition: Definition, items: frozenset[str]) -> Definition:
    """The definition with the questions that any of these items belongs to, and nothing else."""
    keys = {split_item(item)[0] for item in items}
    sections = (
        replace(section, questions=tuple(q for q in section.questions if q.key in keys))
        for section in definition.sections
    )
    return replace(definition, sections=tuple(section for section in sections if section.questions))
