"""The days of one wave that its respondents are told, and what else is particular to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from responses.plans import plan_of
from responses.texts import own_name
from surveys import custody
from surveys.models import KeyCustody, Wave
from surveys.places import CONTACTS_KEPT, retention_years
from surveys.queries import languages_of_wave

DOORS: Mapping[str, Promise] = {
    "email": gettext_lazy("a personal link in an e-mail"),
    "code": gettext_lazy("an access code from a contact point"),
    "portal": gettext_lazy("the portal of a partner"),
}


@dataclass(frozen=True, slots=True)
class Days:
    title: str
    language: str
    closes: str
    contacts_gone: str
    key_gone: str
    """The latest day; the key may have gone before."""
    key_destroyed: str
    """The day on which it was, or nothing."""
    closing_year: int
    years: int | None
    min_batch: int
    languages: tuple[tuple[str, str], ...]
    """(tag, own name)."""
    doors: tuple[str, ...]

    @property
    def others(self) -> int:
        """Among how many others one's answers are hidden until the close, at least."""
        return self.min_batch - 1


def days_of(wave: Wave) -> Days:
    """In the language of the page."""
    local = wave.closes_at.astimezone(ZoneInfo(wave.time_zone))
    language = language_for(wave)
    destroyed = KeyCustody.objects.filter(wave=wave).values_list("destroyed_on", flat=True).first()
    return Days(
        title=plan_of(wave, language).definition.title,
        language=language,
        closes=_moment(wave.closes_at, wave.time_zone),
        contacts_gone=_day(wave.closes_at + CONTACTS_KEPT, wave.time_zone),
        key_gone=_day(custody.ends_at(wave), wave.time_zone),
        key_destroyed=date_format(destroyed, "DATE_FORMAT") if destroyed else "",
        closing_year=local.year,
        years=retention_years(wave),
        min_batch=wave.min_batch,
        languages=tuple((tag, own_name(tag)) for tag in languages_of_wave(wave)),
        doors=tuple(str(DOORS[door]) for door in wave.doors),
    )


def waves_with_a_key(now: datetime) -> list[Wave]:
    """Waves that people have answered and whose key is not gone."""
    begun = Wave.objects.exclude(status=Wave.Status.DRAFT).filter(opens_at__lte=now, key__isnull=False)
    kept = begun.exclude(custody__destroyed_on__isnull=False)
    return list(kept.select_related("questionnaire", "edition").order_by("closes_at", "pk"))


def language_for(wave: Wave) -> str:
    """The language of this page where the survey speaks it too."""
    current = get_language() or ""
    return current if current in languages_of_wave(wave) else wave.questionnaire.language


def _day(at: datetime, zone: str) -> str:
    return date_format(at.astimezone(ZoneInfo(zone)), "DATE_FORMAT")


def _moment(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    parts = {"day": date_format(local, "DATE_FORMAT"), "time": date_format(local, "H:i"), "zone": zone}
    return _("%(day)s, %(time)s (%(zone)s)") % parts
