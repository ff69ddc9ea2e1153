"""What all pages of respondents share: their headers, and what they say when somebody cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from responses.access import NoInvitation, OtherDraft, visit_of
from responses.actions.refusals import (
    AlreadySent,
    AnswersNotValid,
    ClosedByColleague,
    DoorClosed,
    DraftGone,
    LinkReplaced,
    Revoked,
    WaveClosed,
    WaveNotOpenYet,
)
from responses.forms.page import step_address
from responses.forms.reading import NotOfThisPage
from responses.keeping import KeptFormUnreadable
from responses.sealing import DraftUnreadable
from responses.texts import Texts
from responses.typed import typed_answers
from responses.views.frame import respondent_render
from responses.views.holding import can_be_held, form_of, held_form, hold

__all__ = ["respondent_page", "respondent_render", "to_step", "turned_away"]

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Turn:
    """How a refusal looks as a page."""

    title: Any
    status: int
    goes_on: bool = False
    """Whether the page offers the way back to the saved answers."""
    loses: bool = False
    """Whether answers may have been typed that are not saved; the page shows them."""


TURNS: dict[type[Exception], Turn] = {
    NoInvitation: Turn(_("There is no questionnaire to open here"), 404),
    LinkReplaced: Turn(_("There is no questionnaire to open here"), 404),
    DoorClosed: Turn(_("There is no questionnaire to open here"), 404),
    Revoked: Turn(_("There is no questionnaire to open here"), 404),
    AlreadySent: Turn(_("Your answers have arrived"), 200),
    ClosedByColleague: Turn(_("Your organisation has answered"), 200),
    WaveClosed: Turn(_("This survey has closed"), 200),
    WaveNotOpenYet: Turn(_("This survey is not open yet"), 200),
    DraftGone: Turn(_("There are no saved answers here"), 409, goes_on=True, loses=True),
    DraftUnreadable: Turn(_("The saved answers cannot be opened"), 409),
    OtherDraft: Turn(_("These answers belong to another link"), 400, goes_on=True, loses=True),
    NotOfThisPage: Turn(_("That did not fit"), 400, goes_on=True, loses=True),
    AnswersNotValid: Turn(_("Some answers do not fit yet"), 409, goes_on=True),
    KeptFormUnreadable: Turn(_("This page is too old to send"), 410),
}


def respondent_page(view: View) -> View:
    """A page without a log-in that nothing stores: no cache, no referrer, no session."""

    @login_not_required
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NoInvitation as refusal:
            response = _without_invitation(request, refusal)
        except tuple(TURNS) as refusal:
            response = turned_away(request, refusal)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in {"GET", "HEAD"}:
            # The address of a form stays in the browser after its answer, and may be asked for from there.
            response = redirect("responses:answer")
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return page


def _without_invitation(request: HttpRequest, refusal: NoInvitation) -> HttpResponse:
    """A form that arrived after its cookie had run out is held until its link was shown again."""
    if request.method == "POST" and can_be_held(request.path):
        return hold(request, held_form(request))
    return turned_away(request, refusal)


def turned_away(request: HttpRequest, refusal: Exception) -> HttpResponse:
    turn = TURNS[type(refusal)]
    if turn.goes_on and request.method in {"GET", "HEAD"}:
        return redirect("responses:answer")
    context = {
        "title": turn.title,
        "sentence": str(refusal),
        "kind": type(refusal).__name__,
        "goes_on": turn.goes_on,
    }
    return render(
        request, "respond/turned_away.html", _surroundings(request, turn) | context, status=turn.status
    )


def _surroundings(request: HttpRequest, turn: Turn) -> dict[str, Any]:
    """The frame of the survey that is open here, and what was typed for it."""
    try:
        visit = visit_of(request)
    except NoInvitation:
        # The address may be a link, which must not stand in a page.
        return {"switch_next": reverse("responses:answer")}
    typed = typed_answers(visit.definition, request.POST) if turn.loses else ()
    lost = _held(request) if typed else {"switch_next": reverse("responses:answer")}
    return Texts(visit).frame | {"typed": typed} | lost


def _held(request: HttpRequest) -> dict[str, Any]:
    """The form for the page to hold; in another language it is held until its link was shown."""
    held = form_of(request, held_form(request))
    again = {"switch_again": [("kept", held["kept"])], "switch_address": reverse("responses:kept")}
    return held | again


def to_step(number: int, query: str = "") -> HttpResponseRedirect:
    """A redirect to a page of questions."""
    return HttpResponseRedirect(step_address(number) + query)
