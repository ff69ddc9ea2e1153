"""Forms that came without their link, and what failed the check that a form is ours: both are held and taken later."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import activate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.client_address import range_of
from config.csrf import OWN_SITES
from config.language import remember
from responses.access import NoInvitation, visit_by
from responses.actions.enter import come_back as come_back_by
from responses.actions.enter import enter_by_code
from responses.actions.refusals import NoComeBack, NothingOpens
from responses.codes import read_code
from responses.entry import bring, hand_over, is_taken_back, session_key_in, token_in
from responses.forms.names import ACTION
from responses.keeping import KeptForm, unlock
from responses.limiter import TooManyFailures
from responses.sealing import session_key
from responses.views.holding import can_be_held, held_form, hold
from responses.views.pages import respondent_page

KEPT, LINK, COME_BACK = "kept", "link", "comeback"
LANGUAGE_ACTION = "language-"


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """Open the draft and take the form that the page held as if it had just been posted."""
    if request.method != "POST":
        return redirect("responses:answer")
    form = unlock(request.POST.get(KEPT, ""), now=timezone.now())
    typed = request.POST.get(LINK, "")
    if chosen := _language_chosen(request):
        return _in_language(request, form, chosen)
    come_back = request.POST.get(COME_BACK, "")
    try:
        key = _shown_key(request, typed, come_back)
    except (NoInvitation, NothingOpens, NoComeBack):
        return hold(request, form, link=typed, come_back=come_back, error=_wrong(typed), status=422)
    except TooManyFailures as refusal:
        return hold(request, form, link=typed, come_back=come_back, error=str(refusal), status=429)
    response = _taken(request, form, key)
    if not is_taken_back(response):
        hand_over(response, key)
    return response


def _language_chosen(request: HttpRequest) -> str:
    """By a button of the form, or by the switch at the head of a page that holds one."""
    action = request.POST.get(ACTION, "")
    chosen = action.removeprefix(LANGUAGE_ACTION) if action.startswith(LANGUAGE_ACTION) else ""
    return chosen or request.POST.get("language", "")


def _shown_key(request: HttpRequest, typed: str, come_back: str) -> bytes:
    """The key that opens the draft: of the link, of the two codes, or of whom this browser has let in since."""
    code = read_code(typed)
    if code is not None:
        return _key_of_codes(code, come_back, range_of(request), timezone.now())
    token = token_in(typed)
    if token is None and not typed.strip():
        return visit_by(session_key_in(request)).key
    return visit_by(session_key(token) if token else None).key


def _key_of_codes(code: str, come_back: str, address_range: str, now: datetime) -> bytes:
    entered = enter_by_code(code=code, address_range=address_range, now=now)
    if not entered.has_draft:
        return entered.key
    return come_back_by(invitation=entered.invitation, typed=come_back, address_range=address_range, now=now)


def _wrong(typed: str) -> str:
    if not typed.strip():
        return _("Paste your personal link, or type your access code")
    if read_code(typed) is not None:
        return _("The codes do not open the answers; compare both with what you noted")
    return _("Your personal link was not found; compare what stands here with your invitation")


def _taken(request: HttpRequest, form: KeptForm, key: bytes) -> HttpResponse:
    """The answer of the page that the form was meant for."""
    match = resolve(form.address)
    bring(request, key)
    request.path = request.path_info = form.address
    request.resolver_match = match
    request.POST = posted(form)  # type: ignore[assignment]
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def posted(form: KeptForm) -> QueryDict:
    fields = QueryDict(mutable=True)
    for name, values in form.fields.items():
        fields.setlist(name, list(values))
    return fields


def _in_language(request: HttpRequest, form: KeptForm, tag: str) -> HttpResponse:
    """The same page in another language, with the same form in it."""
    typed, come_back = request.POST.get(LINK, ""), request.POST.get(COME_BACK, "")
    if tag not in dict(settings.LANGUAGES):
        return hold(request, form, link=typed, come_back=come_back)
    activate(tag)
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = tag
    response = hold(request, form, link=typed, come_back=come_back)
    remember(response, tag)
    return response


@respondent_page
def csrf_refused(request: HttpRequest, reason: str = "", **more: Any) -> HttpResponse:
    """A form that failed the check. What a page of ours sent is held; what another site sent is not repeated."""
    if not _is_from_elsewhere(request):
        if request.path == reverse("responses:kept"):
            form = unlock(request.POST.get(KEPT, ""), now=timezone.now())
            brought = reason != REASON_NO_CSRF_COOKIE
            typed, come_back = request.POST.get(LINK, ""), request.POST.get(COME_BACK, "")
            return hold(request, form, link=typed, come_back=come_back, takes_cookies=brought)
        if can_be_held(request.path):
            return hold(request, held_form(request))
    return render(request, "403_csrf.html", status=403)


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """What the browser says of where the form stood: it never lets the page itself say that.

    `none` is a form that somebody sends again from their history.
    """
    if request.META.get("HTTP_SEC_FETCH_SITE") not in (*OWN_SITES, "none"):
        return True
    origin = request.META.get("HTTP_ORIGIN", "null")
    return bool(origin != "null" and urlsplit(origin).netloc != request.get_host())
