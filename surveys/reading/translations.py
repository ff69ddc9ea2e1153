"""Translation files: the texts of one questionnaire version in another language, by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError

from surveys.definition import Definition
from surveys.reading.fields import Fields, Report
from surveys.validation.contents import faults_of_pipes
from surveys.validation.problem import Problem, near
from surveys.wordings import FORM, check_places, forms_in, places_in, texts

FILE = frozenset({"questionnaire", "version", "language", "texts"})


@dataclass(frozen=True, slots=True)
class Translation:
    questionnaire: str
    version: int
    language: str
    texts: dict[str, str]


def is_translation(data: Any) -> bool:
    return isinstance(data, dict) and "texts" in data


def read_translation(data: Any, report: Report) -> Translation:
    fields = Fields(data, "", report, FILE)
    given = fields.inner("texts", frozenset(path for path, _at, _value in fields.named("texts")))
    return Translation(
        questionnaire=fields.word("questionnaire", required=True),
        version=fields.number("version", required=True) or 0,
        language=_language(fields),
        texts={path: given.text(path, required=True) for path in given.raw},
    )


def _language(fields: Fields) -> str:
    language = fields.word("language", required=True, limit=20)
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        if language:
            message = f"`{language}` is not a language tag such as fr or pt-BR."
            fields.report.add("language", message)
    return language


def check_translation(definition: Definition, translation: Translation) -> Iterator[Problem]:
    """Faults of a translation against the questionnaire in its source language."""
    if translation.language == definition.language:
        message = f"{definition.language} is the language of the questionnaire itself. Change its own file."
        yield Problem("language", message)
    source = texts(definition)
    forms = {form for form, _words in definition.reference_period} | set(forms_in(translation.texts))
    places = check_places(definition)
    for path, text in translation.texts.items():
        where = f"texts.{path}"
        if path not in source and not path.startswith(FORM):
            yield Problem(where, f"The questionnaire has no text with this path.{near(path, source)}")
        yield from (Problem(where, message) for message in faults_of_pipes(text, forms))
        for place in places_in([text]):
            if place not in places:
                message = f"There is no place [{place}]. Its name stays as it is in the source language."
                yield Problem(where, f"{message}{near(place, places)}")
