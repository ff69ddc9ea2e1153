"""Translation files: the texts of one questionnaire version in another language, by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from babel import Locale, UnknownLocaleError

from surveys.definition import Definition
from surveys.reading.fields import Fields, Report
from surveys.translating import FINGERPRINT
from surveys.validation.contents import faults_of_pipes
from surveys.validation.problem import Problem, near
from surveys.wordings import FORM, check_places, forms_in, places_in, texts

FILE = frozenset({"questionnaire", "version", "language", "reviewed_by", "texts", "sources"})


@dataclass(frozen=True, slots=True)
class Translation:
    questionnaire: str
    version: int
    language: str
    texts: dict[str, str]
    sources: dict[str, str] = field(default_factory=dict)
    """Path -> fingerprint of the source text that the translation was made from."""
    reviewed_by: str = ""
    """Empty: a draft until a native speaker has reviewed it."""


def is_translation(data: Any) -> bool:
    return isinstance(data, dict) and "texts" in data


def read_translation(data: Any, report: Report) -> Translation:
    """A text that is empty counts as not translated yet, so that a file can be filled in bit by bit."""
    fields = Fields(data, "", report, FILE)
    given = fields.inner("texts", frozenset(path for path, _at, _value in fields.named("texts")))
    read = {path: given.text(path) for path in given.raw}
    return Translation(
        questionnaire=fields.word("questionnaire", required=True),
        version=fields.number("version", required=True) or 0,
        language=_language(fields),
        texts={path: text for path, text in read.items() if text},
        sources=_sources(fields),
        reviewed_by=fields.word("reviewed_by", limit=200),
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


def _sources(fields: Fields) -> dict[str, str]:
    named = frozenset(path for path, _at, _value in fields.named("sources"))
    given = fields.inner("sources", named, required=False)
    sources = {path: given.word(path) for path in given.raw}
    for path, written in sources.items():
        if isinstance(given.raw[path], str) and not FINGERPRINT.fullmatch(written):
            message = f"`{written}` is no fingerprint. Let manage.py stamp_translation write this block."
            fields.report.add(f"sources.{path}", message)
    return sources


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
