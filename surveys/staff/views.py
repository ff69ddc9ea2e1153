from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from accounts.templatetags.staff import at
from surveys import custody
from surveys.access import get_wave_or_404
from surveys.actions import waves
from surveys.actions.editions import EditionExists, create_edition
from surveys.actions.printing import request_print
from surveys.models import Door, Wave
from surveys.places import announcement_of, free_places, texts_of
from surveys.staff.context import CONFIRM, FORM, from_dashboard, from_wave
from surveys.staff.forms import ANNOUNCEMENT, EditionForm, WaveForm
from surveys.staff.languages import lines_of, warnings_of
from surveys.staff.stages import stage

REFUSALS = (
    waves.WaveExists,
    waves.WaveTimesReversed,
    waves.BatchTooSmall,
    waves.SyntheticOnProduction,
    waves.WaveReleased,
    waves.WaveNotRunning,
)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def new_edition(request: StaffRequest) -> HttpResponse:
    form = EditionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            edition = create_edition(**form.cleaned_data, by=request.user, now=timezone.now())
        except EditionExists as refusal:
            form.add_error("year", str(refusal))
        else:
            messages.success(request, _("The edition %(year)s was made.") % {"year": edition.year})
            return redirect("staff:dashboard")
    return form_page(
        request, FORM, {**from_dashboard(), "title": _("New edition"), "button": _("Make the edition")}, form
    )


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def new_wave(request: StaffRequest) -> HttpResponse:
    form = WaveForm(posted(request), production=in_production())
    if request.method == "POST" and form.is_valid():
        try:
            made = waves.create_wave(**form.cleaned_data, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The wave was made. Nobody can answer before it is opened."))
            return redirect("waves:wave", made.pk)
    return form_page(
        request, FORM, {**from_dashboard(), "title": _("New wave"), "button": _("Make the wave")}, form
    )


@require("wave.view")
@require_safe
def wave(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    now = timezone.now()
    context = {
        "title": str(found),
        "here": "dashboard",
        "wave": found,
        "synthetic": found.synthetic,
        "stage": stage(found, now),
        "places": filled_places(found),
        "announcement": announced(found),
        "languages": lines_of(found),
        "warnings": warnings_of(found),
        "has_key": waves.has_key(found),
        "doors": [str(door.label) for door in Door if door in found.doors],
        "key_warning": custody.lacks_copy(found),
        "missing": waves.missing_for_opening(found, now) if found.status == Wave.Status.DRAFT else (),
        "is_imported": found.origin == Wave.Origin.IMPORTED,
        "is_draft": found.status == Wave.Status.DRAFT,
        "can_close": found.status == Wave.Status.OPEN and now < found.closes_at,
    }
    return show(request, "staff/wave.html", context)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    form = WaveForm(posted(request), initial=WaveForm.initial_of(found), production=in_production())
    context = {**from_wave(found), "title": _("Change %(wave)s") % {"wave": found}, "button": _("Save")}
    if request.method == "POST" and form.is_valid():
        try:
            waves.change_wave(wave=found, **form.cleaned_data, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The wave was saved."))
            return redirect("waves:wave", found.pk)
    return form_page(request, FORM, context, form)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def open_(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    now = timezone.now()
    context = {
        **from_wave(found),
        "wave": found,
        "key_warning": custody.lacks_copy(found),
        "title": _("Open %(wave)s") % {"wave": found},
        "button": _("Open the wave"),
        "consequences": [
            _(
                "From now on the questionnaire cannot be changed in this version, nor the wave's times and batch."
            ),
            _("People with a link can answer from %(opens)s until %(closes)s.")
            % {"opens": at(found.opens_at, found.time_zone), "closes": at(found.closes_at, found.time_zone)},
            _(
                "From now on answers are sealed to the wave's key. If the worker's file and one part of its copy are"
                " lost, the answers in the box are lost with them, and the people would have to answer again."
            ),
            _("The key and its copy have to be destroyed by %(day)s; respondents read that day.")
            % {"day": custody.end_day(found)},
        ],
    }
    if request.method == "POST":
        try:
            waves.open_wave(wave=found, by=request.user, now=now)
        except waves.WaveNotReady as refusal:
            return refuse(request, CONFIRM, context, refusal.problems)
        request_print(found)
        messages.success(request, _("The wave is open between its times."))
        return redirect("waves:wave", found.pk)
    return show(request, CONFIRM, {**context, "missing": waves.missing_for_opening(found, now)})


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    context = {
        **from_wave(found),
        "title": _("Close %(wave)s now") % {"wave": found},
        "button": _("Close it now"),
        "button_class": "button-danger",
        "consequences": [
            _(
                "Nobody can begin after that, and it cannot be opened again. It would otherwise close on %(closes)s."
            )
            % {"closes": at(found.closes_at, found.time_zone)},
            _("Who has begun can still send for %(minutes)s minutes; then the night empties the box.")
            % {"minutes": found.grace_minutes},
        ],
    }
    if request.method == "POST":
        try:
            waves.close_wave_now(wave=found, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            return refuse(request, CONFIRM, context, [refusal])
        messages.success(request, _("The wave is closed."))
        return redirect("waves:wave", found.pk)
    return show(request, CONFIRM, context)


def filled_places(found: Wave) -> list[tuple[str, str]]:
    """Each place that the wave fills, with its text or nothing."""
    texts = texts_of(found, found.questionnaire.language)
    return [(place, texts.get(place, "")) for place in free_places(found)]


def in_production() -> bool:
    return str(settings.ENQUIRY_ENV) == "production"


def announced(found: Wave) -> list[tuple[object, str]]:
    """What is said of the invitation in the language of the questionnaire, under the words of its form."""
    texts = announcement_of(found, found.questionnaire.language)
    return [(ANNOUNCEMENT[place]().label, text) for place, text in texts.items()]
