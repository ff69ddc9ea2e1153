from __future__ import annotations

from datetime import datetime

from accounts.models import AuditEvent, Role, User
from reports.composing import WRITTEN
from reports.models import ReportText
from surveys.models import Edition


def member_of_staff(*roles: str) -> User:
    person = User.objects.create_user(f"{'-'.join(roles) or 'outsider'}@example.org")
    person.roles.set(Role.objects.filter(key__in=roles))
    return person


def audited() -> list[str]:
    """Actions of the audit log in their order, without the loading that every test begins with."""
    events = AuditEvent.objects.exclude(action="questionnaire.loaded")
    return list(events.values_list("action", flat=True))


def tell_method(edition: Edition, at: datetime) -> None:
    """What no stored fact says of the method, and no release is asked for without."""
    by, _new = User.objects.get_or_create(email="writer@example.org")
    for place in WRITTEN:
        ReportText.objects.get_or_create(
            edition=edition,
            place=place,
            language="en",
            version=1,
            defaults={"text": f"About {place}.", "by": by, "at": at},
        )
