"""The page that holds a form which could not be taken, until its personal link was shown again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from responses.keeping import KeptForm, lock
from responses.views.frame import frame_if_known


@dataclass(frozen=True)
class Held:
    """How the page speaks about the form that it holds."""

    title: Any
    sentence: Any
    button: Any


HELD: dict[str, Held] = {
    "responses:step": Held(
        _("Not saved yet"),
        _("Nothing is lost: this page holds what you have just answered."),
        _("Save what I answered"),
    ),
    "responses:begin": Held(
        _("Not begun yet"),
        _("This page remembers what you chose. Show your link once more, and you can begin."),
        _("Continue"),
    ),
    "responses:send": Held(
        _("Not sent by this page"),
        _("If you have seen your receipt already, your answers have arrived, and you need do nothing more."),
        _("Send my answers"),
    ),
}
"""The forms that are held, by the name of the address that they are sent to."""


def can_be_held(address: str) -> bool:
    return _name(address) in HELD


def _name(address: str) -> str:
    try:
        return resolve(address).view_name
    except Resolver404:
        return ""


def held_form(request: HttpRequest) -> KeptForm:
    """The form that has just arrived, without the token that proves its page."""
    fields = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
    }
    return KeptForm(request.path, fields)


def hold(
    request: HttpRequest,
    form: KeptForm,
    *,
    link: str = "",
    come_back: str = "",
    error: str = "",
    status: int = 403,
    takes_cookies: bool = True,
) -> HttpResponse:
    """The page with the form in it. `link` and `come_back` are what was typed to open the draft, `error` what is wrong.

    `takes_cookies` is false for a browser that brought none back.
    """
    own = {
        "held": HELD[_name(form.address)],
        "link": link,
        "come_back": come_back,
        "error": error,
        "takes_no_cookies": not takes_cookies,
        "switch_in_form": True,
    }
    context = {**_languages(), **frame_if_known(request), **own, **form_of(request, form)}
    return render(request, "respond/kept.html", context, status=status)


def _languages() -> dict[str, Any]:
    """What there is to choose from while nobody knows which survey this is."""
    current = get_language()
    return {"switch_to": [(tag, name) for tag, name in settings.LANGUAGES if tag != current]}


def form_of(request: HttpRequest, form: KeptForm) -> dict[str, Any]:
    """What the form of such a page needs: the locked text, and how personal links begin here."""
    door = reverse("responses:enter", args=["x"]).removesuffix("x")
    return {
        "kept": lock(form, now=timezone.now()),
        "begins_with": request.build_absolute_uri(door),
    }
