"""From the personal link to the first question: the door, the consent, and saying no."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses.access import NoInvitation, Visit, visit_by, visit_of, waiting_of
from responses.actions.decline import decline as decline_to_answer
from responses.actions.enter import REFUSED, check_opens
from responses.actions.forward import check_can_forward
from responses.actions.refusals import CannotForward
from responses.actions.send import check_takes_ballots
from responses.actions.start import check_can_start, check_is_unanswered, start
from responses.come_back import drawn_for
from responses.drafts import Content
from responses.entry import hand_over
from responses.models import Invitation
from responses.sealing import read_token, session_key
from responses.texts import Texts
from responses.views.come_back import begin_with_code, begun_already
from responses.views.pages import respondent_page, respondent_render, to_step
from responses.views.steps import journey_of
from surveys.definition import PageKind


@respondent_page
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Open a personal link. Nothing is written, so that a mail scanner may open it too."""
    read = read_token(token)
    if read is None:
        raise NoInvitation
    visit = visit_by(session_key(read))
    if visit.needs_come_back_code:
        # What leads to other doors is typed or signed, and has no address.
        raise NoInvitation
    try:
        check_opens(visit.invitation, has_draft=visit.has_draft, now=timezone.now())
    except REFUSED as refusal:
        # One page for a link that is wrong, used, or too late.
        raise NoInvitation from refusal
    response = redirect("responses:answer")
    hand_over(response, visit.key)
    return response


@respondent_page
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Where each door leads: the consent, or back to what was saved."""
    try:
        visit = visit_of(request)
    except NoInvitation:
        if waiting_of(request) is None:
            raise
        return redirect("responses:come_back")
    check_is_unanswered(visit.invitation)
    if not visit.has_draft:
        check_can_start(visit.invitation, timezone.now())
        return _consent(request, visit)
    check_takes_ballots(visit.wave, timezone.now())
    current = journey_of(visit).current()
    return respondent_render(request, "respond/welcome_back.html", visit, {"number": current.number + 1})


def _consent(request: HttpRequest, visit: Visit, error: str = "", status: int = 200) -> HttpResponse:
    page = visit.definition.page_of_kind(PageKind.CONSENT)
    assert page is not None, "the loader refuses a questionnaire without a consent page"
    context = {
        "page": page,
        "body": Texts(visit).body(page),
        "error": error,
        "ticked": [c for c in page.controls if c.kind == "checkbox"],
        "refusing": next((c for c in page.controls if c.action == "decline"), None),
        "declined": visit.invitation.state == Invitation.State.DECLINED,
        "is_draft_translation": _is_draft_translation(visit),
        "may_hand_on": _may_hand_on(visit.invitation),
        "switch_next": reverse("responses:answer"),
        "drawn": drawn_for(visit.invitation.pk) if visit.needs_come_back_code else "",
    }
    return respondent_render(request, "respond/consent.html", visit, context, status)


def _is_draft_translation(visit: Visit) -> bool:
    """Whether the texts are a translation that nobody has put their name to."""
    if visit.language == visit.questionnaire.language:
        return False
    reviewed = visit.questionnaire.translations.filter(language=visit.language).exclude(reviewed_by="")
    return not reviewed.exists()


def _may_hand_on(invitation: Invitation) -> bool:
    try:
        check_can_forward(invitation, timezone.now())
    except CannotForward:
        return False
    return True


@respondent_page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Continue on the consent page: the draft is made now, and not before."""
    if again := begun_already(request):
        return again
    try:
        visit = visit_of(request)
    except NoInvitation:
        return _begun_meanwhile(request)
    now = timezone.now()
    if request.POST.get("action") == "decline":
        return redirect("responses:decline")
    if not _has_agreed(request, visit):
        check_can_start(visit.invitation, now)
        error = _("Tick the box to say that you agree, or choose not to take part")
        return _consent(request, visit, error, status=422)
    if visit.needs_come_back_code:
        return begin_with_code(request, visit)
    with transaction.atomic():
        draft = start(invitation=visit.invitation, now=now)
        visit.invitation.draft = draft
        if not draft.sealed:
            visit.save(Content())
    return to_step(journey_of(visit).current().number)


def _begun_meanwhile(request: HttpRequest) -> HttpResponse:
    """Begun in this very moment: by a second press of the button, or with the same code in another window."""
    if again := begun_already(request):
        return again
    if waiting_of(request) is None:
        raise NoInvitation
    return redirect("responses:come_back")


def _has_agreed(request: HttpRequest, visit: Visit) -> bool:
    page = visit.definition.page_of_kind(PageKind.CONSENT)
    needed = [c.key for c in page.controls if c.kind == "checkbox" and c.required] if page else []
    return all(request.POST.get(key) for key in needed)


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest) -> HttpResponse:
    """Not taking part, asked for once more before it is done; the link undoes it until the close."""
    visit = visit_of(request)
    if request.method == "POST":
        decline_to_answer(invitation=visit.invitation, now=timezone.now())
        return redirect("responses:decline")
    check_can_start(visit.invitation, timezone.now())
    has_declined = visit.invitation.state == Invitation.State.DECLINED
    return respondent_render(
        request, "respond/declined.html" if has_declined else "respond/decline.html", visit
    )
