"""The page that says what is stored: made of the classified columns and the settings of the wave."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.columns import About
from responses.access import NoInvitation, visit_by
from responses.days import Days, days_of, waves_with_a_key
from responses.entry import session_key_in
from responses.stored import ABOUT_RESPONDENTS, lines_about
from responses.views.pages import respondent_page
from surveys.models import Wave


@respondent_page
@require_safe
def what_we_store(request: HttpRequest) -> HttpResponse:
    """With the days of the survey that is open in this browser; without one, in general and by survey."""
    wave = wave_here(request)
    days = days_of(wave) if wave else None
    context = {
        "days": days,
        "synthetic": bool(wave and wave.synthetic),
        "tables": [table_of(about, title, days) for about, title in ABOUT_RESPONDENTS.items()],
        "surveys": [] if wave else [days_of(one) for one in waves_with_a_key(timezone.now())],
    }
    return render(request, "respond/what_we_store.html", context)


def wave_here(request: HttpRequest) -> Wave | None:
    try:
        return visit_by(session_key_in(request)).wave
    except NoInvitation:
        return None


def table_of(about: About, title: object, days: Days | None) -> dict[str, Any]:
    lines = [
        {
            "what": line.what,
            "why": line.why,
            "readers": [reader.words for reader in line.readers],
            "until": line.until(days),
        }
        for line in lines_about(about)
    ]
    return {"key": about.value, "title": title, "lines": lines}
