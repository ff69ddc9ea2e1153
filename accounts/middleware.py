from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.sessions import is_logged_in, is_over, mark_seen


class StaffSessions:
    """Ends sessions that are too old or were left alone. What comes after it sees nobody and asks for the log-in.

    Pages that need no log-in are left alone: respondents have no session, and public pages are the same for everybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not getattr(view, "login_required", True) or not is_logged_in(request.session):
            return
        now = timezone.now()
        if is_over(request.session, now):
            logout(request)
        else:
            mark_seen(request.session, now)
