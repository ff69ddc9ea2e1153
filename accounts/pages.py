from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.models import User


class StaffRequest(HttpRequest):
    """A request that has come through the log-in. Only the type checker sees the difference."""

    user: User


# A page that refuses what was sent to it: the form is shown again with what was typed.
REFUSED = 422


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST binds it too, and is refused with its reasons."""
    return request.POST if request.method == "POST" else None


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A staff page. It is never kept by the browser: the next user of the workstation must not find it."""
    response = render(request, template, dict(context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(
    request: HttpRequest, template: str, context: Mapping[str, Any], problems: Iterable[object] = ()
) -> HttpResponse:
    """The same page again, with each reason at its top in words."""
    return show(
        request, template, {**context, "problems": [str(problem) for problem in problems]}, status=REFUSED
    )


def form_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], form: BaseForm
) -> HttpResponse:
    """A page around one form: 200 before anything was sent, 422 with the reasons when it cannot be taken."""
    status = REFUSED if form.is_bound and form.errors else 200
    return show(request, template, {**context, "form": form}, status=status)
