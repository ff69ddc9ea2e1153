"""The whole questionnaire before answering it: a page to read and print, and the PDF of it. Nothing is changed here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from responses.access import Visit, visit_of
from responses.actions.send import check_takes_ballots
from responses.models import PrintedQuestionnaire
from responses.printing import whole as everything
from responses.views.pages import respondent_page, respondent_render


@respondent_page
@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    visit = _visit(request)
    printed = PrintedQuestionnaire.objects.filter(wave=visit.wave, language=visit.language)
    context = everything(visit.definition) | {"has_pdf": printed.exists()}
    return respondent_render(request, "respond/whole.html", visit, context)


@respondent_page
@require_safe
def whole_pdf(request: HttpRequest) -> HttpResponse:
    """The PDF in the language of the visit. While the worker has not made it the page says so."""
    visit = _visit(request)
    printed = PrintedQuestionnaire.objects.filter(wave=visit.wave, language=visit.language).first()
    if printed is None:
        return redirect("responses:whole")
    response = HttpResponse(bytes(printed.content), content_type="application/pdf")
    name = f"{visit.questionnaire.key}-{visit.language}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _visit(request: HttpRequest) -> Visit:
    """Who has a link may read all of it from when the wave opens until it closes."""
    visit = visit_of(request)
    check_takes_ballots(visit.wave, timezone.now())
    return visit
