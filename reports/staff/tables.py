from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.pages import StaffRequest, show
from accounts.permissions import require
from reports.models import Table
from reports.staff.blocks import section
from reports.staff.labels import heading_of
from reports.staff.layouts import words_of
from reports.staff.queries import tables_of, tables_of_question
from surveys.access import get_wave_or_404
from surveys.definition import Definition
from surveys.queries import definition_of


@dataclass(frozen=True)
class QuestionLine:
    key: str
    heading: str
    breakdowns: int
    dropped: int


@require("table.view")
@require_safe
def tables(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    found = tables_of(wave)
    context = {
        "title": _("Draft tables of %(wave)s") % {"wave": wave},
        "here": "dashboard",
        "wave": wave,
        "synthetic": wave.synthetic,
        "lines": question_lines(definition_of(wave.questionnaire), found),
        "responses": found[0].responses if found else None,
    }
    return show(request, "staff/tables.html", context)


@require("table.view")
@require_safe
def question(request: StaffRequest, wave_id: UUID, question: str) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    found = tables_of_question(wave, question)
    if not found:
        raise Http404(_("There is no table of this question."))
    definition = definition_of(wave.questionnaire)
    context = {
        "title": heading_of(definition, question),
        "here": "dashboard",
        "wave": wave,
        "synthetic": wave.synthetic,
        "table": found[0],
        "has_words": question in definition.by_key,
        "sections": [
            replace(one, layout=words_of(definition, one.breakdown, one.layout)) if one.layout else one
            for one in (section(definition, table) for table in found)
        ],
        "may_ask": permissions.has(request.user, "table.request"),
        "back": reverse("staff:tables", args=[wave.pk]),
    }
    return show(request, "staff/question.html", context)


def question_lines(definition: Definition, tables: list[Table]) -> list[QuestionLine]:
    """One line for each question, in the order of the questionnaire."""
    by_question: dict[str, list[Table]] = {}
    for table in tables:
        by_question.setdefault(table.question, []).append(table)
    return [
        QuestionLine(
            key,
            heading_of(definition, key),
            breakdowns=sum(1 for table in found if table.breakdown and table.status != "dropped"),
            dropped=sum(1 for table in found if table.status == "dropped"),
        )
        for key, found in by_question.items()
    ]
