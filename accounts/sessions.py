"""What a staff session holds: half a log-in between its two steps, and how old a whole one is."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.actions.second_factor import seal_secret, unseal_secret
from accounts.codes import new_secret
from accounts.keys import SealBroken
from accounts.models import User

HALF, BEGAN, SEEN, NEW_SECRET = "staff_half", "staff_began", "staff_seen", "staff_new_secret"
HALF_LIFE = timedelta(minutes=5)
# A time that is a minute old is good enough for a limit of half an hour, and saves a write for each page.
SEEN_STEP = timedelta(minutes=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has typed the password and not yet the code."""

    user: User
    next: str


def begin_half(request: HttpRequest, user: User, *, next_page: str, now: datetime) -> None:
    """Remember that the password was right. The session gets a new key, and what was in it is gone."""
    request.session.flush()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": now.timestamp(),
        "next": next_page,
    }


def half_of(request: HttpRequest, now: datetime) -> Half | None:
    """None when the password was typed too long ago, or has been changed since."""
    found: dict[str, Any] | None = request.session.get(HALF)
    if found is None or now.timestamp() - found["at"] > HALF_LIFE.total_seconds():
        return None
    user = User.objects.filter(pk=found["user"], is_active=True).first()
    if user is None or not constant_time_compare(found["hash"], user.get_session_auth_hash()):
        return None
    return Half(user, found["next"])


def was_begun(request: HttpRequest) -> bool:
    return HALF in request.session


def enter(request: HttpRequest, user: User, now: datetime) -> None:
    """Log in for good, under another key again. Nothing else in the program calls Django's `login`."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())


def is_over(session: SessionBase, now: datetime) -> bool:
    """Whether a logged-in session has lasted, or has been left alone, for too long.

    One that does not know when it began did not come through both steps.
    """
    began: int | None = session.get(BEGAN)
    seen: int | None = session.get(SEEN)
    if began is None or seen is None:
        return True
    return (
        now.timestamp() - began >= settings.STAFF_SESSION.total_seconds()
        or now.timestamp() - seen >= settings.STAFF_IDLE.total_seconds()
    )


def mark_seen(session: SessionBase, now: datetime) -> None:
    if now.timestamp() - session[SEEN] >= SEEN_STEP.total_seconds():
        session[SEEN] = int(now.timestamp())


def is_logged_in(session: SessionBase) -> bool:
    return SESSION_KEY in session


def offer_secret(request: HttpRequest, user: User) -> None:
    """Draw the secret that the set-up page shows until a code proves it. Pages that are only looked at draw none."""
    sealed = seal_secret(new_secret(), user)
    request.session[NEW_SECRET] = base64.b64encode(sealed).decode()


def offered_secret(request: HttpRequest, user: User) -> bytes | None:
    found = request.session.get(NEW_SECRET)
    try:
        return unseal_secret(base64.b64decode(found), user) if found else None
    except SealBroken:
        return None


def forget_secret(request: HttpRequest) -> None:
    request.session.pop(NEW_SECRET, None)
