"""A portal's signed word: a JSON Web Token under one of its Ed25519 keys. What it says is checked here, and no more.

No clock and no database; whoever calls brings the keys that may have signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST_TOKEN = 4096
LONGEST_NAME = 255
LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=30)
# The one kind of signature that is taken: neither `none` nor a key that both sides would know.
ALGORITHMS = ["EdDSA"]
REQUIRED = ["iss", "aud", "exp", "iat", "jti", "sub"]


class WordRefused(Exception):
    """Forged, expired, for somebody else, or not readable: a portal's page learns none of it."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    issuer: str
    audience: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Word:
    issuer: str
    subject: str
    jti: str
    expires: datetime


def key_id(token: str) -> str:
    """Which key the token says that it was signed with."""
    if len(token) > LONGEST_TOKEN:
        raise WordRefused
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise WordRefused from error
    if not isinstance(kid, str) or not kid:
        raise WordRefused
    return kid


def read_word(token: str, keys: Iterable[SigningKey], now: datetime) -> Word:
    """What the token says, when one of the keys has signed it and it is good now. Keys share their id by chance."""
    for key in keys:
        try:
            claims = _claims(token, key)
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            continue
        return _word(claims, key, now)
    raise WordRefused


def _claims(token: str, key: SigningKey) -> dict[str, Any]:
    """The times are judged by `_word`, against the clock of the caller."""
    claims: dict[str, Any] = jwt.decode(
        token,
        key=Ed25519PublicKey.from_public_bytes(key.public_key),
        algorithms=ALGORITHMS,
        audience=key.audience,
        issuer=key.issuer,
        options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    return claims


def _word(claims: dict[str, Any], key: SigningKey, now: datetime) -> Word:
    moment = now.timestamp()
    leeway, lifetime = LEEWAY.total_seconds(), LIFETIME.total_seconds()
    expires, issued = _seconds(claims["exp"]), _seconds(claims["iat"])
    begins = _seconds(claims.get("nbf", issued))
    # Written so that a number which is none fails: no comparison with it holds.
    in_time = moment - leeway < expires <= moment + lifetime + leeway
    if not (in_time and issued <= moment + leeway and begins <= moment + leeway):
        raise WordRefused
    return Word(
        issuer=key.issuer,
        subject=_name(claims["sub"]),
        jti=_name(claims["jti"]),
        expires=datetime.fromtimestamp(expires, tz=now.tzinfo),
    )


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WordRefused
    try:
        return float(value)
    except OverflowError as error:
        raise WordRefused from error


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise WordRefused
    return value
