from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, refuse, show
from accounts.permissions import require
from reports.actions import night
from reports.models import Run
from surveys.access import get_wave_or_404

RUNS_A_PAGE = 50


@require("run.view")
@require_safe
def runs(request: StaffRequest) -> HttpResponse:
    found = Run.objects.select_related("wave__edition", "wave__questionnaire")
    page = Paginator(found, RUNS_A_PAGE).get_page(request.GET.get("page"))
    return show(request, "staff/runs.html", {"title": _("Runs of the night"), "here": "runs", "page": page})


@require("run.view")
@require_safe
def run(request: StaffRequest, run_id: int) -> HttpResponse:
    found = get_object_or_404(Run.objects.select_related("wave__edition", "wave__questionnaire"), pk=run_id)
    title = _("Run %(number)s of %(wave)s") % {"number": found.claim_number, "wave": found.wave}
    seconds = (found.finished_at - found.started_at).total_seconds() if found.finished_at else None
    return show(request, "staff/run.html", {"title": title, "here": "runs", "run": found, "seconds": seconds})


@require("run.start")
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        "title": _("Run the night now for %(wave)s") % {"wave": wave},
        "here": "runs",
        "back": reverse("waves:wave", args=[wave.pk]),
        "back_label": str(wave),
        "button": _("Run it now"),
        "consequences": [
            _(
                "The worker opens the ballot box if enough ballots wait, counts the responses and writes the tables."
            ),
            _(
                "It follows the same rules as at night: nothing is shown earlier or in smaller groups than otherwise."
            ),
        ],
    }
    if request.method == "POST":
        try:
            night.request_run(wave=wave, by=request.user, now=timezone.now())
        except (night.WaveNotRunnable, night.WorkerOutOfReach) as refusal:
            return refuse(request, "staff/confirm.html", context, [refusal])
        messages.success(
            request, _("The worker was asked to run %(wave)s. Its line appears here.") % {"wave": wave}
        )
        return redirect("staff:runs")
    return show(request, "staff/confirm.html", context)
