"""A code of the second step that somebody types: taken, or refused in words at its field."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from accounts.actions.log_in import try_code
from accounts.actions.second_factor import NotProven, WrongCode, enrol
from accounts.forms import CodeForm
from accounts.models import User
from accounts.throttle import TooManyFailures
from accounts.visitors import visitor_of


def code_is_taken(request: HttpRequest, user: User, form: CodeForm) -> bool:
    """Whether a code of the user's second step that holds now was typed."""
    if not form.is_valid():
        return False
    try:
        try_code(user=user, code=form.cleaned_data["code"], visitor=visitor_of(request), now=timezone.now())
    except (WrongCode, TooManyFailures) as refusal:
        form.add_error("code", str(refusal))
        return False
    return True


def enrolled(user: User, secret: bytes, form: CodeForm, *, replace: bool = False) -> list[str] | None:
    """The recovery codes of a second step that is set up now; None where no code of it was typed yet."""
    if not form.is_valid():
        return None
    try:
        return enrol(
            user=user,
            secret=secret,
            code=form.cleaned_data["code"],
            by=user,
            now=timezone.now(),
            replace=replace,
        )
    except NotProven as refusal:
        form.add_error("code", str(refusal))
        return None
