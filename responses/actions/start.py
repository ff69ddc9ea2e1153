from __future__ import annotations

from datetime import datetime

from django.db import transaction

from responses.actions.refusals import (
    AlreadySent,
    ClosedByColleague,
    DoorClosed,
    LinkReplaced,
    Revoked,
    WaveClosed,
    WaveNotOpenYet,
)
from responses.models import Draft, Invitation
from surveys.actions.waves import is_open
from surveys.models import Wave


def check_can_start(invitation: Invitation, now: datetime) -> None:
    check_is_unanswered(invitation)
    check_door_is_open(invitation)
    check_wave_takes_starts(invitation.wave, now)


def check_is_unanswered(invitation: Invitation) -> None:
    if invitation.state == Invitation.State.FINISHED:
        raise AlreadySent
    if invitation.state == Invitation.State.CLOSED:
        raise ClosedByColleague
    if invitation.state == Invitation.State.REVOKED:
        raise Revoked


def check_door_is_open(invitation: Invitation) -> None:
    if invitation.door not in invitation.wave.doors:
        raise DoorClosed


def check_wave_takes_starts(wave: Wave, now: datetime) -> None:
    if is_open(wave, now):
        return
    raise WaveClosed if now >= wave.closes_at else WaveNotOpenYet(wave)


def lock(invitation: Invitation) -> Invitation:
    """The invitation as it is now, for the link by which it was found: it may have been handed on in between."""
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("wave").get(pk=invitation.pk)
    if bytes(locked.token_hash) != bytes(invitation.token_hash):
        raise LinkReplaced
    return locked


@transaction.atomic
def start(*, invitation: Invitation, now: datetime, found_by: bytes | None = None) -> Draft:
    """Begin, or go on: there is one draft of an invitation. A new one is empty until its holder seals it.

    Who declined before may still change their mind. `found_by`: the hash that the invitation is found by from now on,
    where a come-back code takes the place of what its holder came with.
    """
    locked = lock(invitation)
    check_can_start(locked, now)
    draft, made = Draft.objects.get_or_create(invitation=locked, defaults={"sealed": b""})
    if made and found_by is not None:
        locked.token_hash = invitation.token_hash = found_by
        locked.save(update_fields=["token_hash"])
    if locked.state != Invitation.State.STARTED:
        locked.state = Invitation.State.STARTED
        locked.save(update_fields=["state"])
    invitation.state = locked.state
    return draft
