"""Cross-site request forgery protection that goes together with `Referrer-Policy: no-referrer`.

Under that policy browsers send `Origin: null` and no Referer with the forms of our own pages, and Django's middleware
would refuse every one of them.
"""

from __future__ import annotations

import secrets
from string import ascii_letters, digits

from django.http import HttpRequest
from django.middleware.csrf import CSRF_SECRET_LENGTH, CsrfViewMiddleware, get_token

# None stands for browsers from before 2020, which do not send the header; the token alone protects them.
OWN_SITES = ("same-origin", None)


class CsrfWithoutReferrer(CsrfViewMiddleware):
    """Takes the browser's own word that the request comes from this site; the token is checked as ever.

    `Sec-Fetch-Site` cannot be set by a page. Where it is missing, the cookie's `__Host-` name keeps other hosts
    of the domain from planting a token.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") == "null":
            return request.META.get("HTTP_SEC_FETCH_SITE") in OWN_SITES
        return bool(super()._origin_verified(request))  # type: ignore[misc]

    def _check_referer(self, request: HttpRequest) -> None:
        if request.META.get("HTTP_REFERER") or request.META.get("HTTP_SEC_FETCH_SITE") not in OWN_SITES:
            super()._check_referer(request)  # type: ignore[misc]


def page_token(request: HttpRequest) -> str:
    """Django's token for the form of a page, masked anew for each page as Django does it, at a tenth of the cost.

    Where the browser has brought no secret yet, Django draws one.
    """
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)
    # As in Django, so that the cookie begins its time anew.
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    return masked(secret, _random_places())


LETTERS = (ascii_letters + digits).encode()
"""What Django writes secrets and tokens with, in its order."""
_PLACES = bytes.maketrans(LETTERS, bytes(range(len(LETTERS))))
_TOO_HIGH = bytes(range(4 * len(LETTERS), 256))
_EVENLY = bytes(byte % len(LETTERS) for byte in range(256))


def masked(secret: str, mask: bytes) -> str:
    """The mask, then the secret moved along by it: what Django's check takes back. `mask`: places in LETTERS."""
    moved = [place + along for place, along in zip(secret.encode().translate(_PLACES), mask, strict=True)]
    return bytes([LETTERS[place % len(LETTERS)] for place in (*mask, *moved)]).decode()


def _random_places() -> bytes:
    """As many as a secret has letters, each place as likely as any other: bytes that would tip it are left out."""
    found = b""
    while len(found) < CSRF_SECRET_LENGTH:
        found += secrets.token_bytes(2 * CSRF_SECRET_LENGTH).translate(_EVENLY, _TOO_HIGH)
    return found[:CSRF_SECRET_LENGTH]
