"""Coming back later, and stopping."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses.access import answering, check_names_draft
from responses.drafts import discard
from responses.entry import HOURS_OPEN
from responses.forms.names import DRAFT
from responses.views.over import LEFT, STOPPED, to_the_end
from responses.views.pages import respondent_page, respondent_render
from responses.views.steps import journey_of


@respondent_page
@require_safe
def later(request: HttpRequest) -> HttpResponse:
    """Until when and how somebody comes back."""
    visit = answering(request, timezone.now())
    context = {"number": journey_of(visit).current().number + 1, "hours": HOURS_OPEN}
    return respondent_render(request, "respond/later.html", visit, context)


@respondent_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the questionnaire in this browser, on a shared computer for example; the link opens it again."""
    visit = answering(request, timezone.now())
    return to_the_end(visit, LEFT)


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Stop: keep what is saved, or delete it. Nobody is asked why."""
    visit = answering(request, timezone.now())
    if request.method != "POST":
        number = journey_of(visit).current().number + 1
        return respondent_render(
            request, "respond/stop.html", visit, {"number": number, "draft": visit.draft.pk}
        )
    check_names_draft(visit, request.POST.get(DRAFT, ""))
    discard(visit.draft)
    return to_the_end(visit, STOPPED)
