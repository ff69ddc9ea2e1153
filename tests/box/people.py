from __future__ import annotations

from accounts.models import AuditEvent, Role, User


def member_of_staff(*roles: str) -> User:
    person = User.objects.create_user(f"{'-'.join(roles) or 'outsider'}@example.org")
    person.roles.set(Role.objects.filter(key__in=roles))
    return person


def audited() -> list[str]:
    """Actions of the audit log in their order, without the loading that every test begins with."""
    events = AuditEvent.objects.exclude(action="questionnaire.loaded")
    return list(events.values_list("action", flat=True))
