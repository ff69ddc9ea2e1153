"""What the public may know of a wave, so that whoever got an invitation can tell it from a forged one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from responses.plans import plan_of
from surveys import places
from surveys.models import Wave
from surveys.queries import languages_of_wave
from surveys.wordings import fill_places

SHOWN_BEFORE = timedelta(days=30)
"""How long before a wave opens its announcement is public."""

SENDER_DOMAIN, SUBJECT_LINES, TELEPHONE, LETTER = "sender domain", "subject lines", "telephone", "letter"
# Places of the questionnaire's own texts that say who stands behind it.
PEOPLE: Mapping[str, Promise] = {
    "organisation": gettext_lazy("Who asks"),
    "funder": gettext_lazy("Who pays"),
    "contact": gettext_lazy("Contact"),
    "data protection contact": gettext_lazy("Data protection"),
}


@dataclass(frozen=True, slots=True)
class Announcement:
    """One wave as its manager announced it. What was not filled in is empty."""

    wave_id: UUID
    title: str
    year: int
    language: str
    right_to_left: bool
    synthetic: bool
    is_open: bool
    opens: str
    closes: str
    people: tuple[tuple[str, str], ...]
    sender_domain: str
    subject_lines: tuple[str, ...]
    telephone: str
    letter: str

    @property
    def is_filled(self) -> bool:
        """Whether there is anything to compare an e-mail with."""
        return bool(self.sender_domain or self.subject_lines or self.telephone)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a letter says of the questionnaire."""

    population: str
    minutes: int
    questions: int
    sections: tuple[str, ...]


def announced_waves(now: datetime) -> list[Wave]:
    """Waves that take answers, or will within thirty days. One that nobody has released yet is not public."""
    found = Wave.objects.filter(
        status=Wave.Status.OPEN, opens_at__lte=now + SHOWN_BEFORE, closes_at__gt=now
    ).select_related("questionnaire", "edition")
    return list(found.order_by("closes_at", "pk"))


def announcement(wave: Wave, language: str, now: datetime) -> Announcement:
    """In `language` where the wave is open in it, otherwise in the language of its questionnaire."""
    spoken = language if language in languages_of_wave(wave) else wave.questionnaire.language
    texts = places.texts_of(wave, spoken)
    announced = places.announcement_of(wave, spoken)
    return Announcement(
        wave_id=wave.pk,
        title=plan_of(wave, spoken).definition.title,
        year=wave.edition.year,
        language=spoken,
        right_to_left=bool(get_language_info(spoken)["bidi"]),
        synthetic=wave.synthetic,
        is_open=now >= wave.opens_at,
        opens=moment(wave.opens_at, wave),
        closes=moment(wave.closes_at, wave),
        people=tuple((str(label), texts[place]) for place, label in PEOPLE.items() if texts.get(place)),
        sender_domain=announced.get(SENDER_DOMAIN, "").strip(),
        subject_lines=tuple(filter(None, map(str.strip, announced.get(SUBJECT_LINES, "").splitlines()))),
        telephone=announced.get(TELEPHONE, "").strip(),
        letter=fill_places(announced.get(LETTER, "").strip(), texts | places.dates_of(wave, spoken)),
    )


def asked(wave: Wave, language: str) -> Asked:
    definition = plan_of(wave, language).definition
    return Asked(
        population=definition.population,
        minutes=definition.estimated_minutes,
        questions=len(definition.questions),
        sections=tuple(section.title for section in definition.sections),
    )


def moment(at: datetime, wave: Wave) -> str:
    """A day and a time on the clock of the wave's zone, in the language of the page."""
    local = at.astimezone(ZoneInfo(wave.time_zone))
    when = {
        "day": date_format(local, "DATE_FORMAT"),
        "time": date_format(local, "H:i"),
        "zone": wave.time_zone,
    }
    # Translators: a day and a time, for example 3 June 2019, 09:00 (Europe/Berlin).
    return _("%(day)s, %(time)s (%(zone)s)") % when
