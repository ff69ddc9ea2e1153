"""Checking and sending the answers, the receipt, and the answers beside the last report."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import activate
from django.views.decorators.http import require_POST, require_safe

from config.language import remember
from responses.access import NoInvitation, Visit, answering, check_names_draft, visit_of, wished_by
from responses.actions.refusals import AlreadySent
from responses.actions.send import send as send_answers
from responses.beside import Compared, beside
from responses.entry import take_back
from responses.forms.names import DRAFT
from responses.forms.reading import NotOfThisPage
from responses.models import Invitation
from responses.proofs import read_proof, seal_proof
from responses.receipts import FILE_NAME, file_address, receipt_text
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
        "proof": seal_proof(visit.invitation.pk, receipt),
        "sections": sections_to_check(journey),
        "last": journey.path[-1].number + 1,
    }
    template = "respond/screened_out.html" if journey.has_ended else "respond/check.html"
    return respondent_render(request, template, visit, context)


@respondent_page
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Seal the answers and put them into the box, and show the receipt, with the answers beside the last report.

    A second press, loading the page again, or another language finds them sent and shows the same receipt and nothing
    beside it.
    """
    receipt = request.POST.get("receipt", "")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen
    response = _sent(request, _sender(request), receipt)
    if chosen in dict(settings.LANGUAGES):
        remember(response, chosen)
    return response


def _sent(request: HttpRequest, visit: Visit, receipt: str) -> HttpResponse:
    if visit.invitation.state == Invitation.State.FINISHED:
        proven = read_proof(request.POST.get("proof", ""))
        if proven is None or (proven.invitation, proven.receipt) != (visit.invitation.pk, receipt):
            raise AlreadySent
        return _thanks(request, visit, receipt)
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
    send_answers(
        invitation=visit.invitation,
        draft=visit.draft,
        answers=answers,
        receipt=receipt,
        now=now,
        language=visit.language,
    )
    end = ending(journey.plan.definition, answers)
    compared = () if end else beside(visit.wave, visit.definition, answers)
    return _thanks(request, visit, receipt, screened_out=end.page if end else None, compared=compared)


def _sender(request: HttpRequest) -> Visit:
    """Whose form this is. The cookie goes with the answers, so that the second time the proof alone can tell."""
    try:
        return visit_of(request)
    except NoInvitation:
        proven = read_proof(request.POST.get("proof", ""))
        sent = Invitation.objects.filter(state=Invitation.State.FINISHED).select_related(
            "wave__questionnaire"
        )
        invitation = sent.filter(pk=proven.invitation).first() if proven else None
        if invitation is None:
            raise
        visit = Visit(b"", invitation, wished_by(request))
        activate(visit.language)
        return visit


def _is_kept_apart(question: Question) -> bool:
    return question.detached or question.kind is Kind.OPEN_TEXT


def _thanks(
    request: HttpRequest,
    visit: Visit,
    receipt: str,
    *,
    screened_out: str | None = None,
    compared: tuple[Compared, ...] = (),
) -> HttpResponse:
    """The last page. The cookie goes with it: from here on this browser cannot open anything."""
    pages = visit.definition.pages
    if screened_out:
        said = [page for page in pages if page.key == screened_out]
    else:
        said = [page for page in pages if page.kind in {PageKind.THANK_YOU, PageKind.WELLBEING_END}]
    texts = Texts(visit)
    context = {
        "receipt": receipt,
        "file_name": FILE_NAME,
        "file_address": file_address(_receipt_text(request, visit, receipt, texts.until)),
        "pages": [(page.title, texts.body(page)) for page in said],
        "kept_apart": [] if screened_out else [q for q in visit.definition.questions if _is_kept_apart(q)],
        "compared": compared,
        # Another language is asked for by sending the form once more.
        "switch_again": [(name, request.POST.get(name, "")) for name in ("receipt", "proof")],
    }
    response = respondent_render(request, "respond/thanks.html", visit, context)
    take_back(response)
    return response


def _receipt_text(request: HttpRequest, visit: Visit, receipt: str, until: str) -> str:
    address = request.build_absolute_uri(reverse("responses:withdraw"))
    return receipt_text(receipt=receipt, survey=visit.definition.title, until=until, address=address)
