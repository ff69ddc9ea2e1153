from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client
from django.utils import timezone

from accounts.actions.second_factor import seal_secret
from accounts.codes import code_at, new_secret, step_of
from accounts.models import Role, SecondFactor, User
from accounts.sessions import BEGAN, SEEN

NOW = datetime(2019, 6, 3, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def member(*roles: str, email: str = "", superuser: bool = False) -> User:
    """A member of staff with these roles, known by the first of them. No password: tests log in by force."""
    address = email or f"{roles[0] if roles else 'outsider'}@example.org"
    user = User.objects.create_user(address, is_superuser=superuser, is_staff=superuser)
    user.roles.set(Role.objects.filter(key__in=roles))
    return user


def log_in(client: Client, user: User) -> Client:
    """A session as both steps of the log-in leave it behind. Pages refuse one that lacks the marks of the second."""
    client.force_login(user)
    session = client.session
    session[BEGAN] = session[SEEN] = int(timezone.now().timestamp())
    session.save()
    return client


def with_second_factor(user: User) -> bytes:
    """Set up the second step of a member of staff, and return its secret."""
    secret = new_secret()
    SecondFactor.objects.create(user=user, sealed=seal_secret(secret, user))
    return secret


def code_now(secret: bytes) -> str:
    return code_at(secret, step_of(timezone.now()))
