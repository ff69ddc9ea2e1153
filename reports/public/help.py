"""Who can be called, by country: on a page that every page of a report leads to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from babel import Locale
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language, to_locale
from django.views.decorators.http import require_safe

FILE = Path(__file__).parent / "helplines.yaml"
EVERYWHERE = "*"
A_FEW_MINUTES = 300


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    call: str
    site: str

    @property
    def dial(self) -> str:
        """For a telephone to dial."""
        return "".join(sign for sign in self.call if sign.isdigit())


@cache
def services() -> dict[str, tuple[Service, ...]]:
    """Country (ISO 3166-1 alpha-2), or `*`, -> its services."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {country: tuple(Service(**one) for one in found) for country, found in read.items()}


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    territories = _territories()
    by_country = sorted(
        (territories.get(country, country), found)
        for country, found in services().items()
        if country != EVERYWHERE
    )
    context = {"by_country": by_country, "everywhere": services()[EVERYWHERE]}
    response = render(request, "public/help.html", context)
    patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
    patch_vary_headers(response, ["Cookie"])
    return response


def _territories() -> dict[str, str]:
    """Names of countries in the reader's language."""
    locale = Locale.parse(to_locale((get_language() or "en").partition("-x")[0]))
    return {str(code): str(name) for code, name in locale.territories.items()}
