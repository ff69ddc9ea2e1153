from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.pages import StaffRequest, form_page, posted, show
from accounts.permissions import require
from reports.actions import weights as actions
from reports.models import Weighting, WeightTarget
from reports.staff.weight_forms import MethodForm, TargetsForm, number
from reports.staff.weight_words import Names, method_of, result_of
from surveys.access import get_wave_or_404
from surveys.definition import Definition, Partition
from surveys.models import Wave
from surveys.queries import definition_of
from surveys.staff.context import from_wave

SEES_RESULTS = frozenset({"run.view", "table.view"})


@dataclass(frozen=True)
class ClassLine:
    """A class with the share of each of its parts, as far as they are given."""

    key: str
    title: str
    parts: tuple[tuple[str, str], ...]
    source: str
    fits: bool
    """Whether the shares are those of the parts that the questionnaire has now."""

    @property
    def is_given(self) -> bool:
        return bool(self.source)


@require("wave.view")
@require_safe
def weights(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    definition = definition_of(wave.questionnaire)
    obstacle = actions.obstacle(wave)
    choice = actions.choice_of(wave)
    kept = Weighting.objects.filter(wave=wave).select_related("run").first()
    may_see = bool(permissions.granted(request.user) & SEES_RESULTS)
    context = {
        **from_wave(wave),
        "title": _("Weights of %(wave)s") % {"wave": wave},
        "wave": wave,
        "obstacle": obstacle,
        "may_change": not obstacle and permissions.has(request.user, "wave.manage"),
        "method": method_of(choice, definition),
        "lines": lines(wave, definition),
        "stale": [Names(definition).class_(problem.margin) for problem in actions.lacking(wave, definition)],
        "weighting": kept,
        "result": result_of(kept, definition) if kept is not None and may_see else None,
        "may_see": may_see,
    }
    return show(request, "staff/weights.html", context)


def lines(wave: Wave, definition: Definition) -> list[ClassLine]:
    stored = actions.targets_of(wave)
    return [line_of(partition, stored.get(partition.key, {})) for partition in actions.classes_of(definition)]


def line_of(partition: Partition, stored: Mapping[str, WeightTarget]) -> ClassLine:
    labels = {part.code: part.label for part in partition.parts}
    return ClassLine(
        partition.key,
        partition.title,
        tuple(
            (label, number(stored[code].percent) if code in stored else "") for code, label in labels.items()
        ),
        next((target.source for target in stored.values()), ""),
        fits=not stored or stored.keys() == labels.keys(),
    )


def from_weights(wave: Wave) -> dict[str, Any]:
    return {
        **from_wave(wave),
        "back": reverse("staff:weights", args=[wave.pk]),
        "back_label": _("Weights of %(wave)s") % {"wave": wave},
        "button": _("Save"),
    }


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def targets(request: StaffRequest, wave_id: UUID, partition: str) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    try:
        known = actions.class_of(definition_of(wave.questionnaire), partition)
    except (actions.NoSuchClass, actions.ClassDetached) as refusal:
        raise Http404(str(refusal)) from refusal
    form = TargetsForm(known, actions.targets_of(wave).get(partition, {}), posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_targets(
                wave=wave,
                partition=partition,
                percents=form.percents(),
                source=form.cleaned_data["source"],
                by=request.user,
                now=timezone.now(),
            )
        except actions.TargetsWrong as refusal:
            form.add_refusal(refusal)
        except actions.REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The shares of “%(class)s” were saved.") % {"class": known.title})
            return redirect("staff:weights", wave.pk)
    context = {
        **from_weights(wave),
        "title": _("Shares in the population: %(class)s") % {"class": known.title},
        "intro": _(
            "How those who could have answered divide, whether they did or not. The shares add to 100 per cent."
        ),
    }
    return form_page(request, "staff/form.html", context, form)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def method(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    classes = actions.classes_of(definition_of(wave.questionnaire))
    form = MethodForm(classes, actions.choice_of(wave), posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_method(
                wave=wave,
                method=form.cleaned_data["method"],
                margins=form.margins(),
                by=request.user,
                now=timezone.now(),
            )
        except actions.REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("How the wave is weighted was saved."))
            return redirect("staff:weights", wave.pk)
    context = {
        **from_weights(wave),
        "title": _("How %(wave)s is weighted") % {"wave": wave},
        "intro": _(
            "This can be changed until the ballot box is opened for the first time, and not any more after that."
        ),
    }
    return form_page(request, "staff/form.html", context, form)
