"""A respondent's own answers beside the last published report: worked out in memory for one page, stored nowhere.

Reports lie above this app, so that what compares is named in the settings and loaded on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from surveys.answers import Answers
from surveys.definition import Definition
from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One published number in print. `mine` is the word for an own answer, empty for all others."""

    label: str
    figure: str
    mine: str
    is_withheld: bool
    is_small: bool


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """A question, or one row or class of it. `said` is the own answer in words, `base` whom the numbers are of.

    Without lines the report shows no number here, and `note` says why.
    """

    title: str
    said: str
    base: str
    heading: str
    lines: tuple[ComparedLine, ...]
    note: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether the own answer stands in one of the lines; otherwise the page says it beside them."""
        return any(line.mine for line in self.lines)


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    text: str
    is_grid: bool
    items: tuple[ComparedItem, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A section of the questionnaire beside the report of a year. `legend` explains the marks that its lines bear."""

    title: str
    year: int
    address: str
    questions: tuple[ComparedQuestion, ...]
    legend: tuple[str, ...]


Comparison = Callable[[Wave, Definition, Answers], tuple[Compared, ...]]


def beside(wave: Wave, definition: Definition, answers: Answers) -> tuple[Compared, ...]:
    """The answers beside the newest report that the same questions have a place in; nothing where there is none."""
    return _comparison(settings.RESPONDENT_COMPARISON)(wave, definition, answers)


@lru_cache(maxsize=1)
def _comparison(name: str) -> Comparison:
    found: Comparison = import_string(name)
    return found
