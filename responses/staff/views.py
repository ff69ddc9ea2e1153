from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, refuse, show
from accounts.permissions import require
from responses.actions.keys import WorkerOutOfReach, request_key
from responses.extracts import fieldwork_counts, fieldwork_counts_by_door
from responses.fieldwork import EVERYBODY
from responses.models import Invitation
from surveys.access import get_wave_or_404
from surveys.models import Door, Wave


@require("invitation.upload")
@require_safe
def fieldwork(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        **from_wave(wave),
        "title": _("Fieldwork of %(wave)s") % {"wave": wave},
        "counts": counts(wave),
        **counts_by_door(wave),
    }
    return show(request, "staff/fieldwork.html", context)


def counts(wave: Wave) -> list[tuple[str, int | None]]:
    """Every state with its count as of the last run. One that is missing was below ten, or not counted yet."""
    found = fieldwork_counts(wave)
    return [(str(state.label), found.get(state.value)) for state in Invitation.State] if found else []


def counts_by_door(wave: Wave) -> dict[str, Any]:
    """A line for each state and a column for each door, where the doors may be told apart."""
    found = fieldwork_counts_by_door(wave)
    if len(found) < 2:
        return {}
    lines = [
        (str(state.label), [found[door].get(state.value) for door in found]) for state in Invitation.State
    ]
    lines.append((_("All who could answer"), [found[door].get(EVERYBODY) for door in found]))
    return {
        "doors": [str(Door(door).label) for door in found],
        "door_lines": lines,
        "rates": [rate(states) for states in found.values()],
    }


def rate(states: dict[str, int]) -> str:
    """Sent, of all who could answer, in whole per cent."""
    return f"{100 * states[Invitation.State.FINISHED] / states[EVERYBODY]:.0f} %"


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def key(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        **from_wave(wave),
        "title": _("Ask for the key of %(wave)s") % {"wave": wave},
        "button": _("Ask for the key"),
        "consequences": [
            _(
                "The worker makes a pair of keys. Answers are sealed with one half; the other half stays with it alone."
            ),
            _(
                "Whoever loses the worker's half before the last opening loses the answers that are still in the box."
            ),
            _(
                "So have one copy made on the worker's host, with manage.py copy_wave_key: two parts on paper, each"
                " kept by another person, of which one alone opens nothing. Both people then say so on the page of the"
                " key."
            ),
            _(
                "If the worker's half and one part of the copy are lost, nobody can open the box: not we, not anybody"
                " else."
            ),
            _(
                "Key and copy are destroyed at the latest 30 days after the close, which two people confirm."
                " Respondents are told that day."
            ),
        ],
    }
    if request.method == "POST":
        try:
            request_key(wave=wave, by=request.user, now=timezone.now())
        except WorkerOutOfReach as refusal:
            return refuse(request, "staff/confirm.html", context, [refusal])
        messages.success(
            request, _("The worker was asked for the key. This page shows when it is made; load it again.")
        )
        return redirect("waves:wave", wave.pk)
    return show(request, "staff/confirm.html", context)


def from_wave(wave: Wave) -> dict[str, Any]:
    return {
        "here": "dashboard",
        "wave": wave,
        "synthetic": wave.synthetic,
        "back": reverse("waves:wave", args=[wave.pk]),
        "back_label": str(wave),
    }
