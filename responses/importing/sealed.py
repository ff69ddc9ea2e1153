"""A file and its mapping under a key of their own, for the way from a page to the worker."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.secret import Aead

LENGTH_BYTES = 4
_ABOUT = b"enquiry import file v1 "


class FileNotOpened(Exception):
    """The key is not the one of this file, or either was damaged."""


@dataclass(frozen=True, slots=True)
class Upload:
    mapping: str
    data: bytes


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(Aead.KEY_SIZE)).decode("ascii")


def seal(upload: Upload, key: str, name: str) -> bytes:
    """`name`: of the row that it is kept in; in another one it cannot be opened."""
    mapping = upload.mapping.encode("utf-8", "replace")
    content = len(mapping).to_bytes(LENGTH_BYTES, "big") + mapping + upload.data
    return bytes(Aead(base64.urlsafe_b64decode(key)).encrypt(content, _ABOUT + name.encode()))


def unseal(sealed: bytes, key: str, name: str) -> Upload:
    try:
        content = Aead(base64.urlsafe_b64decode(key)).decrypt(sealed, _ABOUT + name.encode())
    except (CryptoError, ValueError, TypeError) as error:
        raise FileNotOpened from error
    start = LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "big")
    return Upload(content[LENGTH_BYTES:start].decode("utf-8"), content[start:])
