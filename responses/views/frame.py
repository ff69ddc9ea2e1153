"""Pages in the frame of a respondent: the survey's name, the other languages, support at the foot."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from responses.access import NoInvitation, Visit, visit_of
from responses.texts import Texts


def respondent_render(
    request: HttpRequest,
    template: str,
    visit: Visit,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    own = {"door": visit.invitation.door, **(context or {})}
    return render(request, template, Texts(visit).frame | own, status=status)


def frame_if_known(request: HttpRequest) -> dict[str, Any]:
    """The frame of the survey that this browser has open, and nothing when it has none."""
    try:
        return Texts(visit_of(request)).frame
    except NoInvitation:
        return {}
