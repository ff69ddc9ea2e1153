"""All routes of a questionnaire at once, for whoever checks them; and the list of the questionnaires there are."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import show
from accounts.permissions import require
from responses.staff import instruments
from responses.staff.instruments import Instrument
from responses.texts import own_name
from surveys.models import Questionnaire
from surveys.outline import outline
from surveys.queries import definition_of, languages_of


@require("wave.view")
@require_safe
def questionnaires(request: HttpRequest) -> HttpResponse:
    """Every version that was loaded, the newest of each first."""
    found = Questionnaire.objects.order_by("key", "-version")
    rows = [
        (each, definition_of(each).title, [own_name(tag) for tag in languages_of(each)]) for each in found
    ]
    context = {"title": _("Questionnaires"), "here": "questionnaires", "rows": rows}
    return show(request, "staff/questionnaires.html", context)


@require("wave.view")
@require_safe
def of_questionnaire(request: HttpRequest, questionnaire_id: int) -> HttpResponse:
    return _outline(request, instruments.of_questionnaire(questionnaire_id, request.GET.get("language", "")))


@require("wave.view")
@require_safe
def of_wave(request: HttpRequest, wave_id: UUID) -> HttpResponse:
    return _outline(request, instruments.of_wave(wave_id, request.GET.get("language", "")))


def _outline(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    definition = instrument.plan.definition
    context = {
        "title": _("Outline of %(questionnaire)s") % {"questionnaire": instrument.questionnaire},
        "here": "questionnaires",
        "instrument": instrument,
        "questionnaire": instrument.questionnaire,
        "wave": instrument.wave,
        "synthetic": instrument.wave is not None and instrument.wave.synthetic,
        "language_name": own_name(instrument.language),
        "outline": outline(definition),
        "count": len(definition.questions),
        "try_address": instrument.address("try"),
    }
    return show(request, "staff/outline.html", context)
