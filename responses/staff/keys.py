"""The life of a wave's key as staff see it, and what two people say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, show
from accounts.permissions import require
from responses.staff.views import from_wave
from surveys import custody
from surveys.access import get_wave_or_404
from surveys.actions import custody as deeds
from surveys.actions.waves import has_key
from surveys.models import KeyCustody, Wave
from surveys.staff.stages import stage

CONFIRM = "staff/confirm.html"


class PartForm(StaffForm):
    kept = forms.BooleanField(
        label=gettext_lazy("I have one part of the copy, locked away, and have not seen the other one"),
        error_messages={"required": gettext_lazy("Tick the box when you have locked your part away.")},
    )


class GoneForm(StaffForm):
    gone = forms.BooleanField(
        label=gettext_lazy("Whatever I had of this key is destroyed, and I know of no other copy"),
        error_messages={"required": gettext_lazy("Tick the box when your part of the copy is destroyed.")},
    )


@require("wave.view")
@require_safe
def life(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    now = timezone.now()
    found = custody.custody_of(wave)
    runs_out = next((one for one in custody.waves_to_remind_of(now) if one.pk == wave.pk), None)
    context = {
        **from_wave(wave),
        "title": _("The key of %(wave)s") % {"wave": wave},
        "stage": stage(wave, now),
        "custody": found,
        "has_key": has_key(wave),
        "end_day": custody.end_day(wave),
        "reminder": custody.reminder(runs_out, now) if runs_out else "",
        "is_late": custody.is_late(wave, now),
        **may(request, wave, found),
    }
    return show(request, "staff/key.html", context)


def may(request: StaffRequest, wave: Wave, found: KeyCustody | None) -> dict[str, bool]:
    """Which of the deeds this person can do now; the actions decide again."""
    if found is None or found.destroyed_on or not permissions.has(request.user, deeds.KEEP):
        return {}
    mine = request.user.pk
    is_final = wave.status == Wave.Status.FINAL
    return {
        "can_record": found.second_holder_id is None and found.first_holder_id != mine,
        "can_ask": is_final and found.asked_by_id is None,
        "can_confirm": is_final and found.confirmed_by_id is None and found.asked_by_id not in {None, mine},
    }


@require(deeds.KEEP)
@require_http_methods(["GET", "POST"])
def part(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        "title": _("Keep a part of the key of %(wave)s") % {"wave": wave},
        "button": _("I keep this part"),
        "consequences": [
            _(
                "Your name stands on the page of the key, so that people know whom to ask when the worker's file"
                " is lost."
            ),
            _("Before the key's last day you destroy your part, and say so."),
        ],
    }
    return _deed(request, wave, PartForm, context, deeds.record_part, _("Your part of the copy is recorded."))


@require(deeds.KEEP)
@require_http_methods(["GET", "POST"])
def destroy(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        "title": _("Have the key of %(wave)s destroyed") % {"wave": wave},
        "button": _("Ask for the destruction"),
        "button_class": "button-danger",
        "consequences": [
            _(
                "Destroy your part of the copy first: burn or shred the paper, and empty the printer's memory."
            ),
            _(
                "A second person has to confirm. Then the worker deletes its file; nobody can open a ballot after that."
            ),
        ],
    }
    done = _("It is asked for. A second person has to confirm.")
    return _deed(request, wave, GoneForm, context, deeds.ask_for_destruction, done)


@require(deeds.KEEP)
@require_http_methods(["GET", "POST"])
def confirm(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        "title": _("Confirm that the key of %(wave)s goes") % {"wave": wave},
        "button": _("Destroy the key"),
        "button_class": "button-danger",
        "consequences": [
            _(
                "Destroy your part of the copy first: burn or shred the paper, and empty the printer's memory."
            ),
            _("The worker deletes its file now, and what is left in the box with it. There is no way back."),
        ],
    }
    done = _("Confirmed. The worker destroys the key; this page shows the day when it has.")
    return _deed(request, wave, GoneForm, context, deeds.confirm_destruction, done)


def _deed(
    request: StaffRequest,
    wave: Wave,
    form_class: type[StaffForm],
    context: Mapping[str, Any],
    act: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """One confirmation: a box to tick, an action of this person, and the way back to the page of the key."""
    form = form_class(posted(request))
    if request.method == "POST" and form.is_valid():
        now: datetime = timezone.now()
        try:
            act(wave=wave, by=request.user, now=now)
        except deeds.REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("invitations:key_life", wave.pk)
    return form_page(request, CONFIRM, {**from_key(wave), **context}, form)


def from_key(wave: Wave) -> dict[str, Any]:
    return {
        **from_wave(wave),
        "back": reverse("invitations:key_life", args=[wave.pk]),
        "back_label": _("The key of %(wave)s") % {"wave": wave},
    }
