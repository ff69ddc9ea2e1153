"""Is this invitation genuine? What to compare an e-mail with, and a letter for whoever has to allow an answer."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from responses.actions.forward import sender
from responses.announcements import announced_waves, announcement, asked
from responses.views.pages import respondent_page

TOKEN_CHARACTERS = 22


@respondent_page
@require_safe
def genuine(request: HttpRequest) -> HttpResponse:
    """The waves that take answers or soon will, each with what a genuine invitation to it looks like."""
    now = timezone.now()
    found = [announcement(wave, get_language() or "", now) for wave in announced_waves(now)]
    context = {
        "announcements": found,
        "synthetic": any(one.synthetic for one in found),
        "host": request.get_host(),
        "link_start": request.build_absolute_uri("/i/"),
        "characters": TOKEN_CHARACTERS,
        "own_sender": sender() if settings.MAIL_IS_SET_UP else "",
    }
    return render(request, "respond/genuine.html", context)


@respondent_page
@require_safe
def letter(request: HttpRequest, wave_id: UUID) -> HttpResponse:
    """A page to print for an agency or its legal department. Waves that are not announced have none."""
    now = timezone.now()
    wave = next((wave for wave in announced_waves(now) if wave.pk == wave_id), None)
    if wave is None:
        raise Http404
    found = announcement(wave, get_language() or "", now)
    context = {
        "announcement": found,
        "asked": asked(wave, found.language),
        "synthetic": wave.synthetic,
        "store": request.build_absolute_uri(reverse("responses:what_we_store")),
        "genuine": request.build_absolute_uri(reverse("responses:genuine")),
    }
    return render(request, "respond/letter.html", context)
