"""The response metrics of a wave, and the form for what only replies tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports import response_words as words
from reports.actions import response_rates as actions
from reports.models import KnownByHand, ResponseFigure, ResponseMetrics
from reports.response_figures import Kind
from reports.staff.forms import ByHandForm
from surveys.access import get_wave_or_404
from surveys.models import Wave

FORM = "staff/form.html"


@dataclass(frozen=True)
class Line:
    """One figure in words: its number, or what stands in its place and why."""

    label: str
    text: str
    meaning: str = ""
    mark: str = ""
    """Status of a figure that is not there."""
    reason: str = ""


@dataclass(frozen=True)
class DoorSection:
    name: str
    label: str
    is_list: bool
    headline: tuple[Line, ...]
    numbers: tuple[Line, ...]
    letters: tuple[Line, ...]
    rates: tuple[Line, ...]
    cautions: tuple[str, ...]
    e: str
    metrics: ResponseMetrics


@require("table.view", "invitation.upload")
@require_safe
def response(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    found = ResponseMetrics.objects.filter(wave=wave).select_related("run").prefetch_related("figures")
    known = KnownByHand.objects.filter(wave=wave).select_related("changed_by").first()
    sections = [door_section(metrics) for metrics in found]
    context = {
        **from_wave(wave),
        "title": _("Response of %(wave)s") % {"wave": wave},
        # The list comes first.
        "sections": sorted(sections, key=lambda one: not one.is_list),
        "is_imported": wave.origin == Wave.Origin.IMPORTED,
        "known": known,
        "by_hand": by_hand_lines(known),
    }
    return show(request, "staff/response.html", context)


def from_wave(wave: Wave) -> dict[str, Any]:
    return {"here": "dashboard", "wave": wave, "synthetic": wave.synthetic}


def door_section(metrics: ResponseMetrics) -> DoorSection:
    figures = list(metrics.figures.all())
    rates = {one.name: rate_line(one) for one in figures if one.kind == Kind.RATE}
    is_list = metrics.door in actions.LISTS
    headline = words.HEADLINE if is_list else tuple(rates)
    return DoorSection(
        name=metrics.door,
        label=metrics.get_door_display(),
        is_list=is_list,
        headline=tuple(rates[name] for name in headline if name in rates),
        numbers=tuple(number_lines(figures, Kind.NUMBER, words.NUMBERS)),
        letters=tuple(number_lines(figures, Kind.LETTER, words.LETTERS)),
        rates=tuple(line for name, line in rates.items() if name not in headline),
        cautions=tuple(str(words.CAUTIONS[code]) for code in metrics.warnings),
        e=e_in_words(metrics),
        metrics=metrics,
    )


def number_lines(figures: Iterable[ResponseFigure], kind: Kind, labels: words.Words) -> Iterable[Line]:
    for one in figures:
        if one.kind == kind:
            sign = f" ({one.name.upper()})" if kind is Kind.LETTER else ""
            yield in_words(one, f"{labels[one.name]}{sign}", count_text(one.value))


def rate_line(figure: ResponseFigure) -> Line:
    return in_words(
        figure, words.name_of(figure.name), percent_text(figure.value), str(words.MEANINGS[figure.name])
    )


def in_words(figure: ResponseFigure, label: str, text: str, meaning: str = "") -> Line:
    if figure.status == "shown":
        return Line(label, text, meaning)
    mark = _("withheld") if figure.status == "withheld" else _("not defined")
    return Line(label, mark, meaning, figure.status, str(words.REASONS[figure.reason]))


def count_text(value: float | None) -> str:
    return "" if value is None else number_format(round(value), use_l10n=True, force_grouping=True)


def percent_text(value: float | None) -> str:
    """Of a share between 0 and 1, with one decimal."""
    if value is None:
        return ""
    number = number_format(round(100 * value, 1), decimal_pos=1, use_l10n=True)
    return (_("%(number)s %%") % {"number": number}).replace(" ", "\N{NO-BREAK SPACE}")


def e_in_words(metrics: ResponseMetrics) -> str:
    if metrics.e is None:
        return ""
    number = number_format(round(metrics.e, 3), decimal_pos=3, use_l10n=True)
    return _("e = %(number)s: %(how)s") % {"number": number, "how": words.FOUND[metrics.e_found]}


def by_hand_lines(known: KnownByHand | None) -> list[tuple[str, int]]:
    counts = actions.counts_by_hand(known)
    return [(str(label), counts[code]) for code, label in words.BY_HAND.items() if code in counts]


@require("invitation.upload")
@require_http_methods(["GET", "POST"])
def by_hand(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    known = KnownByHand.objects.filter(wave=wave).first()
    form = ByHandForm(posted(request), initial=ByHandForm.filled(known, actions.counts_by_hand(known)))
    context = {
        **from_wave(wave),
        "title": _("Cases of %(wave)s known by hand") % {"wave": wave},
        "intro": _(
            "What people told you in replies, which nobody reads into the system. Count only people of the list from"
            " whom nothing came back here, each in one class. Names are kept nowhere."
        ),
        "button": _("Keep these numbers"),
        "back": reverse("staff:response", args=[wave.pk]),
        "back_label": _("Response of %(wave)s") % {"wave": wave},
    }
    try:
        actions.check_can_enter(request.user, wave)
        if request.method == "GET" or not form.is_valid():
            return form_page(request, FORM, context, form)
        actions.enter_by_hand(wave=wave, **form.values(), by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, FORM, {**context, "form": form}, [refusal])
    messages.success(request, _("The numbers are kept. They count from the next run of the night on."))
    return redirect("staff:response", wave.pk)
