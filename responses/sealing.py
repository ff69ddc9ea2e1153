"""Tokens, keys, receipts and sealed contents: functions on bytes, without a database and without a clock.

Everything that is sealed is padded to one size first, because the length of a sealed text alone recognises people.
`size` counts the content; the four bytes that say how long the content is come on top.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import Aead

TOKEN_BYTES = 16
KEY_BYTES = 32
RECEIPT_BYTES = 10
LENGTH_BYTES = 4
SEAL_BYTES = 48
Stored = bytes | memoryview
"""Bytes as a column gives them."""

RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class DoesNotFit(Exception):
    """The content is longer than the size that everybody's is padded to."""

    def __init__(self) -> None:
        super().__init__(_("These answers take more room than the questionnaire allows."))


class DraftUnreadable(Exception):
    def __init__(self) -> None:
        super().__init__(_("The saved answers cannot be read with this link."))


class BallotUnreadable(Exception):
    def __init__(self) -> None:
        super().__init__(_("This ballot cannot be opened with the key of its wave."))


class ReceiptUnreadable(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("A receipt has 16 letters and digits in groups of four, like ABCD-EFGH-JKMN-PQRS.")
        )


def new_token() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def token_text(token: bytes) -> str:
    """How a token stands in a link: 22 characters."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode("ascii")


def read_token(text: str) -> bytes | None:
    """The token of a link, or None; there is one way to write a token, and no other is read."""
    if not _TOKEN.fullmatch(text):
        return None
    token = base64.urlsafe_b64decode(text + "==")
    return token if token_text(token) == text else None


def session_key(token: bytes) -> bytes:
    return _derive(token, info=b"enquiry entry v1")


def token_hash(session_key: bytes) -> bytes:
    """What the database knows of a link."""
    return hashlib.sha256(session_key).digest()


def draft_key(session_key: bytes, draft_id: UUID) -> bytes:
    return _derive(session_key, salt=draft_id.bytes, info=b"enquiry draft v1")


def order_seed(session_key: bytes) -> bytes:
    return _derive(session_key, info=b"enquiry order v1")


def come_back_key(code: str, invitation_id: UUID) -> bytes:
    """The session key that a come-back code stands for: slow to compute on purpose, so done once at entry.

    The salt is the invitation's own, so that nobody can try one code against all drafts at once.
    """
    salt = hashlib.sha256(b"enquiry come-back v1" + invitation_id.bytes).digest()[: argon2id.SALTBYTES]
    slow = argon2id.kdf(
        KEY_BYTES,
        code.encode("ascii"),
        salt,
        opslimit=argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=argon2id.MEMLIMIT_INTERACTIVE,
    )
    return _derive(slow, info=b"enquiry come-back v1")


def _derive(secret: bytes, *, info: bytes, salt: bytes | None = None) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def seal_draft(payload: dict[str, Any], *, key: bytes, draft_id: UUID, size: int) -> bytes:
    return bytes(Aead(key).encrypt(pad(payload, size), draft_id.bytes))


def open_draft(sealed: Stored, *, key: bytes, draft_id: UUID, size: int) -> dict[str, Any]:
    try:
        return unpad(Aead(key).decrypt(bytes(sealed), draft_id.bytes), size)
    except (CryptoError, ValueError, TypeError) as error:
        raise DraftUnreadable from error


def new_receipt() -> str:
    """Eighty random bits that a person can write down; never derived from anything."""
    number = int.from_bytes(secrets.token_bytes(RECEIPT_BYTES))
    digits = "".join(RECEIPT_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return _in_fours(digits)


def read_receipt(text: str) -> str | None:
    """The receipt as it was shown, read tolerantly: case, spaces and dashes, O for 0, I and L for 1."""
    digits = plain_digits(text)
    readable = len(digits) == 16 and all(digit in RECEIPT_ALPHABET for digit in digits)
    return _in_fours(digits) if readable else None


def plain_digits(text: str) -> str:
    """What was typed without spaces and dashes, in capitals, and without letters that are taken for figures."""
    return _BETWEEN.sub("", text).upper().translate(_MISREAD)


def receipt_hash(receipt: str) -> bytes:
    read = read_receipt(receipt)
    if read is None:
        raise ReceiptUnreadable
    return hashlib.sha256(read.encode("ascii")).digest()


def _in_fours(digits: str) -> str:
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def generate_key_pair() -> tuple[bytes, bytes]:
    """(private, public) half of a wave's pair."""
    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def public_half(private_key: bytes) -> bytes:
    return bytes(PrivateKey(private_key).public_key)


def seal_ballot(payload: dict[str, Any], *, public_key: Stored, size: int) -> bytes:
    return bytes(SealedBox(PublicKey(bytes(public_key))).encrypt(pad(payload, size)))


def open_ballot(sealed: Stored, *, private_key: bytes, size: int) -> dict[str, Any]:
    try:
        return unpad(SealedBox(PrivateKey(private_key)).decrypt(bytes(sealed)), size)
    except (CryptoError, ValueError, TypeError, RecursionError) as error:
        raise BallotUnreadable from error


def sealed_ballot_length(size: int) -> int:
    return size + LENGTH_BYTES + SEAL_BYTES


def pad(payload: dict[str, Any], size: int) -> bytes:
    """Compact UTF-8 JSON, its length in front, zeros behind: always `size` + 4 bytes."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    if len(content) > size:
        raise DoesNotFit
    return len(content).to_bytes(LENGTH_BYTES) + content.ljust(size, b"\0")


def unpad(padded: bytes, size: int) -> dict[str, Any]:
    """The payload again; anything that `pad` would not have written raises ValueError or TypeError."""
    length = int.from_bytes(padded[:LENGTH_BYTES])
    content, rest = padded[LENGTH_BYTES:][:length], padded[LENGTH_BYTES:][length:]
    if len(padded) != size + LENGTH_BYTES or len(content) != length or rest != bytes(len(rest)):
        raise ValueError("not padded to the size of this questionnaire")
    payload = json.loads(content.decode("utf-8"))
    if not isinstance(payload, dict):
        raise TypeError("not a mapping")
    return payload
