"""The address by which somebody leaves the list: a token of its own, which opens no questionnaire.

It is the invitation's key with a keyed fingerprint of key and address. So an invitation that was handed on is not
taken off the list by the address that it came from, and after the addresses are forgotten it leads nowhere.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from responses.access import NoInvitation
from responses.models import Invitation
from responses.sealing import KEY_BYTES

MAC_BYTES = 16
TEXT_LENGTH = 43
_INFO = b"enquiry leaving the list v1"


def leaving_text(invitation_id: UUID, email: str) -> str:
    return base64.urlsafe_b64encode(invitation_id.bytes + _mac(invitation_id, email)).rstrip(b"=").decode()


def invitation_leaving(text: str) -> Invitation:
    """The invitation that the text belongs to; one refusal for every text that belongs to none."""
    if len(text) != TEXT_LENGTH:
        raise NoInvitation
    try:
        read = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoInvitation from error
    known = Invitation.objects.select_related("wave__questionnaire", "wave__edition")
    found = known.filter(pk=UUID(bytes=read[:16])).exclude(email="").first()
    if found is None or not hmac.compare_digest(read[16:], _mac(found.pk, found.email)):
        raise NoInvitation
    return found


def _mac(invitation_id: UUID, email: str) -> bytes:
    return hmac.digest(_key(), invitation_id.bytes + email.encode(), sha256)[:MAC_BYTES]


def _key() -> bytes:
    secret = settings.SECRET_KEY.encode("utf-8")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_INFO).derive(secret)
