from __future__ import annotations

from datetime import datetime
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts import audit, permissions
from accounts.models import User
from responses import box, keys, rewriting, shares
from responses.models import Ballot, Withdrawal
from responses.sealing import public_half
from surveys import custody
from surveys.actions.custody import KeyGone, KeyNotMade
from surveys.actions.waves import box_may_be_emptied
from surveys.models import KeyCustody, Wave, WaveKey

MAKE_KEY = "responses.tasks.make_wave_key"


class WorkerOutOfReach(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The worker cannot be reached now, because Redis does not answer. Ask again when it runs.")
        )


class KeyLost(Exception):
    def __init__(self) -> None:
        super().__init__(_("The key in the worker's folder is not the one this wave was given."))


class KeyDoesNotFit(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The two parts give a key, but not the one of this wave. Nothing was written; look for the right parts."
            )
        )


class NotConfirmed(Exception):
    """Nobody shows it: the task that was delivered has nothing to do."""


class BallotsWait(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Ballots lie in the box that this key could still open, though the last opening has been done. They"
                " came back with a backup, or somebody put them there. Find out; manage.py after_restore throws away"
                " those that were counted before."
            )
        )


class WaveGoesOn(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The last opening of this wave's box has not been done, so its key is still needed.")
        )


class NoFileToDestroy(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The worker finds no file of this key. Make sure that it lies nowhere else, then do what the operations"
                " guide says under “A key that is not where it should be”."
            )
        )


OBSTACLES = (
    BallotsWait,
    WaveGoesOn,
    NoFileToDestroy,
    KeyLost,
    keys.KeyExposed,
    keys.KeyDamaged,
    keys.DemoKey,
)


def request_key(*, wave: Wave, by: User, now: datetime) -> None:
    """Ask the box worker for the wave's key pair. Asking twice makes one."""
    permissions.check(by, "wave.manage")
    with transaction.atomic():
        audit.record("key.requested", by=by, now=now, target=wave)
        try:
            current_app.send_task(MAKE_KEY, args=[str(wave.pk)])
        except OperationalError as error:
            raise WorkerOutOfReach from error


@transaction.atomic
def make_wave_key(*, wave_id: UUID, now: datetime) -> WaveKey:
    """The worker's part: the private half into a file, the public half into the database. Safe to be run twice.

    The file comes first, so that a crash between the two leaves a key to finish with and never a wave without one.
    """
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave_id)
    known = WaveKey.objects.filter(wave=wave).first()
    if known is not None:
        return known
    made = WaveKey.objects.create(wave=wave, public_key=keys.make_key(wave.pk))
    begun = KeyCustody(wave=wave, made_on=custody.day_in(wave, now))
    KeyCustody.objects.bulk_create([begun], ignore_conflicts=True)
    audit.record("key.made", by=None, now=now, target=wave)
    return made


def private_key_of(wave: Wave) -> bytes:
    """The private half that fits the wave's public one, or a refusal that says what is wrong."""
    private = keys.private_key_of(wave.pk)
    if public_half(private) != bytes(WaveKey.objects.get(wave=wave).public_key):
        raise KeyLost
    return private


@transaction.atomic
def copy_wave_key(*, wave: Wave, now: datetime) -> tuple[str, str]:
    """The two parts of a copy. Each call draws a new pair; parts of different pairs do not go together."""
    parts = shares.split(private_key_of(wave), wave.pk)
    audit.record("key.copied", by=None, now=now, target=wave)
    return parts


@transaction.atomic
def restore_wave_key(*, wave: Wave, parts: tuple[str, str], now: datetime) -> None:
    """Put the file back from both parts, if they give this wave's key and nobody has had it destroyed."""
    if KeyCustody.objects.filter(wave=wave, destroyed_on__isnull=False).exists():
        raise KeyGone
    known = WaveKey.objects.filter(wave=wave).first()
    if known is None:
        raise KeyNotMade
    key = shares.join(*parts, wave.pk)
    if public_half(key) != bytes(known.public_key):
        raise KeyDoesNotFit
    keys.put_back(wave.pk, key)
    audit.record("key.restored", by=None, now=now, target=wave)


def destroy_wave_key(*, wave_id: UUID, now: datetime) -> bool:
    """The box worker's part, after two people have confirmed. Safe to be run twice and killed at any point.

    The file goes before it is written down that it is gone; an empty file beside it tells the next run of a worker that
    was killed between the two. Ballots that could not be opened go with the key that they were sealed to.
    """
    try:
        _destroy(wave_id, now)
    except NotConfirmed:
        return False
    except OBSTACLES as obstacle:
        KeyCustody.objects.filter(wave_id=wave_id, destroyed_on=None).update(obstacle=str(obstacle)[:400])
        return False
    rewriting.vacuum((Ballot, Withdrawal))
    return True


@transaction.atomic
def _destroy(wave_id: UUID, now: datetime) -> None:
    waiting = KeyCustody.objects.select_for_update(of=("self",)).filter(wave_id=wave_id, destroyed_on=None)
    row = waiting.exclude(confirmed_by=None).first()
    if row is None:
        raise NotConfirmed
    wave = (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire")
        .get(pk=wave_id)
    )
    check_may_go(wave, now)
    keys.destroy(wave.pk)
    box.throw_away(wave)
    waiting.filter(confirmed_by=row.confirmed_by_id).update(
        destroyed_on=custody.day_in(wave, now), obstacle=""
    )
    audit.record("key.destroyed", by=None, now=now, target=wave)


def check_may_go(wave: Wave, now: datetime) -> None:
    """Refuse while answers depend on the key."""
    if wave.status != Wave.Status.FINAL or not box_may_be_emptied(wave, now):
        raise WaveGoesOn
    if keys.was_destroyed(wave.pk):
        return
    try:
        key = private_key_of(wave)
    except keys.KeyMissing as error:
        raise NoFileToDestroy from error
    if box.could_still_open(wave, key):
        raise BallotsWait
