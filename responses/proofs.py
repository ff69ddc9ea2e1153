"""The proof in the form of the check page: which invitation sends, and under which receipt.

After sending, the cookie and the draft are gone. Whoever then loads the last page again posts the same form once
more, and the proof alone tells that it was this site that drew the receipt for that invitation.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import Aead

ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Proven:
    invitation: UUID
    receipt: str


def seal_proof(invitation: UUID, receipt: str) -> str:
    """Sealed, not only signed: a page that somebody saves must not say which invitation it was."""
    sealed = Aead(_key(settings.SECRET_KEY)).encrypt(invitation.bytes + receipt.encode("ascii"))
    return base64.urlsafe_b64encode(bytes(sealed)).decode("ascii")


def read_proof(text: str) -> Proven | None:
    try:
        opened = Aead(_key(settings.SECRET_KEY)).decrypt(base64.urlsafe_b64decode(text.encode("ascii")))
    except (CryptoError, UnicodeError, binascii.Error, ValueError, TypeError):
        return None
    return Proven(UUID(bytes=opened[:ID_BYTES]), opened[ID_BYTES:].decode("ascii"))


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=Aead.KEY_SIZE, salt=None, info=b"enquiry proof v1").derive(
        secret.encode()
    )
