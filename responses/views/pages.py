"""What all pages of respondents share: their headers, their frame, and what they say when somebody cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from responses.access import NoInvitation, OtherDraft, Visit
from responses.actions.refusals import (
    AlreadySent,
    AnswersNotValid,
    ClosedByColleague,
    DraftGone,
    WaveClosed,
    WaveNotOpenYet,
)
from responses.forms.names import OWN_FIELDS
from responses.forms.reading import NotOfThisPage
from responses.sealing import DraftUnreadable
from responses.texts import Texts

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Turn:
    """How a refusal looks as a page."""

    title: Any
    status: int
    goes_on: bool = False
    """Whether the page offers the way back to the saved answers."""


TURNS: dict[type[Exception], Turn] = {
    NoInvitation: Turn(_("There is no questionnaire to open here"), 404),
    AlreadySent: Turn(_("Your answers have arrived"), 200),
    ClosedByColleague: Turn(_("Your organisation has answered"), 200),
    WaveClosed: Turn(_("This survey has closed"), 200),
    WaveNotOpenYet: Turn(_("This survey is not open yet"), 200),
    DraftGone: Turn(_("There are no saved answers here"), 409, goes_on=True),
    DraftUnreadable: Turn(_("The saved answers cannot be opened"), 409),
    OtherDraft: Turn(_("That did not fit"), 400, goes_on=True),
    NotOfThisPage: Turn(_("That did not fit"), 400, goes_on=True),
    AnswersNotValid: Turn(_("Some answers do not fit yet"), 409, goes_on=True),
}


def respondent_page(view: View) -> View:
    """A page without a log-in that nothing stores: no cache, no referrer, no session."""

    @login_not_required
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NoInvitation as refusal:
            response = kept(request) if request.method == "POST" else turned_away(request, refusal)
        except tuple(TURNS) as refusal:
            response = turned_away(request, refusal)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return page


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
    return render(request, "respond/turned_away.html", context, status=turn.status)


def kept(request: HttpRequest) -> HttpResponse:
    """A form that arrived after its cookie had run out: the page holds it until the link was opened again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name in OWN_FIELDS | {"receipt", "proof"} or name.startswith("q-")
    ]
    posted = [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]
    return render(request, "respond/kept.html", {"fields": posted, "address": request.path}, status=403)


def respondent_render(
    request: HttpRequest,
    template: str,
    visit: Visit,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page in the frame of a respondent: the survey's name, support at the foot."""
    texts = Texts(visit)
    frame = {
        "survey": visit.definition.title,
        "synthetic": visit.wave.synthetic,
        "support": texts.support,
        "until": texts.until,
    }
    return render(request, template, frame | (context or {}), status=status)


def to_step(number: int, query: str = "") -> HttpResponseRedirect:
    """A redirect to a page of questions; people count pages from one."""
    response = redirect("responses:step", number + 1)
    response["Location"] += query
    return response
