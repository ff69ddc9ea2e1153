"""Bracketed places in the texts: which the wave's manager fills, and what the system knows by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from surveys.models import Wave
from surveys.queries import definition_of
from surveys.validation import check_places

CONTACTS_KEPT = timedelta(days=30)
"""How long after the close the addresses of those invited are kept, at most."""

WHAT_WE_STORE = "What we store"
WITHDRAWAL_DATE = "withdrawal date"
CONTACT_DELETION_DATE = "contact deletion date"
SYSTEM_PLACES = frozenset({WHAT_WE_STORE, WITHDRAWAL_DATE, CONTACT_DELETION_DATE})

RETENTION_YEARS = "retention years"
LONGEST_RETENTION = 100

ANNOUNCEMENT_PLACES = ("sender domain", "subject lines", "telephone", "letter")
"""What an invitation looks like, for the page where people check theirs. Not in the texts, and never a must."""


def retention_years(wave: Wave) -> int | None:
    """How many years the texts promise to keep the answers; None when they name no whole number."""
    return years_in(texts_of(wave, wave.questionnaire.language).get(RETENTION_YEARS, ""))


def years_in(text: str) -> int | None:
    """A whole number of years, in the digits of any script."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and 0 < int(digits) <= LONGEST_RETENTION else None


def free_places(wave: Wave) -> tuple[str, ...]:
    """The places that somebody has to fill before the wave can open, in the order of the texts."""
    places = check_places(definition_of(wave.questionnaire))
    return tuple(place for place in places if place not in SYSTEM_PLACES)


def texts_of(wave: Wave, language: str) -> dict[str, str]:
    """What was filled in, in this language where it was, otherwise in the questionnaire's own."""
    source = wave.questionnaire.language
    rows = wave.places.filter(language__in={source, language}).values_list("language", "place", "text")
    texts = {place: text for spoken, place, text in rows if spoken == source and text}
    return texts | {place: text for spoken, place, text in rows if spoken == language and text}


def own_texts_of(wave: Wave, language: str) -> dict[str, str]:
    """What was filled in in this language alone."""
    return dict(wave.places.filter(language=language).exclude(text="").values_list("place", "text"))


def all_places(wave: Wave, language: str) -> dict[str, str]:
    """Everything that brackets in the texts stand for, but the link to the page about what is stored."""
    return texts_of(wave, language) | dates_of(wave, language)


def announcement_of(wave: Wave, language: str) -> dict[str, str]:
    """What staff say an invitation of this wave looks like; what nobody filled in is not there."""
    texts = texts_of(wave, language)
    return {place: texts[place] for place in ANNOUNCEMENT_PLACES if texts.get(place)}


def dates_of(wave: Wave, language: str) -> dict[str, str]:
    """Until when answers can be taken back, and when addresses are gone, as days in the wave's zone."""
    with override(language):
        return {
            WITHDRAWAL_DATE: _moment(wave.closes_at, wave.time_zone),
            CONTACT_DELETION_DATE: _day(wave.closes_at + CONTACTS_KEPT, wave.time_zone),
        }


def _day(at: datetime, zone: str) -> str:
    return date_format(at.astimezone(ZoneInfo(zone)), "DATE_FORMAT")


def _moment(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    parts = {"day": date_format(local, "DATE_FORMAT"), "time": date_format(local, "H:i"), "zone": zone}
    return _("%(day)s, %(time)s (%(zone)s)") % parts
