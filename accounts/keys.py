"""Keys of the staff part, derived from the site's secret: none of them is in the database."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import Aead

SECOND_FACTOR, RECOVERY_CODE, FAILED_LOG_IN = (
    b"enquiry second factor v1",
    b"enquiry recovery code v1",
    b"enquiry failed log-in v1",
)


class SealBroken(Exception):
    """What was sealed cannot be read: it was sealed for somebody else, under another secret, or was changed."""


def seal(content: bytes, purpose: bytes, *, bound_to: str) -> bytes:
    return bytes(Aead(_key(purpose)).encrypt(content, bound_to.encode()))


def unseal(sealed: bytes, purpose: bytes, *, bound_to: str) -> bytes:
    try:
        return Aead(_key(purpose)).decrypt(sealed, bound_to.encode())
    except (CryptoError, ValueError) as error:
        raise SealBroken from error


def keyed_hash(text: str, purpose: bytes) -> str:
    return hmac.new(_key(purpose), text.encode(), hashlib.sha256).hexdigest()


def _key(purpose: bytes) -> bytes:
    secret = settings.SECRET_KEY.encode()
    return HKDF(algorithm=SHA256(), length=Aead.KEY_SIZE, salt=None, info=purpose).derive(secret)
