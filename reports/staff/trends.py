from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports import trending
from reports.actions import wording as actions
from reports.staff.forms import JudgeForm
from reports.staff.series import (
    SeriesLine,
    edition_names,
    edition_views,
    line_views,
    series_line,
    side_by_side,
)
from reports.trending import Series
from surveys.models import Questionnaire
from surveys.queries import definition_of


@dataclass(frozen=True)
class Instrument:
    key: str
    title: str
    editions: tuple[str, ...]
    lines: tuple[SeriesLine, ...]


@require("table.view")
@require_safe
def trends(request: StaffRequest) -> HttpResponse:
    found = tuple(instrument(key, waves) for key, waves in trending.waves_by_instrument().items())
    context = {
        "title": _("Trends"),
        "here": "trends",
        "instruments": found,
        "synthetic": any(wave.synthetic for one in found for line in one.lines for wave in line.series.waves),
    }
    return show(request, "staff/trends.html", context)


def instrument(key: str, waves: Any) -> Instrument:
    judgements = trending.judgements_of(key)
    return Instrument(
        key,
        definition_of(waves[-1].questionnaire).title,
        tuple(edition_names(waves)),
        tuple(
            series_line(series, trending.links_of(series, judgements))
            for series in trending.series_of(key, waves)
        ),
    )


@require("table.view")
@require_safe
def series(request: StaffRequest, instrument: str, concept: str) -> HttpResponse:
    found = find(instrument, concept)
    judgements = trending.judgements_of(instrument)
    trend = trending.trend_of(found, judgements)
    editions = edition_views(found, trend, judgements)
    context = {
        "title": series_line(found, trend.links).title,
        "here": "trends",
        "series": found,
        "editions": editions,
        "differing": [one for one in editions if one.differences],
        "lines": line_views(found, trend),
        "may_judge": permissions.has(request.user, "policy.change"),
        "synthetic": any(wave.synthetic for wave in found.waves),
    }
    return show(request, "staff/series.html", context)


@require("policy.change")
@require_http_methods(["GET", "POST"])
def judge(request: StaffRequest, instrument: str, concept: str, before: int, after: int) -> HttpResponse:
    versions = {
        v.version: v for v in Questionnaire.objects.filter(key=instrument, version__in=(before, after))
    }
    first, second = versions.get(before), versions.get(after)
    asked = [trending.asked_in(one, concept) for one in (first, second) if one is not None]
    if first is None or second is None or len(asked) != 2 or asked[0] is None or asked[1] is None:
        raise Http404(_("There are no two versions that ask this."))
    form = JudgeForm(posted(request))
    context = {
        "title": _("Judge a difference in wording"),
        "here": "trends",
        "back": reverse("staff:series", args=[instrument, concept]),
        "back_label": _("The series"),
        "button": _("Keep this judgement"),
        "differences": side_by_side(asked[0].wording, asked[1].wording),
        "before": first,
        "after": second,
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/judge.html", context, form)
    try:
        actions.judge_wording(
            concept=concept,
            before=first,
            after=second,
            **form.cleaned_data,
            by=request.user,
            now=timezone.now(),
        )
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/judge.html", {**context, "form": form}, [refusal])
    messages.success(request, _("The judgement is kept, and the series follows it."))
    return redirect("staff:series", instrument, concept)


def find(instrument: str, concept: str) -> Series:
    found = trending.find(instrument, concept)
    if found is None:
        raise Http404(_("There is no such series."))
    return found
