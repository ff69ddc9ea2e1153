"""The form for an access code, or for a personal link that a mail program has mangled."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.client_address import range_of
from responses.access import NoInvitation, Visit, visit_by, visit_of
from responses.actions.enter import REFUSED, Entered, check_opens, enter_by_code
from responses.actions.refusals import NothingOpens
from responses.codes import read_code
from responses.entry import hand_over, token_in
from responses.limiter import TooManyFailures
from responses.sealing import session_key
from responses.views.pages import respondent_page

CODE = "code"


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    typed = request.POST.get(CODE, "")
    read, token = read_code(typed), token_in(typed)
    try:
        if read is not None:
            return _in_by_code(request, read)
        if token is not None:
            return _in_by_link(token)
    except NothingOpens as refusal:
        return _page(request, typed, str(refusal), status=422)
    except TooManyFailures as refusal:
        return _page(request, typed, str(refusal), status=429)
    return _page(request, typed, _unreadable(typed), status=422)


def _unreadable(typed: str) -> str:
    if not typed.strip():
        return _("Type your access code, or paste your personal link")
    return _("An access code has 17 letters and digits; one here is missing, wrong or in another place")


def _in_by_code(request: HttpRequest, read: str) -> HttpResponse:
    entered = enter_by_code(code=read, address_range=range_of(request), now=timezone.now())
    return let_in(request, entered)


def let_in(request: HttpRequest, entered: Entered) -> HttpResponse:
    """To the consent page or to the come-back code; a browser that has this draft open already keeps its cookie."""
    if _has_open(request, entered):
        return redirect("responses:answer")
    response = redirect("responses:come_back" if entered.has_draft else "responses:answer")
    hand_over(response, entered.key)
    return response


def _has_open(request: HttpRequest, entered: Entered) -> bool:
    try:
        return visit_of(request).invitation.pk == entered.invitation.pk
    except NoInvitation:
        return False


def _in_by_link(token: bytes) -> HttpResponse:
    """A link has 128 bits, and a whole organisation may sit behind one address: nothing is counted."""
    visit = _visit(token)
    response = redirect("responses:answer")
    hand_over(response, visit.key)
    return response


def _visit(token: bytes) -> Visit:
    try:
        visit = visit_by(session_key(token))
        check_opens(visit.invitation, has_draft=visit.has_draft, now=timezone.now())
    except (NoInvitation, *REFUSED) as refusal:
        raise NothingOpens from refusal
    return visit


def _page(request: HttpRequest, typed: str = "", error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "typed": typed,
        "error": error,
        "begins_with": request.build_absolute_uri(reverse("responses:enter", args=["x"]).removesuffix("x")),
        "switch_next": reverse("responses:code"),
    }
    return render(request, "respond/code.html", context, status=status)
