"""The language that somebody reads the pages in: the choice, kept in a cookie, and the other languages on offer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.csrf import OWN_SITES

FIRST_PAGE = "/"
LONGEST_ADDRESS = 2000


@csrf_exempt
@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page.

    The form carries no token: a token comes with a cookie of its own, and the public pages, which are kept in shared
    caches, must give everybody the same bytes. The browser's own word that the form is ours takes its place; where
    it is missing, the worst that another site can do is to change the language.
    """
    response = HttpResponseRedirect(own_address(request.POST.get("next", "")), status=303)
    tag = request.POST.get("language", "")
    if tag in dict(settings.LANGUAGES) and request.headers.get("Sec-Fetch-Site") in OWN_SITES:
        remember(response, tag)
    return response


def remember(response: HttpResponse, tag: str) -> None:
    """Set the cookie of the chosen language, which must be one that the site knows."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        tag,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path="/",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def own_address(named: str) -> str:
    """The address when it is a path of this site, and the first page instead of anything else."""
    is_path = (
        named.startswith("/")
        and not named.startswith("//")
        and "\\" not in named
        and named.isprintable()
        and len(named) <= LONGEST_ADDRESS
    )
    return named if is_path and url_has_allowed_host_and_scheme(named, allowed_hosts=None) else FIRST_PAGE


def languages(request: HttpRequest) -> dict[str, Any]:
    """For every page: the other languages of the interface, and where a choice of one leads back to.

    A view may put its own `switch_to` or `switch_next` in their place. A page that answers a form has no address
    to come back to and offers no choice unless its view names one.
    """
    current = get_language()
    return {
        "switch_to": [(tag, name) for tag, name in settings.LANGUAGES if tag != current],
        "switch_next": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
    }
