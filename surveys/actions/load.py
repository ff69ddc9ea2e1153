"""Loading questionnaire and translation files. One file is loaded whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from accounts import audit
from accounts.models import User
from surveys import models, storage
from surveys.definition import Definition
from surveys.differences import check_wording_versions, differences, only_appends_codes
from surveys.exceptions import Difference, FrozenQuestionnaire, QuestionnaireProblems
from surveys.models import Questionnaire
from surveys.queries import state_of, states_of
from surveys.reading import definition_of_data
from surveys.reading.fields import Report
from surveys.reading.translations import Translation, check_translation, is_translation, read_translation
from surveys.reading.yaml_text import plain
from surveys.translating import TranslationState, fingerprint
from surveys.validation import Problem


class Outcome(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    CODES_APPENDED = "codes appended"
    TRANSLATED = "wordings corrected"
    NOTED = "review and fingerprints noted"


@dataclass(frozen=True, slots=True)
class LoadResult:
    questionnaire: Questionnaire
    outcome: Outcome
    changes: tuple[Difference, ...] = ()
    translations: tuple[TranslationState, ...] = ()
    """Of a translation: its state. Of a definition: the state of every language that it is translated into."""


@transaction.atomic
def load(*, text: str, now: datetime, by: User | None = None) -> LoadResult:
    """Load one file. Loading it again changes nothing.

    Raises QuestionnaireProblems with every fault of the file, and FrozenQuestionnaire with the differences when
    the version has been used for answers.
    """
    data, problems = plain(text)
    result = _load_data(data, problems, now)
    if result.outcome is not Outcome.UNCHANGED:
        audit.record(
            "questionnaire.loaded",
            by=by,
            now=now,
            target=result.questionnaire,
            outcome=result.outcome.value,
            changes=len(result.changes),
        )
    return result


def _load_data(data: Any, problems: tuple[Problem, ...], now: datetime) -> LoadResult:
    if is_translation(data):
        report = Report(problems)
        return _load_translation(read_translation(data, report), report, now)
    result = _load_definition(definition_of_data(data, problems))
    return replace(result, translations=states_of(result.questionnaire))


def _load_definition(definition: Definition) -> LoadResult:
    _lock(definition.key)
    versions = Questionnaire.objects.filter(key=definition.key).order_by("version")
    existing = versions.select_for_update().filter(version=definition.version).first()
    if existing and existing.definition_hash == storage.definition_hash(definition):
        return LoadResult(existing, Outcome.UNCHANGED)
    _refuse_silent_changes(versions.filter(version__lt=definition.version).last(), definition)
    if existing is None:
        return LoadResult(storage.write(definition), Outcome.CREATED)
    changes = differences(storage.read(existing), definition)
    if existing.frozen_at is None:
        return LoadResult(storage.write(definition, existing), Outcome.UPDATED, changes)
    if not only_appends_codes(storage.read(existing), definition):
        last = versions.values_list("version", flat=True).last() or definition.version
        raise FrozenQuestionnaire(definition.key, definition.version, changes, last + 1)
    storage.append_codes(existing, definition)
    return LoadResult(existing, Outcome.CODES_APPENDED, changes)


def _refuse_silent_changes(earlier: Questionnaire | None, definition: Definition) -> None:
    problems = tuple(check_wording_versions(storage.read(earlier), definition)) if earlier else ()
    if problems:
        raise QuestionnaireProblems(problems)


def _load_translation(translation: Translation, report: Report, now: datetime) -> LoadResult:
    _lock(translation.questionnaire)
    named = Questionnaire.objects.filter(key=translation.questionnaire)
    questionnaire = named.select_for_update().filter(version=translation.version).first()
    if questionnaire is None:
        report.add("questionnaire", _not_loaded(translation))
        raise QuestionnaireProblems(report.problems)
    report.problems.extend(check_translation(storage.read(questionnaire), translation))
    if report.problems:
        raise QuestionnaireProblems(report.problems)
    result = _correct(questionnaire, translation, now)
    return replace(result, translations=(state_of(questionnaire, translation.language),))


def _not_loaded(translation: Translation) -> str:
    return (
        f"Version {translation.version} of `{translation.questionnaire}` is not loaded. "
        "Load the questionnaire first, or change the version."
    )


def _correct(questionnaire: Questionnaire, translation: Translation, now: datetime) -> LoadResult:
    """Write the texts that differ and log each of them; texts that the file leaves out stay."""
    language = translation.language
    before = storage.wordings(questionnaire, language)
    changed = {path: text for path, text in translation.texts.items() if before.get(path) != text}
    noted = _note(questionnaire, translation, before)
    if not changed:
        return LoadResult(questionnaire, Outcome.NOTED if noted else Outcome.UNCHANGED)
    storage.raise_texts_version(questionnaire)
    changes = [(path, before.get(path, ""), text) for path, text in changed.items()]
    storage.log_changes(questionnaire, language, changes, now)
    return LoadResult(questionnaire, Outcome.TRANSLATED, tuple(Difference(*change) for change in changes))


def _note(questionnaire: Questionnaire, translation: Translation, before: dict[str, str]) -> bool:
    """Keep the texts with what they were made from, and who has reviewed them; whether anything was new."""
    known = storage.made_from(questionnaire, translation.language)
    made = _fingerprints(questionnaire, translation, before, known)
    given = {
        path: text
        for path, text in translation.texts.items()
        if before.get(path) != text or known.get(path) != made[path]
    }
    storage.write_wordings(questionnaire, translation.language, given, made)
    rows = models.Translation.objects.filter(questionnaire=questionnaire, language=translation.language)
    reviewed_before = rows.values_list("reviewed_by", flat=True).first()
    models.Translation.objects.update_or_create(
        questionnaire=questionnaire,
        language=translation.language,
        defaults={"reviewed_by": translation.reviewed_by},
    )
    return bool(given) or reviewed_before != translation.reviewed_by


def _fingerprints(
    questionnaire: Questionnaire, translation: Translation, before: dict[str, str], known: dict[str, str]
) -> dict[str, str]:
    """What each text was made from: as the file says; of an unchanged text as known; else the present source."""
    source = storage.wordings(questionnaire, questionnaire.language)
    present = {path: fingerprint(source[path]) if path in source else "" for path in translation.texts}
    kept = {path: known[path] for path, text in translation.texts.items() if before.get(path) == text}
    return {path: translation.sources.get(path) or kept.get(path) or present[path] for path in present}


def _lock(key: str) -> None:
    """Two loads of one questionnaire wait for each other, also when it has no row yet to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('questionnaire'), hashtext(%s))", [key])
