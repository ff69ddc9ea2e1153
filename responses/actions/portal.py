"""Coming in from a partner's portal, and the register of portals and their keys."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.actions.enter import Entered, enter
from responses.actions.refusals import NothingOpens
from responses.limiter import HOUR, hour_of
from responses.models import Invitation, Portal, PortalKey, SpentToken
from responses.peppers import entry_of_subject, spent_hash
from responses.portals import LEEWAY, SigningKey, Word, WordRefused, key_id, read_word
from responses.sealing import KEY_BYTES, session_key, token_hash
from surveys.models import Door, Wave


class PortalExists(Exception):
    def __init__(self) -> None:
        super().__init__(_("There is already a portal with this issuer."))


class PortalKeyExists(Exception):
    def __init__(self) -> None:
        super().__init__(_("This portal has a key with this id already. Give the new key an id of its own."))


class NotAnEd25519Key(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is no public Ed25519 key. Paste it as PEM, or as the x of a JSON Web Key (43 characters)."
            )
        )


def enter_from_portal(*, wave: Wave, token: str, now: datetime) -> Entered:
    """By a portal's signed word, which lets in once. Each subject has one invitation in a wave.

    What is spent is written in a transaction before the invitation is touched: they have no number in common.
    """
    try:
        word = read_word(token, _keys(wave, key_id(token)), now)
    except WordRefused as refusal:
        raise NothingOpens from refusal
    if Door.PORTAL not in wave.doors or not _spend(word):
        raise NothingOpens
    entry = entry_of_subject(issuer=word.issuer, wave_id=wave.pk, subject=word.subject)
    _invite(wave, token_hash(session_key(entry)), now)
    return enter(token=entry, now=now)


def _keys(wave: Wave, kid: str) -> list[SigningKey]:
    known = PortalKey.objects.filter(kid=kid, retired=False, portal__waves=wave).select_related("portal")
    return [SigningKey(key.portal.issuer, key.portal.audience, bytes(key.public_key)) for key in known]


def _spend(word: Word) -> bool:
    """Whether this is the first time. Of two at once the primary key lets one through."""
    _row, is_first = SpentToken.objects.get_or_create(
        token_hash=spent_hash(issuer=word.issuer, jti=word.jti),
        defaults={"forget_at": hour_of(word.expires + LEEWAY) + HOUR},
    )
    return is_first


def forget_spent(now: datetime) -> int:
    """Delete what has expired in any case. Returns how many rows went."""
    return SpentToken.objects.filter(forget_at__lte=now).delete()[0]


def _invite(wave: Wave, entry_hash: bytes, now: datetime) -> None:
    """Before the wave is over; afterwards nobody new comes in, and `enter` says so."""
    if wave.status == Wave.Status.FINAL or now >= wave.closes_at:
        return
    fresh = {"wave": wave, "door": Door.PORTAL, "token_hash": entry_hash, "language": ""}
    Invitation.objects.get_or_create(entry_hash=entry_hash, defaults=fresh)


@transaction.atomic
def register_portal(
    *, name: str, issuer: str, audience: str, waves: Iterable[Wave], by: User, now: datetime
) -> Portal:
    permissions.check(by, "wave.manage")
    try:
        with transaction.atomic():
            portal = Portal.objects.create(name=name, issuer=issuer, audience=audience)
    except IntegrityError as error:
        raise PortalExists from error
    _set_waves(portal, waves, "portal.registered", by=by, now=now)
    return portal


@transaction.atomic
def set_portal_waves(*, portal: Portal, waves: Iterable[Wave], by: User, now: datetime) -> None:
    """Which waves the portal's people may enter. Who is in already stays in."""
    permissions.check(by, "wave.manage")
    _set_waves(portal, waves, "portal.waves", by=by, now=now)


def _set_waves(portal: Portal, waves: Iterable[Wave], action: str, *, by: User, now: datetime) -> None:
    chosen = list(waves)
    portal.waves.set(chosen)
    audit.record(action, by=by, now=now, target=portal, waves=sorted(str(wave.pk) for wave in chosen))


@transaction.atomic
def add_portal_key(*, portal: Portal, kid: str, public_key: str, by: User, now: datetime) -> PortalKey:
    """Keys overlap while a portal changes from one to the next; the old one is then retired."""
    permissions.check(by, "wave.manage")
    read = read_public_key(public_key)
    try:
        with transaction.atomic():
            key = PortalKey.objects.create(portal=portal, kid=kid, public_key=read)
    except IntegrityError as error:
        raise PortalKeyExists from error
    audit.record("portal.key_added", by=by, now=now, target=portal, kid=kid)
    return key


@transaction.atomic
def retire_portal_key(*, key: PortalKey, by: User, now: datetime) -> None:
    """From this moment the key lets nobody in. It cannot be taken up again."""
    permissions.check(by, "wave.manage")
    if PortalKey.objects.filter(pk=key.pk, retired=False).update(retired=True):
        audit.record("portal.key_retired", by=by, now=now, target=key.portal, kid=key.kid)


def read_public_key(text: str) -> bytes:
    """The 32 bytes of an Ed25519 key, from PEM or from the x of a JSON Web Key."""
    typed = text.strip()
    try:
        if typed.startswith("-----BEGIN"):
            loaded = load_pem_public_key(typed.encode("ascii"))
            if not isinstance(loaded, Ed25519PublicKey):
                raise NotAnEd25519Key
            return loaded.public_bytes_raw()
        raw = base64.b64decode(typed.rstrip("=") + "=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise NotAnEd25519Key from error
    if len(raw) != KEY_BYTES:
        raise NotAnEd25519Key
    return raw
