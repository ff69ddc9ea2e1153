"""The texts of a questionnaire by path, their exchange for those of another language, and bracketed places.

One walk over the definition, `rewritten`, knows every text and its path. Names of countries have no path: they come
from the locale data of the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from babel import Locale, UnknownLocaleError

from surveys.countries import in_language
from surveys.definition import (
    Assigned,
    Choice,
    CodeFrame,
    Definition,
    Derived,
    Net,
    Page,
    Partition,
    Question,
    Row,
    Section,
)

Rewrite = Callable[[str, str], str]
"""(path, text) -> text."""

FORM = "reference_period."
"""How the paths of the forms of the reference period begin, and the pipes that name them."""

PLACE = re.compile(r"\[([^\[\]]+)\](?!\()")
"""Text in brackets; in front of a parenthesis it is a link of Markdown."""


def texts(definition: Definition) -> dict[str, str]:
    """Every text that is not empty, by path, in the order of the questionnaire."""
    found: dict[str, str] = {}

    def keep(path: str, text: str) -> str:
        if text:
            found[path] = text
        return text

    rewritten(definition, keep)
    return found


def with_texts(definition: Definition, given: Mapping[str, str]) -> Definition:
    """The same questionnaire with these texts; what has none keeps its own.

    A language may have forms of the reference period that the source language has not; they are added.
    """
    forms = dict(definition.reference_period) | forms_in(given)
    whole = replace(definition, reference_period=tuple(forms.items()))
    return rewritten(whole, lambda path, text: given.get(path) or text)


def forms_in(given: Mapping[str, str]) -> dict[str, str]:
    """The forms of the reference period among texts by path."""
    return {path.removeprefix(FORM): text for path, text in given.items() if path.startswith(FORM)}


def in_locale(definition: Definition, language: str) -> Definition:
    """The same questionnaire with countries named and sorted in a language, if the locale data know it."""
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return definition
    sections = (
        replace(
            section,
            questions=tuple(replace(q, choices=in_language(q, language)) for q in section.questions),
        )
        for section in definition.sections
    )
    return replace(definition, language=language, sections=tuple(sections))


def fallbacks(language: str) -> tuple[str, ...]:
    """A tag and what it may fall back to, nearest first: pt-BR, pt."""
    parts = language.split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def check_places(definition: Definition) -> tuple[str, ...]:
    """Names of all bracketed places, in the order in which they first appear."""
    return places_in(texts(definition).values())


def places_in(texts_to_search: Iterable[str]) -> tuple[str, ...]:
    found = chain.from_iterable(PLACE.findall(text) for text in texts_to_search)
    return tuple(dict.fromkeys(_one_line(place) for place in found))


def fill_places(text: str, places: Mapping[str, str]) -> str:
    """The text with every place filled that `places` names; other brackets stay as they are."""
    return PLACE.sub(lambda match: places.get(_one_line(match.group(1)), match.group()), text)


def fill_pipes(text: str, definition: Definition) -> str:
    """The text with the forms of the reference period in the place of `{reference_period.FORM}`."""
    for form, words in definition.reference_period:
        text = text.replace(f"{{reference_period.{form}}}", words)
    return text


def _one_line(place: str) -> str:
    return " ".join(place.split())


def rewritten(definition: Definition, rewrite: Rewrite) -> Definition:
    """The definition with every text passed through `rewrite`."""
    return replace(
        definition,
        title=rewrite("questionnaire.title", definition.title),
        audience=rewrite("questionnaire.audience", definition.audience),
        population=rewrite("questionnaire.population", definition.population),
        mode=rewrite("questionnaire.mode", definition.mode),
        reference_period=tuple(
            (form, rewrite(f"reference_period.{form}", words)) for form, words in definition.reference_period
        ),
        pages=tuple(_page(page, rewrite) for page in definition.pages),
        sections=tuple(_section(section, rewrite) for section in definition.sections),
        code_frames=tuple(_frame(frame, rewrite) for frame in definition.code_frames),
        derived=tuple(_derived(derived, rewrite) for derived in definition.derived),
    )


def _page(page: Page, rewrite: Rewrite) -> Page:
    path = f"page.{page.key}"
    controls = (replace(c, label=rewrite(f"{path}.control.{c.key}", c.label)) for c in page.controls)
    return replace(
        page,
        title=rewrite(f"{path}.title", page.title),
        body=rewrite(f"{path}.body", page.body),
        controls=tuple(controls),
    )


def _section(section: Section, rewrite: Rewrite) -> Section:
    path = f"section.{section.key}"
    return replace(
        section,
        title=rewrite(f"{path}.title", section.title),
        intro=rewrite(f"{path}.intro", section.intro),
        questions=tuple(_question(question, rewrite) for question in section.questions),
    )


def _question(question: Question, rewrite: Rewrite) -> Question:
    path = f"question.{question.key}"
    analysis, figure = question.analysis, question.figure
    # Names from a public list are locale data, not wordings.
    choices = question.choices
    return replace(
        question,
        text=rewrite(f"{path}.text", question.text),
        help=rewrite(f"{path}.help", question.help),
        choices=choices if question.choices_from else _labelled(choices, f"{path}.choice", rewrite),
        special=_labelled(question.special, f"{path}.special", rewrite),
        assigned=_labelled(question.assigned, f"{path}.assigned", rewrite),
        rows=_labelled(question.rows, f"{path}.row", rewrite),
        analysis=replace(
            analysis,
            base=rewrite(f"{path}.base", analysis.base),
            nets=_labelled(analysis.nets, f"{path}.net", rewrite),
            partitions=tuple(_partition(partition, rewrite) for partition in analysis.partitions),
        ),
        figure=replace(
            figure,
            title=rewrite(f"{path}.figure.title", figure.title),
            note=rewrite(f"{path}.figure.note", figure.note),
        ),
    )


def _partition(partition: Partition, rewrite: Rewrite) -> Partition:
    path = f"class.{partition.key}"
    parts = (replace(part, label=rewrite(f"{path}.part.{part.code}", part.label)) for part in partition.parts)
    return replace(partition, title=rewrite(f"{path}.title", partition.title), parts=tuple(parts))


def _frame(frame: CodeFrame, rewrite: Rewrite) -> CodeFrame:
    codes = (replace(c, label=rewrite(f"frame.{frame.key}.code.{c.code}", c.label)) for c in frame.codes)
    return replace(frame, codes=tuple(codes))


def _derived(derived: Derived, rewrite: Rewrite) -> Derived:
    path = f"derived.{derived.key}"
    return replace(
        derived,
        label=rewrite(f"{path}.label", derived.label),
        base=rewrite(f"{path}.base", derived.base),
    )


Labelled = TypeVar("Labelled", Choice, Assigned, Row, Net)


def _labelled(entries: tuple[Labelled, ...], path: str, rewrite: Rewrite) -> tuple[Labelled, ...]:
    return tuple(replace(entry, label=rewrite(f"{path}.{entry.code}", entry.label)) for entry in entries)
