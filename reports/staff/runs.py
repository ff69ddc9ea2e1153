from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, refuse, show
from accounts.permissions import require
from reports.actions import night
from reports.models import Run
from surveys.access import get_wave_or_404

RUNS_A_PAGE = 50
REASONS = {
    "small_base": gettext_lazy("Withheld: small base"),
    "small_cell": gettext_lazy("Withheld: too few people"),
    "full_cell": gettext_lazy("Withheld: all but a few people"),
    "zero_in_break": gettext_lazy("Withheld: nobody in a group"),
    "complement": gettext_lazy("Withheld beside others, so that those cannot be worked out"),
}
PLACES = {False: gettext_lazy("tables of everybody"), True: gettext_lazy("breakdowns")}


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
    context = {"title": title, "here": "runs", "run": found, "seconds": seconds, "reasons": reasons_of(found)}
    return show(request, "staff/run.html", context)


def reasons_of(run: Run) -> list[tuple[str, int]]:
    """How many cells are withheld for which reason, tables of everybody first."""
    counts = run.withheld_counts.order_by("of_breakdowns", "reason")
    return [(f"{REASONS[one.reason]} ({PLACES[one.of_breakdowns]})", one.cells) for one in counts]


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
