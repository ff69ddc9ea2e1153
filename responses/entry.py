"""The door by personal link: the token leaves the address at once, and a cookie carries the key derived from it."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from responses.sealing import KEY_BYTES, read_token

HOURS_OPEN = 24
PLAIN_COOKIE = "enquiry_answer"
HOST_COOKIE = "__Host-enquiry_answer"

_TOKEN_OF_LINK = re.compile(r"(?:/i/|^\W*)([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")


def cookie_name() -> str:
    """Over HTTPS the name itself makes browsers refuse the cookie from any other host."""
    return HOST_COOKIE if settings.SESSION_COOKIE_SECURE else PLAIN_COOKIE


def hand_over(response: HttpResponse, session_key: bytes) -> None:
    response.set_cookie(
        cookie_name(),
        _as_text(session_key),
        max_age=HOURS_OPEN * 60 * 60,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def bring(request: HttpRequest, session_key: bytes) -> None:
    """Go on with a request as if its browser had brought the cookie."""
    request.COOKIES[cookie_name()] = _as_text(session_key)


def take_back(response: HttpResponse) -> None:
    response.delete_cookie(cookie_name(), path="/", samesite="Lax")


def is_taken_back(response: HttpResponse) -> bool:
    return cookie_name() in response.cookies


def session_key_in(request: HttpRequest) -> bytes | None:
    try:
        key = base64.urlsafe_b64decode(request.COOKIES.get(cookie_name(), "").encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def token_in(text: str) -> bytes | None:
    """The token of a personal link that somebody typed or pasted: all of the link, or only its last 22 characters.

    Mail programs break long lines and wrap links into links of their own, and some texts carry marks that nobody
    sees; none of that is the fault of whoever pastes it.
    """
    shown = "".join(c for c in unquote(text) if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})
    for candidate in (shown, "".join(shown.split())):
        found = _TOKEN_OF_LINK.search(candidate)
        if found and (token := read_token(found[1])):
            return token
    return None


def _as_text(session_key: bytes) -> str:
    return base64.urlsafe_b64encode(session_key).decode("ascii")
