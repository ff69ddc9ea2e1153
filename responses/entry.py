"""The door by personal link: the token leaves the address at once, and a cookie carries the key derived from it."""

from __future__ import annotations

import base64
import binascii

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from responses.sealing import KEY_BYTES

HOURS_OPEN = 24
PLAIN_COOKIE = "enquiry_answer"
HOST_COOKIE = "__Host-enquiry_answer"


def cookie_name() -> str:
    """Over HTTPS the name itself makes browsers refuse the cookie from any other host."""
    return HOST_COOKIE if settings.SESSION_COOKIE_SECURE else PLAIN_COOKIE


def hand_over(response: HttpResponse, session_key: bytes) -> None:
    response.set_cookie(
        cookie_name(),
        base64.urlsafe_b64encode(session_key).decode("ascii"),
        max_age=HOURS_OPEN * 60 * 60,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take_back(response: HttpResponse) -> None:
    response.delete_cookie(cookie_name(), path="/", samesite="Lax")


def session_key_in(request: HttpRequest) -> bytes | None:
    try:
        key = base64.urlsafe_b64decode(request.COOKIES.get(cookie_name(), "").encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None
