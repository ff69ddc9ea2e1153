"""The life of a wave's key as it follows from its row and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys.models import KeyCustody, Wave, WaveKey

KEY_KEPT = timedelta(days=30)
"""How long after the close a wave's key and its copy are kept, at most. Respondents are told the day."""

REMIND_AFTER = timedelta(days=20)
"""How long after the close the reminders begin."""


def ends_at(wave: Wave) -> datetime:
    """When the key and its copy have to be gone."""
    return wave.closes_at + KEY_KEPT


def end_day(wave: Wave) -> str:
    return date_format(ends_at(wave).astimezone(ZoneInfo(wave.time_zone)), "j F Y")


def day_in(wave: Wave, now: datetime) -> date:
    """The day on the wave's calendar, which is all that is kept of a moment."""
    return now.astimezone(ZoneInfo(wave.time_zone)).date()


def custody_of(wave: Wave) -> KeyCustody | None:
    people = ("first_holder", "second_holder", "asked_by", "confirmed_by")
    return KeyCustody.objects.select_related(*people).filter(wave=wave).first()


def lacks_copy(wave: Wave) -> bool:
    """Whether the wave has a key of which two people have not said that they keep a part."""
    if not WaveKey.objects.filter(wave=wave).exists():
        return False
    return not KeyCustody.objects.filter(wave=wave).exclude(second_holder=None).exists()


def waves_to_remind_of(now: datetime) -> Iterable[Wave]:
    """Waves whose key is still there, or whose destruction two people have not confirmed, and whose time runs out."""
    with_key = Wave.objects.filter(key__isnull=False, closes_at__lte=now - REMIND_AFTER)
    gone = Q(custody__destroyed_on__isnull=False)
    waves = with_key.exclude(status=Wave.Status.DRAFT).exclude(gone)
    return waves.select_related("questionnaire", "edition", "custody").order_by("closes_at", "pk")


def waiting_for_the_worker() -> Iterable[Wave]:
    """Two people have confirmed, and the worker has not destroyed the file yet."""
    confirmed = Q(custody__confirmed_by__isnull=False, custody__destroyed_on__isnull=True)
    return Wave.objects.filter(confirmed).order_by("pk")


def reminder(wave: Wave, now: datetime) -> str:
    """One sentence about a key whose end is near or past."""
    custody = getattr(wave, "custody", None)
    words = {"wave": wave, "day": end_day(wave)}
    if custody is not None and custody.confirmed_by_id:
        return (
            _("Two people have confirmed that the key of %(wave)s goes; the worker has not destroyed it yet.")
            % words
        )
    if now >= ends_at(wave):
        return (
            _(
                "The key of %(wave)s should have been destroyed by %(day)s: respondents were promised that day. As long"
                " as it is there, old backups of their answers can be opened. Destroy it today."
            )
            % words
        )
    if custody is not None and custody.asked_by_id:
        return (
            _(
                "The key of %(wave)s has to be destroyed by %(day)s. One person has asked; a second one confirms."
            )
            % words
        )
    return _("The key of %(wave)s has to be destroyed by %(day)s. Nobody has asked for it yet.") % words


def is_late(wave: Wave, now: datetime) -> bool:
    return now >= ends_at(wave)
