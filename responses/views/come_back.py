"""The come-back code: shown once when somebody begins by an access code or a portal, and asked for on return."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import activate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.client_address import range_of
from responses import come_back as codes
from responses.access import NoInvitation, Visit, visit_by, waiting_of, wished_by
from responses.actions.enter import begin_anew, check_opens, come_back
from responses.actions.refusals import LinkReplaced, NoComeBack
from responses.actions.start import check_can_start, start
from responses.codes import new_code, read_code
from responses.drafts import Content
from responses.entry import hand_over
from responses.limiter import TooManyFailures
from responses.receipts import file_address
from responses.sealing import come_back_key, token_hash
from responses.texts import Texts
from responses.views.frame import respondent_render
from responses.views.pages import respondent_page, to_step
from responses.views.steps import journey_of
from surveys.models import Door

CODE = "code"


def begin_with_code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make the draft under the come-back code that was drawn for this consent page, and show the code."""
    now = timezone.now()
    check_can_start(visit.invitation, now)
    if visit.has_draft:
        return to_step(journey_of(visit).current().number)
    drawn = codes.read_drawn(request.POST.get(codes.FIELD, ""))
    code = drawn[1] if drawn and drawn[0] == visit.invitation.pk else new_code()
    begun = Visit(come_back_key(code, visit.invitation.pk), visit.invitation, visit.wished)
    try:
        with transaction.atomic():
            draft = start(invitation=visit.invitation, now=now, found_by=token_hash(begun.key))
            begun.invitation.draft = draft
            begun.save(Content())
    except LinkReplaced:
        return begun_already(request) or redirect("responses:answer")
    return _show(request, begun, code)


def begun_already(request: HttpRequest) -> HttpResponse | None:
    """The same page again for a second press of the button, as long as nothing has been answered since."""
    drawn = codes.read_drawn(request.POST.get(codes.FIELD, ""))
    if drawn is None:
        return None
    invitation, code = drawn
    try:
        visit = visit_by(come_back_key(code, invitation), wished_by(request))
    except NoInvitation:
        return None
    if not visit.has_draft or visit.content().saves:
        return None
    activate(visit.language)
    return _show(request, visit, code)


def _show(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    texts = Texts(visit)
    text = codes.come_back_text(
        code=code, survey=visit.definition.title, until=texts.until, way=_way(request, visit)
    )
    context = {
        "code": code,
        "file_name": codes.FILE_NAME,
        "file_address": file_address(text),
        "number": journey_of(visit).current().number + 1,
        "code_page": request.build_absolute_uri(reverse("responses:code")),
    }
    response = respondent_render(request, "respond/come_back_code.html", visit, context)
    hand_over(response, visit.key)
    return response


def _way(request: HttpRequest, visit: Visit) -> str:
    if visit.invitation.door == Door.PORTAL:
        return _("Enter through your portal again, then type it.")
    address = request.build_absolute_uri(reverse("responses:code"))
    return _("Type your access code and then this code here: %(address)s") % {"address": address}


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def return_(request: HttpRequest) -> HttpResponse:
    """Ask for the come-back code, which alone opens what was begun."""
    visit = waiting_of(request)
    if visit is None:
        return redirect("responses:answer")
    now = timezone.now()
    check_opens(visit.invitation, has_draft=True, now=now)
    if request.method != "POST":
        return _ask(request, visit)
    typed = request.POST.get(CODE, "")
    if read_code(typed) is None:
        return _ask(request, visit, typed, _unreadable(typed), status=422)
    try:
        key = come_back(invitation=visit.invitation, typed=typed, address_range=range_of(request), now=now)
    except NoComeBack as refusal:
        return _ask(request, visit, typed, str(refusal), status=422)
    except TooManyFailures as refusal:
        return _ask(request, visit, typed, str(refusal), status=429)
    response = redirect("responses:answer")
    hand_over(response, key)
    return response


def _unreadable(typed: str) -> str:
    if not typed.strip():
        return _("Type your come-back code")
    return _("A come-back code has 17 letters and digits; one here is missing, wrong or in another place")


def _ask(
    request: HttpRequest, visit: Visit, typed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"typed": typed, "error": error}
    return respondent_render(request, "respond/come_back.html", visit, context, status)


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def anew(request: HttpRequest) -> HttpResponse:
    """Without the code nobody can open the answers; after a second look they are deleted, and one begins anew."""
    visit = waiting_of(request)
    if visit is None:
        return redirect("responses:answer")
    check_can_start(visit.invitation, timezone.now())
    if request.method != "POST":
        return respondent_render(request, "respond/anew.html", visit)
    begin_anew(invitation=visit.invitation)
    return redirect("responses:answer")
