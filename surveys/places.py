"""Bracketed places in the texts: which the wave's manager fills, and what the system knows by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
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


def free_places(wave: Wave) -> tuple[str, ...]:
    """The places that somebody has to fill before the wave can open, in the order of the texts."""
    places = check_places(definition_of(wave.questionnaire))
    return tuple(place for place in places if place not in SYSTEM_PLACES)


def texts_of(wave: Wave, language: str) -> dict[str, str]:
    """What was filled in, in this language where it was, otherwise in the questionnaire's own."""
    source = wave.questionnaire.language
    rows = wave.places.filter(language__in={source, language}).values_list("language", "place", "text")
    texts = {place: text for spoken, place, text in rows if spoken == source}
    return texts | {place: text for spoken, place, text in rows if spoken == language and text}


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
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i')} ({zone})"
