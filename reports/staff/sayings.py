from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import StaffRequest, show
from accounts.permissions import require
from reports.lines import naming_of
from reports.models import Table
from reports.phrases import words_of
from reports.sayings import GroupSaying, clear_differences, sayings
from reports.staff.labels import breakdown_title, heading_of, part_label
from reports.staff.queries import tables_of_question
from reports.staff.series import ChangeView, change_view
from surveys.access import get_wave_or_404
from surveys.definition import Definition
from surveys.queries import definition_of


@dataclass(frozen=True)
class GroupLine:
    label: str
    first: str
    second: str
    change: ChangeView


@dataclass(frozen=True)
class Breakdown:
    title: str
    lines: tuple[GroupLine, ...]


@require("table.view")
@require_safe
def words(request: StaffRequest, wave_id: UUID, question: str) -> HttpResponse:
    """What may be said of a question's tables, in the language of whoever reads the page."""
    wave = get_wave_or_404(wave_id)
    language = get_language() or "en"
    definition = definition_of(wave.questionnaire, language)
    asked = definition.by_key.get(question)
    tables = {table.breakdown: table for table in tables_of_question(wave, question)}
    if asked is None or "" not in tables:
        raise Http404(_("There is no table of this question."))
    naming = naming_of(definition, asked)
    everybody = tables.pop("")
    context = {
        "title": _("What may be said: %(question)s") % {"question": heading_of(definition, question)},
        "here": "dashboard",
        "wave": wave,
        "synthetic": wave.synthetic,
        "said": sayings(everybody, asked, naming, language, least=everybody.policy.full_base),
        "is_draft": words_of(language).is_draft,
        "breakdowns": [
            breakdown(definition, table, clear_differences(table, naming))
            for table in tables.values()
            if table.status != "dropped"
        ],
        "back": reverse("staff:question", args=[wave.pk, question]),
    }
    return show(request, "staff/words.html", context)


def breakdown(definition: Definition, table: Table, found: tuple[GroupSaying, ...]) -> Breakdown:
    lines = (
        GroupLine(
            one.label,
            part_label(definition, table.breakdown, one.found.first),
            part_label(definition, table.breakdown, one.found.second),
            change_view(one.found.difference.value, one.found.difference.range),
        )
        for one in found
    )
    return Breakdown(breakdown_title(definition, table.breakdown), tuple(lines))
