from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from surveys.actions.languages import incomplete_languages
from surveys.models import Door, Edition, Production, Questionnaire, Wave, WaveKey, WavePlace
from surveys.places import ANNOUNCEMENT_PLACES, RETENTION_YEARS, free_places, texts_of, years_in


class WaveExists(Exception):
    def __init__(self) -> None:
        super().__init__(_("This edition already has a wave with this version of the questionnaire."))


class WaveTimesReversed(Exception):
    def __init__(self) -> None:
        super().__init__(_("The wave closes before it opens. Choose a later closing time."))


class BatchTooSmall(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The smallest batch is 10; below it one person's answers would not be hidden among others.")
        )


class WaveWithoutDoor(Exception):
    def __init__(self) -> None:
        super().__init__(_("A wave needs a door by which people come in."))


class SyntheticOnProduction(Exception):
    def __init__(self) -> None:
        super().__init__(_("This is a production database: it takes no made-up respondents."))


class WaveReleased(Exception):
    """It is too late to change what was already put before respondents."""

    def __init__(self) -> None:
        super().__init__(
            _("This wave has been opened. Its questionnaire, its times and its batch stay as they are.")
        )


class WaveNotRunning(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave is not open, so there is nothing to close."))


class WaveNotExtendable(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave is not open, so its closing time stays as it is."))


class NotLater(Exception):
    def __init__(self) -> None:
        super().__init__(_("The new closing time has to be later than the present one."))


class PlaceUnknown(Exception):
    def __init__(self, places: Iterable[str]) -> None:
        named = ", ".join(f"[{place}]" for place in sorted(places))
        super().__init__(_("The texts have no place %(places)s.") % {"places": named})


class PlaceEmptied(Exception):
    def __init__(self, places: Iterable[str]) -> None:
        named = ", ".join(f"[{place}]" for place in places)
        super().__init__(_("The wave is open: %(places)s cannot be left empty.") % {"places": named})


class WaveNotReady(Exception):
    """Everything that is missing before a wave can open; `problems` has one sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


def is_open(wave: Wave, now: datetime) -> bool:
    """Whether somebody may begin."""
    return wave.status == Wave.Status.OPEN and wave.opens_at <= now < wave.closes_at


def grace_ends_at(wave: Wave) -> datetime:
    return wave.closes_at + timedelta(minutes=wave.grace_minutes)


def in_grace(wave: Wave, now: datetime) -> bool:
    """Whether nobody may begin any more, but who has begun may still send."""
    return wave.status == Wave.Status.OPEN and wave.closes_at <= now < grace_ends_at(wave)


def box_may_be_emptied(wave: Wave, now: datetime) -> bool:
    """Whether the last ballot that can come has come."""
    return wave.status != Wave.Status.DRAFT and now >= grace_ends_at(wave)


def has_key(wave: Wave) -> bool:
    return WaveKey.objects.filter(wave=wave).exists()


def create_wave(
    *,
    edition: Edition,
    questionnaire: Questionnaire,
    opens_at: datetime,
    closes_at: datetime,
    by: User,
    now: datetime,
    time_zone: str = "UTC",
    min_batch: int = 10,
    grace_minutes: int = 60,
    synthetic: bool = False,
    forward_anywhere: bool = False,
    doors: Sequence[str] = (Door.EMAIL,),
) -> Wave:
    wave = Wave(
        edition=edition,
        questionnaire=questionnaire,
        opens_at=opens_at,
        closes_at=closes_at,
        time_zone=time_zone,
        min_batch=min_batch,
        grace_minutes=grace_minutes,
        synthetic=synthetic,
        forward_anywhere=forward_anywhere,
        doors=list(doors),
    )
    return _save(wave, "wave.created", by=by, now=now)


def change_wave(
    *,
    wave: Wave,
    edition: Edition,
    questionnaire: Questionnaire,
    opens_at: datetime,
    closes_at: datetime,
    time_zone: str,
    min_batch: int,
    synthetic: bool,
    by: User,
    now: datetime,
    forward_anywhere: bool = False,
    doors: Sequence[str] = (Door.EMAIL,),
) -> Wave:
    """Change a wave that is being prepared; what was shown to respondents stays."""
    with transaction.atomic():
        wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
        if wave.status != Wave.Status.DRAFT:
            raise WaveReleased
        if wave.questionnaire_id != questionnaire.pk:
            # They were opened because the other questionnaire was complete in them.
            wave.languages = []
        wave.edition, wave.questionnaire = edition, questionnaire
        wave.opens_at, wave.closes_at, wave.time_zone = opens_at, closes_at, time_zone
        wave.min_batch, wave.synthetic = min_batch, synthetic
        wave.forward_anywhere = forward_anywhere
        wave.doors = list(doors)
        wave.texts_version += 1
        return _save(wave, "wave.changed", by=by, now=now)


def _save(wave: Wave, action: str, *, by: User, now: datetime) -> Wave:
    permissions.check(by, "wave.manage")
    _check_settings(wave)
    try:
        with transaction.atomic():
            wave.save()
            audit.record(action, by=by, now=now, target=wave, **_particulars(wave))
    except IntegrityError as error:
        raise WaveExists from error
    return wave


def _check_settings(wave: Wave) -> None:
    if wave.closes_at <= wave.opens_at:
        raise WaveTimesReversed
    if wave.min_batch < 10:
        raise BatchTooSmall
    if wave.synthetic and is_production():
        raise SyntheticOnProduction
    if not wave.doors or set(wave.doors) - set(Door.values):
        raise WaveWithoutDoor


def _particulars(wave: Wave) -> dict[str, str | int | bool | list[str]]:
    return {
        "edition": wave.edition.year,
        "questionnaire": str(wave.questionnaire),
        "opens_at": wave.opens_at.isoformat(),
        "closes_at": wave.closes_at.isoformat(),
        "time_zone": wave.time_zone,
        "min_batch": wave.min_batch,
        "synthetic": wave.synthetic,
        "forward_anywhere": wave.forward_anywhere,
        "languages": wave.languages,
        "doors": [str(door) for door in wave.doors],
    }


@transaction.atomic
def set_places(
    *, wave: Wave, places: Mapping[str, str], by: User, now: datetime, language: str | None = None
) -> None:
    """Fill bracketed places, and what the announcement says, in one language.

    An open wave's can still be corrected, a telephone number say. What respondents must find is not emptied then;
    in another language than the questionnaire's own an empty text gives way to the one in that.
    """
    permissions.check(by, "wave.manage")
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    language = language or wave.questionnaire.language
    _check_places(wave, places, language)
    for place, text in places.items():
        WavePlace.objects.update_or_create(
            wave=wave, place=place, language=language, defaults={"text": text.strip()}
        )
    wave.texts_version += 1
    wave.save(update_fields=["texts_version"])
    audit.record("wave.places", by=by, now=now, target=wave, language=language, places=sorted(places))


def _check_places(wave: Wave, places: Mapping[str, str], language: str) -> None:
    needed = set(free_places(wave))
    if unknown := set(places) - needed - set(ANNOUNCEMENT_PLACES):
        raise PlaceUnknown(unknown)
    emptied = [place for place, text in places.items() if place in needed and not text.strip()]
    is_source = language == wave.questionnaire.language
    if emptied and is_source and wave.status != Wave.Status.DRAFT:
        raise PlaceEmptied(emptied)


def missing_for_opening(wave: Wave, now: datetime) -> tuple[str, ...]:
    """One sentence for each thing that keeps the wave from opening."""
    problems = []
    if wave.status != Wave.Status.DRAFT:
        problems.append(_("The wave has been opened before."))
    if wave.closes_at <= now:
        problems.append(_("Its closing time has passed. Choose a later one."))
    if not has_key(wave):
        problems.append(_("It has no key yet. Ask for one; the worker makes it."))
    if wave.synthetic and is_production():
        problems.append(str(SyntheticOnProduction()))
    return (*problems, *_missing_texts(wave), *incomplete_languages(wave))


def _missing_texts(wave: Wave) -> Iterable[str]:
    if not wave.questionnaire.questions.exists():
        return (_("Its questionnaire has no questions. Load it with: manage.py load_questionnaire FILE"),)
    texts = texts_of(wave, wave.questionnaire.language)
    places = free_places(wave)
    empty = [place for place in places if not texts.get(place)]
    problems = [_("The place [%(place)s] in the texts is empty.") % {"place": place} for place in empty]
    years = texts.get(RETENTION_YEARS, "")
    if RETENTION_YEARS in places and years and years_in(years) is None:
        problems.append(
            _("The place [retention years] is no whole number; the answers are deleted after so many years.")
        )
    return problems


def check_can_open(wave: Wave, now: datetime) -> None:
    if problems := missing_for_opening(wave, now):
        raise WaveNotReady(problems)


@transaction.atomic
def open_wave(*, wave: Wave, by: User, now: datetime) -> Wave:
    """Release a wave for answering between its times; from here on its questionnaire does not change."""
    permissions.check(by, "wave.manage")
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    questionnaire = Questionnaire.objects.select_for_update(no_key=True).get(pk=wave.questionnaire_id)
    wave.questionnaire = questionnaire
    check_can_open(wave, now)
    if questionnaire.frozen_at is None:
        questionnaire.frozen_at = now
        questionnaire.save(update_fields=["frozen_at"])
    wave.status = Wave.Status.OPEN
    wave.save(update_fields=["status"])
    audit.record("wave.opened", by=by, now=now, target=wave, **_particulars(wave))
    return wave


@transaction.atomic
def close_wave_now(*, wave: Wave, by: User, now: datetime) -> Wave:
    """Bring the closing time forward to this moment. Who has begun may still send within the grace."""
    permissions.check(by, "wave.manage")
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    if not is_open(wave, now) or now <= wave.opens_at:
        raise WaveNotRunning
    before, wave.closes_at = wave.closes_at, now
    wave.texts_version += 1
    wave.save(update_fields=["closes_at", "texts_version"])
    audit.record("wave.closed", by=by, now=now, target=wave, planned=before.isoformat(), at=now.isoformat())
    return wave


@transaction.atomic
def extend_wave(*, wave: Wave, closes_at: datetime, by: User, now: datetime) -> Wave:
    """Give people more time. Never less, and never again once the wave has closed: they were told that it had."""
    permissions.check(by, "wave.manage")
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    if wave.status != Wave.Status.OPEN or now >= wave.closes_at:
        raise WaveNotExtendable
    if closes_at <= wave.closes_at:
        raise NotLater
    before, wave.closes_at = wave.closes_at, closes_at
    wave.texts_version += 1
    wave.save(update_fields=["closes_at", "texts_version"])
    audit.record(
        "wave.extended", by=by, now=now, target=wave, planned=before.isoformat(), at=closes_at.isoformat()
    )
    return wave


def is_production() -> bool:
    """The database says so as well: a development program may have been pointed at it."""
    return str(settings.ENQUIRY_ENV) == "production" or Production.objects.exists()
