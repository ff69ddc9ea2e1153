"""Links by which people from outside reach one page: named readers and experts. Each is told once and ends."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

TOKEN_BYTES = 24
LONGEST = timedelta(days=60)


class BadEnd(Exception):
    def __init__(self) -> None:
        super().__init__(_("A link ends after now and within %(days)s days.") % {"days": LONGEST.days})


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> bytes:
    """What is stored of a link."""
    return hashlib.sha256(token.encode()).digest()


def check_end(expires_at: datetime, now: datetime) -> None:
    if not now < expires_at <= now + LONGEST:
        raise BadEnd
