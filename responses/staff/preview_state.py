"""What a preview knows, carried by its own form: encrypted, and readable only for whom and for what it was made."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from responses.drafts import Content
from responses.sealing import KEY_BYTES

LARGEST = 96 * 1024
"""Bytes of a state before it is sealed. With a page of answers beside it, it stays below what a request may hold."""


class PreviewLost(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This preview cannot be gone on with: the questionnaire has been loaded anew since, or the page is "
                "of somebody else's preview. Nothing was stored; begin it again."
            )
        )


@dataclass(frozen=True)
class State:
    """`place`: which page was shown; `seed`: of the order of answers, as a link would have it."""

    place: str
    language: str
    content: Content = field(default_factory=Content)
    seed: bytes = b""

    @classmethod
    def fresh(cls, language: str) -> State:
        return cls(place="begin", language=language, seed=new_seed())


def new_seed() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def sealed(state: State, owner: str) -> str:
    """`owner` names the member of staff, the questionnaire and its version; it is bound and not carried."""
    written = _written(state)
    if len(written) > LARGEST:
        # Only what was refused can be so long. In a preview it may go.
        written = _written(replace(state, content=replace(state.content, refused={})))
    return base64.urlsafe_b64encode(Aead(_key()).encrypt(written, owner.encode())).decode("ascii")


def unsealed(text: str, owner: str) -> State:
    try:
        written = Aead(_key()).decrypt(base64.urlsafe_b64decode(text.encode("ascii")), owner.encode())
    except (CryptoError, ValueError, binascii.Error, TypeError) as error:
        raise PreviewLost from error
    return _read(json.loads(written))


def _written(state: State) -> bytes:
    data = {
        "place": state.place,
        "language": state.language,
        "content": state.content.to_json(),
        "seed": state.seed.hex(),
    }
    return json.dumps(data, separators=(",", ":")).encode()


def _read(data: dict[str, Any]) -> State:
    return State(
        data["place"], data["language"], Content.from_json(data["content"]), bytes.fromhex(data["seed"])
    )


def _key() -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"enquiry preview v1")
    return derivation.derive(settings.SECRET_KEY.encode())
