"""Checking and sending the answers, and the receipt."""

from __future__ import annotations

import hashlib
import hmac

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from responses.access import Visit, answering, check_names_draft, visit_of
from responses.actions.refusals import AlreadySent
from responses.actions.send import send as send_answers
from responses.entry import take_back
from responses.forms.names import DRAFT
from responses.forms.reading import NotOfThisPage
from responses.models import Invitation
from responses.review import sections_to_check
from responses.texts import Texts
from responses.views.pages import respondent_page, respondent_render, to_step
from responses.views.steps import STILL_OPEN, journey_of
from surveys.definition import Kind, PageKind, Question
from surveys.routing import ending


@respondent_page
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Everything that will be sent, with the ways to change it. The receipt was drawn on the way here."""
    visit = answering(request, timezone.now())
    journey = journey_of(visit)
    if not journey.content.receipt:
        return to_step(journey.current().number)
    obstacle = None if journey.has_ended else journey.obstacle()
    if obstacle:
        return to_step(obstacle.number, STILL_OPEN)
    receipt = journey.content.receipt
    context = {
        "draft": visit.draft.pk,
        "receipt": receipt,
        "proof": _proof(visit, receipt),
        "sections": sections_to_check(journey),
        "last": journey.path[-1].number + 1,
    }
    template = "respond/screened_out.html" if journey.has_ended else "respond/check.html"
    return respondent_render(request, template, visit, context)


def _proof(visit: Visit, receipt: str) -> str:
    """Shows that a receipt came from the check page of this link, when the draft that held it is gone."""
    return hmac.new(visit.key, f"enquiry receipt v1 {receipt}".encode(), hashlib.sha256).hexdigest()


@respondent_page
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Seal the answers and put them into the box. A second press finds them there and shows the same receipt."""
    visit = visit_of(request)
    receipt = request.POST.get("receipt", "")
    if visit.invitation.state == Invitation.State.FINISHED:
        if not hmac.compare_digest(_proof(visit, receipt), request.POST.get("proof", "")):
            raise AlreadySent
        return _thanks(request, visit, receipt, screened_out=None)
    now = timezone.now()
    visit = answering(request, now)
    check_names_draft(visit, request.POST.get(DRAFT, ""))
    journey = journey_of(visit)
    if not receipt or receipt != journey.content.receipt:
        raise NotOfThisPage
    obstacle = None if journey.has_ended else journey.obstacle()
    if obstacle:
        return to_step(obstacle.number, STILL_OPEN)
    answers = journey.content.answers
    send_answers(invitation=visit.invitation, draft=visit.draft, answers=answers, receipt=receipt, now=now)
    end = ending(journey.plan.definition, answers)
    return _thanks(request, visit, receipt, screened_out=end.page if end else None)


def _is_kept_apart(question: Question) -> bool:
    return question.detached or question.kind is Kind.OPEN_TEXT


def _thanks(request: HttpRequest, visit: Visit, receipt: str, *, screened_out: str | None) -> HttpResponse:
    """The last page. The cookie goes with it: from here on this browser cannot open anything."""
    pages = visit.definition.pages
    if screened_out:
        said = [page for page in pages if page.key == screened_out]
    else:
        said = [page for page in pages if page.kind in {PageKind.THANK_YOU, PageKind.WELLBEING_END}]
    texts = Texts(visit)
    context = {
        "receipt": receipt,
        "pages": [(page.title, texts.body(page)) for page in said],
        "kept_apart": [] if screened_out else [q for q in visit.definition.questions if _is_kept_apart(q)],
    }
    response = respondent_render(request, "respond/thanks.html", visit, context)
    take_back(response)
    return response
