"""A definition as rows of the database, and back to an equal definition."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from surveys import models, rows
from surveys.countries import without_public_lists
from surveys.definition import Definition
from surveys.validation import ballot_size
from surveys.wordings import in_locale, texts, with_texts


def definition_hash(definition: Definition) -> str:
    """SHA-256 of what the file says."""
    content = asdict(without_public_lists(definition))
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def write(definition: Definition, questionnaire: models.Questionnaire | None = None) -> models.Questionnaire:
    """Write a new version, or write a draft version anew. The caller holds the transaction and the lock."""
    questionnaire = questionnaire or models.Questionnaire(key=definition.key, version=definition.version)
    if questionnaire.pk:
        _clear(questionnaire)
    for name, value in _head(definition).items():
        setattr(questionnaire, name, value)
    questionnaire.texts_version += 1
    questionnaire.save()
    rows.write_pages(questionnaire, definition)
    frames = rows.write_frames(questionnaire, definition)
    rows.write_sections(questionnaire, definition, frames)
    rows.write_derived(questionnaire, definition)
    write_wordings(questionnaire, definition.language, texts(definition))
    return questionnaire


def read(questionnaire: models.Questionnaire) -> Definition:
    """The definition in its source language."""
    language = questionnaire.language
    bare = rows.read_definition(questionnaire)
    return in_locale(with_texts(bare, wordings(questionnaire, language)), language)


def wordings(questionnaire: models.Questionnaire, language: str) -> dict[str, str]:
    """The texts of one language by path, in the order in which they were written."""
    found = questionnaire.wordings.filter(language=language).order_by("pk")
    return dict(found.values_list("path", "text"))


def made_from(questionnaire: models.Questionnaire, language: str) -> dict[str, str]:
    """Path -> fingerprint of the source text that a translation was made from; empty where nobody knows."""
    found = questionnaire.wordings.filter(language=language)
    return dict(found.values_list("path", "source_hash"))


def write_wordings(
    questionnaire: models.Questionnaire,
    language: str,
    given: Mapping[str, str],
    fingerprints: Mapping[str, str] | None = None,
) -> None:
    """Add these texts of one language and correct those that are there."""
    made = fingerprints or {}
    models.Wording.objects.bulk_create(
        (
            models.Wording(
                questionnaire=questionnaire,
                language=language,
                path=path,
                text=text,
                source_hash=made.get(path, ""),
            )
            for path, text in given.items()
        ),
        update_conflicts=True,
        unique_fields=["questionnaire", "language", "path"],
        update_fields=["text", "source_hash"],
    )


def raise_texts_version(questionnaire: models.Questionnaire) -> None:
    """Let every process read the texts anew. The caller holds the lock."""
    questionnaire.texts_version += 1
    questionnaire.save(update_fields=["texts_version"])


def append_codes(questionnaire: models.Questionnaire, definition: Definition) -> None:
    """Add the codes that the definition has at the end of its frames and the rows have not."""
    for frame in questionnaire.code_frames.prefetch_related("codes"):
        known = {code.code for code in frame.codes.all()}
        new = definition.frames[frame.key].codes
        rows.write_codes(frame, ((n, code) for n, code in enumerate(new) if code.code not in known))
    questionnaire.definition_hash = definition_hash(definition)
    questionnaire.save(update_fields=["definition_hash"])
    raise_texts_version(questionnaire)
    write_wordings(questionnaire, definition.language, texts(definition))


def log_changes(
    questionnaire: models.Questionnaire,
    language: str,
    changes: Iterable[tuple[str, str, str]],
    now: datetime,
) -> None:
    """Keep (path, before, after) of every text of a translation that was added or corrected."""
    models.WordingChange.objects.bulk_create(
        models.WordingChange(
            questionnaire=questionnaire, language=language, path=path, before=before, after=after, at=now
        )
        for path, before, after in changes
    )


def _head(definition: Definition) -> dict[str, Any]:
    return {
        "schema_version": definition.schema_version,
        "unit": definition.unit.value,
        "language": definition.language,
        "estimated_minutes": definition.estimated_minutes,
        "findings": [asdict(finding) for finding in definition.findings],
        "programming_notes": list(definition.programming_notes),
        "definition_hash": definition_hash(definition),
        "ballot_size": ballot_size(definition),
    }


def _clear(questionnaire: models.Questionnaire) -> None:
    """Take away what is written anew. Translations stay; texts of the source language are all rewritten."""
    questionnaire.sections.all().delete()
    questionnaire.derived.all().delete()
    questionnaire.pages.all().delete()
    questionnaire.code_frames.all().delete()
    questionnaire.wordings.filter(language=questionnaire.language).delete()
