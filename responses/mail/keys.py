"""The mail key: one pair of the installation, whose private half is a file of the mail worker and never a row."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from responses.keys import private_key_in
from responses.mail.models import MailKey
from responses.sealing import SEAL_BYTES, TOKEN_BYTES, Stored, public_half

SEALED_BYTES = TOKEN_BYTES + SEAL_BYTES


class MailKeyUnusable(Exception):
    """Why this worker cannot write links."""


class NoMailKey(Exception):
    def __init__(self) -> None:
        super().__init__(_("There is no mail key yet. Ask for one; the mail worker makes it."))


def path() -> Path:
    if not settings.ENQUIRY_MAIL_KEY_DIR:
        raise MailKeyUnusable(
            _(
                "This process has no folder of the mail key. Set ENQUIRY_MAIL_KEY_DIR for the mail worker alone."
            )
        )
    return Path(settings.ENQUIRY_MAIL_KEY_DIR) / "mail.key"


def private_key() -> bytes:
    """The private half that fits the public one, or a refusal that says what is wrong."""
    try:
        private = private_key_in(path())
    except FileNotFoundError as error:
        raise MailKeyUnusable(_("The mail key is not in this worker's folder.")) from error
    if public_half(private) != public_key():
        raise MailKeyUnusable(
            _("The mail key in the worker's folder is not the one that links are sealed with.")
        )
    return private


def has_key() -> bool:
    return MailKey.objects.exists()


def public_key() -> bytes:
    found = MailKey.objects.first()
    if found is None:
        raise NoMailKey
    return bytes(found.public_key)


def seal_token(token: bytes, public: bytes) -> bytes:
    """Always of one length, as every token is."""
    return bytes(SealedBox(PublicKey(public)).encrypt(token))


def open_token(sealed: Stored, private: bytes) -> bytes | None:
    """The token, or None when this is not what `seal_token` wrote."""
    try:
        token = bytes(SealedBox(PrivateKey(private)).decrypt(bytes(sealed)))
    except (CryptoError, ValueError, TypeError):
        return None
    return token if len(token) == TOKEN_BYTES else None
