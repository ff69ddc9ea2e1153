"""The whole questionnaire as one reads it on paper: every question with its answers as boxes, routing in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, ngettext, override
from django.utils.translation import gettext as _

from responses.forms.controls import UNITS
from responses.plans import plan_of
from surveys.condition_words import Voice, one_of, quoted
from surveys.definition import Definition, Kind, Page, PageKind, Question
from surveys.models import Wave
from surveys.outline import OutlinedQuestion, OutlinedSection, outline
from surveys.wordings import rewritten

WIDEST_TABLE = 8
"""A grid with more answers than this is a list for each row."""


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """`template` draws its answers, `how` says how to give them, `box` is the shape of what would be ticked."""

    outlined: OutlinedQuestion
    template: str
    how: tuple[str, ...]
    box: str
    ending: str
    unit: str

    @property
    def question(self) -> Question:
        return self.outlined.question

    @property
    def entries(self) -> range:
        return range(1, (self.question.entries or 1) + 1)

    @property
    def in_one_piece(self) -> bool:
        """Whether it stays on one sheet; a list for each row would leave half a sheet empty."""
        return not self.question.is_grid or self.is_table

    @property
    def is_table(self) -> bool:
        return len(self.question.offered) <= WIDEST_TABLE


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """A page to be read, or questions that follow each other."""

    page: Page | None
    questions: tuple[PrintedQuestion, ...]


@dataclass(frozen=True, slots=True)
class PrintedSection:
    key: str
    title: str
    intro: str
    parts: tuple[PrintedPart, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """A page after the questions, and who sees it."""

    page: Page
    seen: str


def whole(definition: Definition) -> dict[str, Any]:
    """What the templates of the whole questionnaire need, in the active language."""
    written = outline(definition, Voice.ONLY_IF)
    return {
        "definition": definition,
        "opening": written.opening,
        "sections": [_section(section) for section in written.sections],
        "closing": [Ending(page, ENDINGS[page.kind]()) for page in written.closing],
    }


def document(wave: Wave, language: str) -> str:
    """The page that becomes the PDF, whole in itself: it needs no address and no file beside it."""
    definition = plan_of(wave, language).definition
    with override(definition.language):
        context = whole(_without_own_links(definition)) | {
            "wave": wave,
            "language": definition.language,
            "right_to_left": get_language_bidi(),
        }
        return render_to_string("respond/whole/document.html", context)


def _without_own_links(definition: Definition) -> Definition:
    """On paper there is nothing to press: of a link to a page of this site only its words are left."""
    return rewritten(definition, lambda path, text: _OWN_LINK.sub(r"\1", text))


_OWN_LINK = re.compile(r"\[([^\[\]]+)\]\(/[^()\s]*\)")


def fingerprint(written: str, style: str) -> str:
    """SHA-256 of a document and of how it is laid out."""
    return hashlib.sha256(f"{style}\0{written}".encode()).hexdigest()


def _section(outlined: OutlinedSection) -> PrintedSection:
    parts = tuple(
        PrintedPart(screen.page, tuple(_question(question) for question in screen.questions))
        for screen in outlined.screens
    )
    section = outlined.section
    return PrintedSection(section.key, section.title, section.intro, parts)


def _question(outlined: OutlinedQuestion) -> PrintedQuestion:
    question = outlined.question
    shape = SHAPES[question.kind]
    return PrintedQuestion(
        outlined=outlined,
        template=f"respond/whole/{shape.template}.html",
        how=(*shape.how(question),),
        box=shape.box,
        ending=_ending(question),
        unit=UNITS[question.unit]()[0] if question.unit in UNITS else question.unit,
    )


def _ending(question: Question) -> str:
    if question.screen_out is None:
        return ""
    codes = [code for code, _class in question.screen_out.dispositions]
    labels = [quoted(choice.label) for choice in question.choices if choice.code in codes]
    return _("If your answer is %(answers)s, the questions end there.") % {"answers": one_of(labels)}


def _one(question: Question) -> tuple[str, ...]:
    return (_("Choose one answer."),)


def _several(question: Question) -> tuple[str, ...]:
    most = question.max_choices
    if not most:
        return (_("Choose all that apply."),)
    return (ngettext("Choose up to %(most)d.", "Choose up to %(most)d.", most) % {"most": most},)


def _one_a_row(question: Question) -> tuple[str, ...]:
    return (_("Choose one answer in each row."),)


def _several_a_row(question: Question) -> tuple[str, ...]:
    most = question.max_choices
    if not most:
        return (_("Choose all that apply in each row."),)
    sentence = ngettext("Choose up to %(most)d in each row.", "Choose up to %(most)d in each row.", most)
    return (sentence % {"most": most},)


def _ranked(question: Question) -> tuple[str, ...]:
    most = question.max_choices or len(question.choices)
    sentence = ngettext(
        "Put %(most)d answer first: write 1 beside it.",
        "Put up to %(most)d answers in order: write 1 beside the first, then 2 and so on.",
        most,
    )
    return (sentence % {"most": most},)


def _number(question: Question) -> tuple[str, ...]:
    if question.minimum is None or question.maximum is None:
        return (_("Write a whole number."),)
    limits = {"lowest": question.minimum, "highest": question.maximum}
    return (_("Write a whole number from %(lowest)d to %(highest)d.") % limits,)


def _short_texts(question: Question) -> tuple[str, ...]:
    return (
        (_("Up to %(most)d characters each.") % {"most": question.max_chars},) if question.max_chars else ()
    )


def _long_text(question: Question) -> tuple[str, ...]:
    return (_("Up to %(most)d characters.") % {"most": question.max_chars},) if question.max_chars else ()


@dataclass(frozen=True, slots=True)
class Shape:
    template: str
    box: str
    how: Callable[[Question], tuple[str, ...]]


SHAPES: dict[Kind, Shape] = {
    Kind.SINGLE: Shape("choices", "round", _one),
    Kind.MULTIPLE: Shape("choices", "square", _several),
    Kind.RANKING: Shape("ranking", "place", _ranked),
    Kind.GRID_SINGLE: Shape("grid", "round", _one_a_row),
    Kind.GRID_MULTIPLE: Shape("grid", "square", _several_a_row),
    Kind.NUMBER: Shape("number", "square", _number),
    Kind.OPEN_LIST: Shape("open_list", "square", _short_texts),
    Kind.OPEN_TEXT: Shape("open_text", "square", _long_text),
}
ENDINGS: dict[PageKind, Callable[[], str]] = {
    PageKind.SCREEN_OUT: lambda: _("You read this if an answer ends the questions early."),
    PageKind.WELLBEING_END: lambda: _("You read this after you have sent your answers."),
    PageKind.THANK_YOU: lambda: _("You read this after you have sent your answers."),
}
