"""Editors arrange the figures of a report and give them headlines, which are checked against the stored numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports import arranging, compositions
from reports.actions import arranging as actions
from reports.arranging import Arrangeable
from reports.headlines import Excess, Kind
from reports.models import FigureArrangement
from reports.staff.composing import LANGUAGES
from reports.staff.labels import breakdown_title
from surveys.models import Edition
from surveys.wordings import fill_pipes

CHART_NAMES = {
    "stacked_likert": gettext_lazy("One bar for each row, divided by its answers"),
    "grouped_bar": gettext_lazy("Bars side by side"),
    "bar": gettext_lazy("One bar for each answer"),
}
WHY = {
    Kind.NUMBER: gettext_lazy("“%(words)s” stands nowhere in this figure."),
    Kind.PHRASE: gettext_lazy("“%(words)s” is not what the phrase function says of any of its shares."),
    Kind.CLAIM: gettext_lazy("“%(words)s” is not borne out: the range does not lie beyond it."),
    Kind.RANKING: gettext_lazy("“%(words)s” ranks what cannot be told apart, or what is not ranked here."),
    Kind.ABSOLUTE: gettext_lazy("“%(words)s” holds of nobody’s answers here: no share is 0 or 100 per cent."),
    Kind.CAUSE: gettext_lazy("“%(words)s” names a cause, which a survey of opinions cannot show."),
}


class ArrangementForm(StaffForm):
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shown = forms.BooleanField(
        label=gettext_lazy("Stands in the pages of the report"),
        help_text=gettext_lazy("Without it the figure stays in the data and has a page of its own."),
        required=False,
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place within its section"),
        help_text=gettext_lazy("1 is first. Empty: after those with a place, in the order of the questions."),
        min_value=1,
        max_value=200,
        required=False,
    )
    chart = forms.ChoiceField(label=gettext_lazy("Drawing"), required=False)
    nets_only = forms.BooleanField(
        label=gettext_lazy("Draw answers taken together, not their parts"), required=False
    )
    breakdown = forms.ChoiceField(label=gettext_lazy("Groups shown beneath the figure"), required=False)

    def __init__(self, *args: Any, figure: Arrangeable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        charts = [(name, CHART_NAMES[name]) for name in figure.charts]
        classes = [(name, breakdown_title(figure.definition, name)) for name in figure.breakdowns]
        self._choices("chart", _("as the questionnaire proposes"), charts)
        self._choices("breakdown", _("none"), classes)
        if not figure.question.analysis.nets:
            del self.fields["nets_only"]

    def _choices(self, name: str, empty: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", empty), *choices]
        if not choices:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "hidden": not found["shown"],
            "position": found["position"],
            "chart": found.get("chart", ""),
            "nets_only": found.get("nets_only", False),
            "breakdown": found.get("breakdown", ""),
        }


@dataclass(frozen=True)
class Headline:
    """A headline in one language, and why it says too much."""

    language: str
    name: str
    text: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    figure: Arrangeable
    arranged: FigureArrangement | None
    has_headline: bool
    is_overstated: bool


def sentence_of(excess: Excess) -> str:
    return str(WHY[excess.kind]) % {"words": excess.words}


@require("release.request")
@require_safe
def figures(request: StaffRequest, year: int) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    arranged, texts = arranging.arrangements_of(edition), compositions.texts_of(edition)
    too_much = {found.figure.id for found in arranging.overstated(edition)}
    lines = [
        Line(
            found,
            arranged.get(found.id),
            any(text.text.strip() for text in texts.get(f"headline.{found.id}", {}).values()),
            found.id in too_much,
        )
        for found in arranging.figures_of(edition)
    ]
    context = {
        "title": _("Figures of the report %(year)s") % {"year": year},
        "here": "releases",
        "edition": edition,
        "lines": lines,
    }
    return show(request, "staff/composing/figures.html", context)


@require("release.request")
@require_http_methods(["GET", "POST"])
def figure(request: StaffRequest, year: int, figure: str) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    found = arranging.figure_of(edition, figure)
    if found is None:
        raise Http404(_("The report of this edition has no such figure."))
    newest = arranging.arrangements_of(edition).get(figure)
    form = ArrangementForm(posted(request), figure=found, initial=_initial(newest))
    context = {
        "title": found.title,
        "here": "releases",
        "back": reverse("staff:report_figures", args=[year]),
        "back_label": _("Figures of the report %(year)s") % {"year": year},
        "edition": edition,
        "figure": found,
        "question": fill_pipes(found.question.text, found.definition),
        "headlines": _headlines(edition, found),
        "proposals": arranging.proposals(found, "en"),
        "arranged": newest,
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/composing/figure.html", context, form)
    try:
        actions.arrange(
            edition=edition,
            figure=figure,
            seen=form.cleaned_data["seen"],
            values=form.values(),
            by=request.user,
            now=timezone.now(),
        )
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/composing/figure.html", {**context, "form": form}, [refusal])
    messages.success(request, _("Saved. The next release that is asked for holds it."))
    return redirect("staff:report_figures", year)


def _initial(newest: FigureArrangement | None) -> dict[str, Any]:
    if newest is None:
        return {"seen": 0, "shown": True}
    names = ("position", "chart", "nets_only", "breakdown")
    return {
        "seen": newest.version,
        "shown": not newest.hidden,
        **{name: getattr(newest, name) for name in names},
    }


def _headlines(edition: Edition, found: Arrangeable) -> list[Headline]:
    stored = compositions.texts_of(edition).get(f"headline.{found.id}", {})
    made = []
    for language, name in LANGUAGES:
        text = stored[language].text.strip() if language in stored else ""
        faults = arranging.too_much(found, text, language) if text else ()
        made.append(Headline(language, name, text, tuple(sentence_of(fault) for fault in faults)))
    return made
