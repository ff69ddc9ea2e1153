"""Where a log-in comes from: its range of addresses, and whether this browser has logged in to the account before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from config.client_address import range_of

SALT = "enquiry known browser"
DAYS_KNOWN = 90


@dataclass(frozen=True, slots=True)
class Visitor:
    range: str
    """The network that the request comes from, or `unknown`."""
    account: int | None = None
    """Whose log-in this browser is known for."""
    browser: str = ""


def visitor_of(request: HttpRequest) -> Visitor:
    known = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        account, browser = signing.loads(known, salt=SALT, max_age=DAYS_KNOWN * 24 * 60 * 60)
    except (signing.BadSignature, ValueError, TypeError):
        return Visitor(range_of(request))
    return Visitor(range_of(request), account, browser)


def remember_browser(response: HttpResponse, account: int) -> None:
    """Set a cookie that opens nothing: it only keeps strangers' failures from slowing this browser down."""
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps([account, secrets.token_urlsafe(16)], salt=SALT),
        max_age=DAYS_KNOWN * 24 * 60 * 60,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
