"""What of a questionnaire's report would stand, before anybody is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports.actions import rehearsing as actions
from reports.models import Rehearsal, RehearsalTable
from reports.public.figures import Outlook as Figure
from reports.public.pages import ReleaseFacts, ReportPage, report_page
from reports.rehearsing import Outlook
from reports.staff.labels import breakdown_title, heading_of
from surveys.definition import Definition
from surveys.models import Questionnaire
from surveys.queries import definition_of

OUTLOOKS = {
    Outlook.STANDS: gettext_lazy("will stand"),
    Outlook.TOTAL_ONLY: gettext_lazy("total only"),
    Outlook.WITHHELD: gettext_lazy("likely withheld"),
}
USUAL = 300


class RehearsalForm(StaffForm):
    responses = forms.IntegerField(
        label=gettext_lazy("How many answers are expected"),
        min_value=1,
        max_value=Rehearsal.MOST,
        error_messages={
            "required": gettext_lazy("Type how many answers are expected."),
            "invalid": gettext_lazy("Type a whole number of answers."),
        },
    )
    use_last = forms.BooleanField(
        label=gettext_lazy("Answer by the shares that the newest report has published of the same questions"),
        required=False,
    )


@dataclass(frozen=True)
class Base:
    title: str
    low: int | None
    high: int | None
    stood: int
    stands: bool


@dataclass(frozen=True)
class Line:
    """A question with what would become of it, and of each of its breakdowns."""

    question: str
    heading: str
    outlook: Outlook
    words: str
    base: Base
    breakdowns: tuple[Base, ...]

    @property
    def tag(self) -> str:
        return {Outlook.STANDS: "tag-good", Outlook.WITHHELD: "tag-warning"}.get(self.outlook, "")


@require("table.view")
@require_http_methods(["GET", "POST"])
def rehearsal(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    questionnaire = get_object_or_404(Questionnaire, pk=questionnaire_id)
    newest = (
        Rehearsal.objects.filter(questionnaire=questionnaire).select_related("policy", "asked_by").first()
    )
    form = RehearsalForm(posted(request), initial={"responses": USUAL, "use_last": True})
    context: dict[str, Any] = {
        "title": _("Rehearsal of %(questionnaire)s") % {"questionnaire": questionnaire},
        "here": "questionnaires",
        "questionnaire": questionnaire,
        "newest": newest,
        "lines": lines_of(definition_of(questionnaire), newest) if newest is not None else [],
        "may_ask": permissions.has(request.user, "table.request"),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/rehearsal.html", context, form)
    try:
        actions.ask(questionnaire=questionnaire, **form.cleaned_data, by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/rehearsal.html", {**context, "form": form}, [refusal])
    messages.success(
        request, _("The worker rehearses it now. That takes a minute or two; load this page again.")
    )
    return redirect("staff:rehearsal", questionnaire.pk)


def lines_of(definition: Definition, rehearsal: Rehearsal) -> list[Line]:
    tables: dict[str, list[RehearsalTable]] = {}
    for table in rehearsal.tables.all():
        tables.setdefault(table.question, []).append(table)
    return [
        _line(definition, question, found, rehearsal.draws)
        for question, found in tables.items()
        if any(not table.breakdown for table in found)
    ]


def _line(definition: Definition, question: str, tables: list[RehearsalTable], draws: int) -> Line:
    bases = [(table.breakdown, _base(definition, table, draws)) for table in tables]
    whole = next(base for breakdown, base in bases if not breakdown)
    parts = tuple(base for breakdown, base in bases if breakdown)
    outlook = _outlook(whole, parts)
    return Line(question, heading_of(definition, question), outlook, str(OUTLOOKS[outlook]), whole, parts)


def _outlook(whole: Base, parts: tuple[Base, ...]) -> Outlook:
    if not whole.stands:
        return Outlook.WITHHELD
    return Outlook.STANDS if not parts or any(part.stands for part in parts) else Outlook.TOTAL_ONLY


def _base(definition: Definition, table: RehearsalTable, draws: int) -> Base:
    title = breakdown_title(definition, table.breakdown)
    return Base(title, table.base_low, table.base_high, table.stood, 2 * table.stood > draws)


@require("table.view")
@require_safe
def rehearsed_report(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    """The whole report of the last draw, each figure marked with what would become of it over all draws."""
    questionnaire = get_object_or_404(Questionnaire, pk=questionnaire_id)
    newest = Rehearsal.objects.filter(questionnaire=questionnaire).exclude(content="").first()
    if newest is None:
        raise Http404(_("This questionnaire has not been rehearsed yet."))
    definition = definition_of(questionnaire)
    outlooks = {
        f"{definition.key}.{line.question}": Figure(line.words, line.tag, _base_words(line.base))
        for line in lines_of(definition, newest)
    }
    facts = ReleaseFacts(number=None, content_hash="", published_at=None)
    page = report_page(
        json.loads(newest.content), facts=facts, right_to_left=get_language_bidi(), with_breakdowns=True
    )
    context = {
        "page": marked(page, outlooks),
        "synthetic": True,
        "questionnaire": questionnaire,
        "rehearsal": newest,
        "title": definition.title,
    }
    return show(request, "staff/rehearsed.html", context)


def marked(page: ReportPage, outlooks: Mapping[str, Figure]) -> ReportPage:
    parts = tuple(
        replace(
            part,
            sections=tuple(
                replace(
                    section,
                    figures=tuple(
                        replace(view, outlook=outlooks.get(view.figure.id)) for view in section.figures
                    ),
                )
                for section in part.sections
            ),
        )
        for part in page.parts
    )
    return replace(page, parts=parts)


def _base_words(base: Base) -> str:
    if base.low is None or base.high is None:
        return ""
    if base.low == base.high:
        return _("Base in every draw: %(base)s") % {"base": base.low}
    return _("Base over the draws: %(low)s to %(high)s") % {"low": base.low, "high": base.high}
