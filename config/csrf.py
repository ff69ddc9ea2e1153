"""Cross-site request forgery protection that goes together with `Referrer-Policy: no-referrer`.

Under that policy browsers send `Origin: null` and no Referer with the forms of our own pages, and Django's middleware
would refuse every one of them.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

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
