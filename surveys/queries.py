"""Questions to the database about questionnaires."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from surveys import storage
from surveys.codebook import Codebook
from surveys.definition import Definition
from surveys.models import Questionnaire, WordingChange
from surveys.wordings import fallbacks, in_locale, with_texts

KEPT_DEFINITIONS = 64


def definition_of(questionnaire: Questionnaire, language: str | None = None) -> Definition:
    """The questionnaire's definition, in a language as far as it is translated, else in the source language.

    Kept per process under the hash of the definition, and of translations under the number of their changes as
    well, so that a corrected translation shows at once. In the source language a kept one costs no query.
    """
    own = questionnaire.language
    tags = () if language is None else fallbacks(language)
    # A tag that begins with the source language, en-GB, still may have texts of its own.
    wanted = tags[: tags.index(own)] if own in tags else tags
    changes = WordingChange.objects.filter(questionnaire=questionnaire).count() if wanted else 0
    return _definition(questionnaire.pk, questionnaire.definition_hash, wanted, changes)


def codebook_of(questionnaire: Questionnaire) -> Codebook:
    """The questionnaire's codebook, kept per process like its definition."""
    return _codebook(questionnaire.pk, questionnaire.definition_hash)


def languages_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The source language, then every language that there are texts in."""
    others = questionnaire.wordings.exclude(language=questionnaire.language)
    found = others.order_by("language").values_list("language", flat=True).distinct()
    return (questionnaire.language, *found)


@lru_cache(maxsize=KEPT_DEFINITIONS)
def _definition(pk: int, definition_hash: str, languages: tuple[str, ...], changes: int) -> Definition:
    questionnaire = Questionnaire.objects.get(pk=pk)
    definition = storage.read(questionnaire)
    translated = [
        (tag, found) for tag in reversed(languages) if (found := storage.wordings(questionnaire, tag))
    ]
    for tag, found in translated:
        definition = in_locale(with_texts(replace(definition, language=tag), found), tag)
    return definition


@lru_cache(maxsize=KEPT_DEFINITIONS)
def _codebook(pk: int, definition_hash: str) -> Codebook:
    return Codebook(_definition(pk, definition_hash, (), 0))
