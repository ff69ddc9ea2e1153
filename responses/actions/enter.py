"""Coming in by an access code or by a portal, coming back, and beginning anew when the come-back code is lost."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from responses.actions.refusals import (
    AlreadySent,
    ClosedByColleague,
    DoorClosed,
    NoComeBack,
    NothingOpens,
    Revoked,
    WaveClosed,
)
from responses.actions.start import check_door_is_open, check_is_unanswered
from responses.codes import read_code
from responses.limiter import attempt
from responses.models import Draft, Invitation
from responses.peppers import entry_of_code
from responses.sealing import come_back_key, session_key, token_hash
from surveys.actions.waves import in_grace
from surveys.models import Wave

REFUSED = (AlreadySent, ClosedByColleague, DoorClosed, Revoked, WaveClosed)


@dataclass(frozen=True, slots=True)
class Entered:
    """The key for the cookie. It opens the consent page or, with a draft there, asks for the come-back code."""

    key: bytes
    invitation: Invitation
    has_draft: bool


def enter_by_code(*, code: str, address_range: str, now: datetime) -> Entered:
    """By an access code. What opens nothing is counted, whatever the reason: the count must not tell them apart."""
    entered = None
    with attempt(address_range, now) as judged:
        try:
            entered = enter(token=entry_of_code(code), now=now)
        except NothingOpens:
            judged.failed = True
    if entered is None:
        raise NothingOpens
    return entered


@transaction.atomic
def enter(*, token: bytes, now: datetime) -> Entered:
    """By a token that does not itself open a draft. Without a draft the token is what opens, as it was at first."""
    key = session_key(token)
    found = Invitation.objects.select_for_update(of=("self",)).select_related("wave__questionnaire")
    invitation = found.filter(entry_hash=token_hash(key)).first()
    if invitation is None:
        raise NothingOpens
    has_draft = Draft.objects.filter(invitation=invitation).exists()
    try:
        check_opens(invitation, has_draft=has_draft, now=now)
    except REFUSED as refusal:
        raise NothingOpens from refusal
    if not has_draft:
        _open_by_entry(invitation)
    return Entered(key, invitation, has_draft)


def check_opens(invitation: Invitation, *, has_draft: bool, now: datetime) -> None:
    """Whether somebody can still answer, or will once the wave opens."""
    check_is_unanswered(invitation)
    check_door_is_open(invitation)
    wave = invitation.wave
    is_over = wave.status == Wave.Status.FINAL or now >= wave.closes_at
    if is_over and not (has_draft and in_grace(wave, now)):
        raise WaveClosed


def come_back(*, invitation: Invitation, typed: str, address_range: str, now: datetime) -> bytes:
    """The session key that a come-back code stands for. What is no code at all costs nothing and is not counted."""
    code = read_code(typed)
    if code is None:
        raise NoComeBack
    key = b""
    with attempt(address_range, now) as judged:
        key = come_back_key(code, invitation.pk)
        judged.failed = not hmac.compare_digest(token_hash(key), bytes(invitation.token_hash))
    if judged.failed:
        raise NoComeBack
    return key


@transaction.atomic
def begin_anew(*, invitation: Invitation) -> None:
    """Delete a draft that nobody can open any more. What its holder came with leads to the consent page again."""
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("wave").get(pk=invitation.pk)
    check_is_unanswered(locked)
    Draft.objects.filter(invitation=locked).delete()
    _open_by_entry(locked)


def _open_by_entry(invitation: Invitation) -> None:
    """Nothing is written where it is so already. A draft that was deleted leaves no trace of its code."""
    assert invitation.entry_hash is not None
    if bytes(invitation.token_hash) == bytes(invitation.entry_hash):
        return
    invitation.token_hash = invitation.entry_hash
    if invitation.state == Invitation.State.STARTED:
        invitation.state = Invitation.State.INVITED
    invitation.save(update_fields=["token_hash", "state"])
