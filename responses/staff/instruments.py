"""What staff look at before anybody is asked: a questionnaire in one of its languages, of a wave or on its own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from responses.plans import Plan, filled, plan_of
from responses.texts import own_name
from surveys.access import get_wave_or_404
from surveys.models import Questionnaire, Wave
from surveys.queries import definition_of, languages_of


@dataclass(frozen=True)
class Instrument:
    """A questionnaire as staff chose to look at it. A wave's has its places filled, as far as they are."""

    questionnaire: Questionnaire
    language: str
    languages: tuple[str, ...]
    wave: Wave | None = None

    @property
    def plan(self) -> Plan:
        if self.wave is not None:
            return plan_of(self.wave, self.language)
        return filled(definition_of(self.questionnaire, self.language), {})

    @property
    def key(self) -> str:
        """What a state of a preview belongs to."""
        return f"wave {self.wave.pk}" if self.wave else f"questionnaire {self.questionnaire.pk}"

    @property
    def direction(self) -> str:
        with override(self.language):
            return "rtl" if get_language_bidi() else "ltr"

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """(tag, own name) of the languages that it is not shown in now."""
        return tuple((tag, own_name(tag)) for tag in self.languages if tag != self.language)

    def address(self, page: str) -> str:
        """The address of `outline` or `try`."""
        if self.wave is not None:
            return reverse(f"questionnaires:wave_{page}", args=[self.wave.pk])
        return reverse(f"questionnaires:{page}", args=[self.questionnaire.pk])

    @property
    def back(self) -> tuple[str, str]:
        """(address, words) of the page that this one belongs to."""
        if self.wave is not None:
            return reverse("waves:wave", args=[self.wave.pk]), str(self.wave)
        return reverse("questionnaires:list"), _("Questionnaires")


def of_wave(wave_id: UUID, language: str) -> Instrument:
    wave = get_wave_or_404(wave_id)
    return _instrument(wave.questionnaire, language, wave)


def of_questionnaire(questionnaire_id: int, language: str) -> Instrument:
    return _instrument(get_object_or_404(Questionnaire, pk=questionnaire_id), language, None)


def _instrument(questionnaire: Questionnaire, language: str, wave: Wave | None) -> Instrument:
    languages = languages_of(questionnaire)
    spoken = language if language in languages else questionnaire.language
    return Instrument(questionnaire, spoken, languages, wave)
