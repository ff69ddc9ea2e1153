"""Texts that a wave gives its questionnaire, in each of its languages: bracketed places, and the announcement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.pages import StaffRequest, form_page, posted
from accounts.permissions import require
from surveys.access import get_wave_or_404
from surveys.actions import waves
from surveys.actions.languages import language_name
from surveys.actions.printing import request_print
from surveys.models import Wave
from surveys.places import dates_of, free_places, own_texts_of, texts_of
from surveys.queries import languages_of
from surveys.staff.context import from_wave
from surveys.staff.forms import AnnouncementForm, PlacesForm, Source
from surveys.translating import own_name

REFUSALS = (waves.PlaceUnknown, waves.PlaceEmptied)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def places(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    language = language_asked(request, found)
    filled, source = own_texts_of(found, language), source_of(found, language)
    form = PlacesForm(free_places(found), filled, posted(request), source=source)
    title = _("Places in the texts of %(wave)s") % {"wave": found}
    context = {**particulars(found, language, title), "system_places": dates_of(found, language)}
    return saved(request, found, language, form) or form_page(request, "staff/places.html", context, form)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def announcement(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    language = language_asked(request, found)
    filled, source = own_texts_of(found, language), source_of(found, language)
    form = AnnouncementForm(filled, posted(request), source=source)
    context = particulars(found, language, _("What an invitation to %(wave)s looks like") % {"wave": found})
    return saved(request, found, language, form) or form_page(
        request, "staff/announcement.html", context, form
    )


def saved(
    request: StaffRequest, found: Wave, language: str, form: PlacesForm | AnnouncementForm
) -> HttpResponse | None:
    """Where a form that could be taken leads to; None of one that could not, or was not sent."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        waves.set_places(
            wave=found, places=form.texts(), language=language, by=request.user, now=timezone.now()
        )
    except REFUSALS as refusal:
        form.add_error(None, str(refusal))
        return None
    request_print(found)
    messages.success(
        request, _("The texts in %(language)s were saved.") % {"language": language_name(language)}
    )
    return redirect("waves:wave", found.pk)


def language_asked(request: StaffRequest, found: Wave) -> str:
    """The language of the form: one that the questionnaire has texts in, its own unless another is named."""
    sent = request.POST if request.method == "POST" else request.GET
    language = sent.get("language", found.questionnaire.language)
    if language not in languages_of(found.questionnaire):
        raise Http404
    return str(language)


def source_of(found: Wave, language: str) -> Source | None:
    own = found.questionnaire.language
    return None if language == own else Source(own, texts_of(found, own))


def particulars(found: Wave, language: str, title: str) -> dict[str, Any]:
    spoken = languages_of(found.questionnaire)
    return {
        **from_wave(found),
        "title": title,
        "button": _("Save"),
        "language": language,
        "language_name": language_name(language),
        "is_translation": language != found.questionnaire.language,
        "languages": [(tag, own_name(tag)) for tag in spoken] if len(spoken) > 1 else [],
    }
