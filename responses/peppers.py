"""Keyed hashes of what people bring to the doors. Their key comes from the site's secret and is not in the database.

So a thief of the database can neither try codes out nor find out which subject of a portal an invitation belongs to.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from responses.sealing import KEY_BYTES, TOKEN_BYTES


def entry_of_code(code: str) -> bytes:
    """The token that an access code leads to, as a personal link carries one."""
    return _keyed("code", code)[:TOKEN_BYTES]


def entry_of_subject(*, issuer: str, wave_id: UUID, subject: str) -> bytes:
    """The same for a portal's subject, bound to the portal and to the wave: another wave knows them not."""
    return _keyed("subject", issuer, str(wave_id), subject)[:TOKEN_BYTES]


def spent_hash(*, issuer: str, jti: str) -> bytes:
    return _keyed("spent", issuer, jti)


def queue_of(address_range: str) -> int:
    """The number of the queue in which the attempts from one range wait for each other; stored nowhere."""
    return int.from_bytes(_keyed("queue", address_range)[:8], signed=True)


def _keyed(purpose: str, *parts: str) -> bytes:
    """Each part stands behind its length, so that no two lists of parts read alike."""
    message = b"".join(len(part).to_bytes(4) + part for part in map(_bytes, (purpose, *parts)))
    return hmac.new(_pepper(), message, hashlib.sha256).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _pepper() -> bytes:
    secret = settings.SECRET_KEY.encode("utf-8")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"enquiry pepper v1").derive(secret)
