"""Questions to the database about questionnaires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from surveys import storage
from surveys.codebook import Codebook
from surveys.definition import Definition
from surveys.models import Questionnaire, Translation, Wave
from surveys.translating import TranslationState, compare
from surveys.wordings import fallbacks, in_locale, with_texts

KEPT_DEFINITIONS = 64


def definition_of(questionnaire: Questionnaire, language: str | None = None) -> Definition:
    """The questionnaire's definition, in a language as far as it is translated, else in the source language.

    Kept per process under the hash of the definition, and of translations under the version of the texts as well:
    a kept one costs no query. Both come with the row that the caller holds, so a row read before a correction
    still shows the texts of then.
    """
    own = questionnaire.language
    tags = () if language is None else fallbacks(language)
    # A tag that begins with the source language, en-GB, still may have texts of its own.
    wanted = tags[: tags.index(own)] if own in tags else tags
    version = questionnaire.texts_version if wanted else 0
    return _definition(questionnaire.pk, questionnaire.definition_hash, wanted, version)


def codebook_of(questionnaire: Questionnaire) -> Codebook:
    """The questionnaire's codebook, kept per process like its definition."""
    return _codebook(questionnaire.pk, questionnaire.definition_hash)


def languages_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The source language, then every language that there are texts in."""
    others = questionnaire.wordings.exclude(language=questionnaire.language)
    found = others.order_by("language").values_list("language", flat=True).distinct()
    return (questionnaire.language, *found)


def languages_of_wave(wave: Wave) -> tuple[str, ...]:
    """What respondents can choose from: the source language, then those that staff have opened."""
    own = wave.questionnaire.language
    return (own, *(language for language in wave.languages if language != own))


def state_of(questionnaire: Questionnaire, language: str) -> TranslationState:
    """What a language of the questionnaire lacks, and who has reviewed it."""
    known = Translation.objects.filter(questionnaire=questionnaire, language=language).first()
    return compare(
        storage.wordings(questionnaire, questionnaire.language),
        storage.wordings(questionnaire, language),
        storage.made_from(questionnaire, language),
        language=language,
        reviewed_by=known.reviewed_by if known else "",
    )


def states_of(questionnaire: Questionnaire) -> tuple[TranslationState, ...]:
    """The state of every language that there are texts in."""
    return tuple(state_of(questionnaire, language) for language in languages_of(questionnaire)[1:])


@dataclass(frozen=True, slots=True)
class Passage:
    """One text with what it is translated to, if it is."""

    path: str
    source: str
    translated: str


def passages(questionnaire: Questionnaire, language: str, paths: Iterable[str]) -> tuple[Passage, ...]:
    source = storage.wordings(questionnaire, questionnaire.language)
    translated = storage.wordings(questionnaire, language)
    return tuple(Passage(path, source[path], translated.get(path, "")) for path in paths)


@lru_cache(maxsize=KEPT_DEFINITIONS)
def _definition(pk: int, definition_hash: str, languages: tuple[str, ...], texts_version: int) -> Definition:
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
