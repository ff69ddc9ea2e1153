from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions.invite import AlreadyInvited, WaveTakesNoInvitations, invite
from responses.actions.keys import WorkerOutOfReach, request_key
from responses.extracts import fieldwork_counts, fieldwork_counts_by_door
from responses.fieldwork import EVERYBODY
from responses.invitations import Problems, read_csv
from responses.models import Invitation
from responses.staff.forms import UploadForm
from responses.staff.links import data_address, links_csv
from surveys.access import get_wave_or_404
from surveys.definition import Unit
from surveys.models import Door, Wave

UPLOAD = "staff/upload.html"
# The page shows so many links; the file in it has them all.
LINKS_SHOWN = 200


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


@require("invitation.upload")
@require_http_methods(["GET", "POST"])
def upload(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    form = UploadForm(posted(request), request.FILES or None)
    context = {
        **from_wave(wave),
        "title": _("Add invitations to %(wave)s") % {"wave": wave},
        "button": _("Add them and show the links"),
        "needs_unit": wave.questionnaire.unit == Unit.ORGANISATION,
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, UPLOAD, context, form)
    found = read_csv(form.cleaned_data["file"], wave=wave)
    if isinstance(found, Problems):
        return refuse(
            request, UPLOAD, {**context, "form": UploadForm(), "rows": found.problems}, [nothing_added(found)]
        )
    try:
        invited = invite(wave=wave, rows=found.rows, by=request.user, now=timezone.now())
    except (AlreadyInvited, WaveTakesNoInvitations) as refusal:
        return refuse(request, UPLOAD, {**context, "form": UploadForm()}, [refusal])
    return links_page(request, wave, invited)


def nothing_added(found: Problems) -> str:
    count = len(found.problems)
    return ngettext(
        "Nobody was invited: there is one thing to correct in the file.",
        "Nobody was invited: there are %(count)s things to correct in the file.",
        count,
    ) % {"count": count}


def links_page(request: StaffRequest, wave: Wave, invited: list[tuple[str, str]]) -> HttpResponse:
    """The one time that links exist in the clear here: in this answer, which no browser or proxy may keep."""
    links = [(email, request.build_absolute_uri(f"/i/{token}")) for email, token in invited]
    context = {
        **from_wave(wave),
        "title": ngettext("One person was invited", "%(count)s people were invited", len(links))
        % {"count": len(links)},
        "links": links[:LINKS_SHOWN],
        "shown": min(len(links), LINKS_SHOWN),
        "total": len(links),
        "file_name": f"invitations-{wave.questionnaire.key}-{wave.edition.year}.csv",
        "file_address": data_address(links_csv(links)),
    }
    return show(request, "staff/links.html", context)


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
            _("So make one copy of its folder, offline, and destroy both within 30 days after the close."),
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
