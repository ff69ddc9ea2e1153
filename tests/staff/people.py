from __future__ import annotations

from datetime import UTC, datetime

from accounts.models import Role, User

NOW = datetime(2019, 6, 3, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def member(*roles: str, email: str = "", superuser: bool = False) -> User:
    """A member of staff with these roles, known by the first of them. No password: tests log in by force."""
    address = email or f"{roles[0] if roles else 'outsider'}@example.org"
    user = User.objects.create_user(address, is_superuser=superuser, is_staff=superuser)
    user.roles.set(Role.objects.filter(key__in=roles))
    return user
