from __future__ import annotations

from datetime import datetime
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts import audit, permissions
from accounts.models import User
from responses import keys
from responses.sealing import public_half
from surveys.models import Wave, WaveKey

MAKE_KEY = "responses.tasks.make_wave_key"


class WorkerOutOfReach(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The worker cannot be reached now, because Redis does not answer. Ask again when it runs.")
        )


class KeyLost(Exception):
    def __init__(self) -> None:
        super().__init__(_("The key in the worker's folder is not the one this wave was given."))


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
    audit.record("key.made", by=None, now=now, target=wave)
    return made


def private_key_of(wave: Wave) -> bytes:
    """The private half that fits the wave's public one, or a refusal that says what is wrong."""
    private = keys.private_key_of(wave.pk)
    if public_half(private) != bytes(WaveKey.objects.get(wave=wave).public_key):
        raise KeyLost
    return private
