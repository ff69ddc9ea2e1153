"""A form that could not be taken, locked into a text that its own page carries until it can be.

The text goes back to the browser that sent the form, into a hidden field and never into a cookie. Nobody at a shared
computer can read it from the source of the page, and nothing of it is stored here.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from responses.sealing import KEY_BYTES

KEPT_FOR = timedelta(days=3)
ROOM_BESIDE = 8 * 1024
"""What the rest of the form may take that brings the kept text back."""

_INFO = b"enquiry kept form v1"


class KeptFormUnreadable(Exception):
    """Too old, damaged on the way, or locked by another installation: the same to whoever reads it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "What this page held cannot be opened any more: it is older than three days, or it was damaged on"
                " the way."
            )
        )


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The address that the form was sent to, and all its fields as they were typed."""

    address: str
    fields: Mapping[str, list[str]]


def lock(form: KeptForm, *, now: datetime) -> str:
    """The form as a text that this installation alone can open, for three days.

    RequestDataTooBig when a form with this text in it would be larger than the server takes.
    """
    until = int((now + KEPT_FOR).timestamp())
    content = {"until": until, "address": form.address, "fields": dict(form.fields)}
    packed = zlib.compress(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    text = base64.urlsafe_b64encode(bytes(Aead(_key()).encrypt(packed, _INFO))).decode("ascii")
    if len(text) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) - ROOM_BESIDE:
        raise RequestDataTooBig("The form is too large to be kept.")
    return text


def unlock(text: str, *, now: datetime) -> KeptForm:
    try:
        packed = Aead(_key()).decrypt(base64.urlsafe_b64decode(text.encode("ascii")), _INFO)
    except (CryptoError, ValueError) as error:
        raise KeptFormUnreadable from error
    content = json.loads(zlib.decompress(packed))
    if now.timestamp() >= content["until"]:
        raise KeptFormUnreadable
    return KeptForm(address=content["address"], fields=content["fields"])


def _key() -> bytes:
    secret = settings.SECRET_KEY.encode("utf-8")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_INFO).derive(secret)
