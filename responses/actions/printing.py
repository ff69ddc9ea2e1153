from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from responses.models import PrintedQuestionnaire
from responses.pdf import pdf_of, style
from responses.printing import document, fingerprint
from surveys.models import Wave
from surveys.queries import languages_of_wave


def print_wave(*, wave_id: UUID) -> None:
    """Make the PDF of each open language anew where its texts have changed. Safe to be run twice, also at once."""
    wave = _released().filter(pk=wave_id).first()
    if wave is None:
        return
    languages = languages_of_wave(wave)
    for language in languages:
        written, sheet = document(wave, language), style()
        mark = fingerprint(written, sheet)
        if not _has(wave, language, mark):
            _keep(wave, language, mark, pdf_of(written, sheet))
    PrintedQuestionnaire.objects.filter(wave=wave).exclude(language__in=languages).delete()


def waves_to_print() -> list[UUID]:
    """Waves of which a PDF is missing, or says something that the texts do not say any more."""
    return [wave.pk for wave in _released().order_by("pk") if not _is_printed(wave)]


def _released() -> QuerySet[Wave]:
    return Wave.objects.filter(status=Wave.Status.OPEN).select_related("questionnaire", "edition")


def _is_printed(wave: Wave) -> bool:
    sheet = style()
    return all(
        _has(wave, language, fingerprint(document(wave, language), sheet))
        for language in languages_of_wave(wave)
    )


def _has(wave: Wave, language: str, mark: str) -> bool:
    return PrintedQuestionnaire.objects.filter(wave=wave, language=language, fingerprint=mark).exists()


def _keep(wave: Wave, language: str, mark: str, content: bytes) -> None:
    """One statement: whoever downloads meanwhile gets the old one or the new one, whole."""
    PrintedQuestionnaire.objects.bulk_create(
        [PrintedQuestionnaire(wave=wave, language=language, fingerprint=mark, content=content)],
        update_conflicts=True,
        unique_fields=["wave", "language"],
        update_fields=["fingerprint", "content"],
    )
