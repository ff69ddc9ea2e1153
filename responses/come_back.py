"""The come-back code on its way through the consent page, and as a small text file for keeping.

It is drawn when the consent page is shown and travels in the form, locked under the site's secret, so that pressing
Continue twice begins with one and the same code. Nothing of it is stored.
"""

from __future__ import annotations

import base64
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from responses.codes import new_code
from responses.sealing import KEY_BYTES

FIELD = "comeback"
FILE_NAME = "come-back-code.txt"
_INFO = b"enquiry come-back form v1"


def drawn_for(invitation_id: UUID) -> str:
    """A new code, locked into a text for the form of this invitation's consent page."""
    locked = Aead(_key()).encrypt(invitation_id.bytes + new_code().encode("ascii"), _INFO)
    return base64.urlsafe_b64encode(bytes(locked)).decode("ascii")


def read_drawn(text: str) -> tuple[UUID, str] | None:
    """(invitation, code) of such a text, or None when this site did not make it."""
    try:
        content = Aead(_key()).decrypt(base64.urlsafe_b64decode(text.encode("ascii")), _INFO)
    except (CryptoError, ValueError):
        return None
    return UUID(bytes=content[:16]), content[16:].decode("ascii")


def come_back_text(*, code: str, survey: str, until: str, way: str) -> str:
    lines = (
        _("Come-back code: %(code)s") % {"code": code},
        _("Survey: %(survey)s") % {"survey": survey},
        _("With this code you can go on until %(until)s.") % {"until": until},
        way,
        _("Nobody can find the code out for you, and it does not say who you are."),
    )
    return "\r\n".join(lines) + "\r\n"


def _key() -> bytes:
    secret = settings.SECRET_KEY.encode("utf-8")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_INFO).derive(secret)
