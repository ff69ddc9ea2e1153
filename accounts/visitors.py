"""Where a log-in comes from: its range of addresses, and whether this browser has logged in to the account before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "enquiry known browser"
DAYS_KNOWN = 90
UNKNOWN = "unknown"
PREFIX = {4: 24, 6: 48}


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


def range_of(request: HttpRequest) -> str:
    """The network of the client: /24, or /48 with IPv6, where one person has all the addresses of a network.

    The last of the site's own proxies has written the address it saw at the end of the header; what stands further to
    the left was written by whoever liked to.
    """
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    address = named[-proxies] if 0 < proxies <= len(named) else request.META.get("REMOTE_ADDR", "")
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, PREFIX[found.version]), strict=False))
