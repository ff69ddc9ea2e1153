from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import AuditEvent, User

# A name that could hold who answered, or what. Whoever needs such a detail records a count or a key instead.
FORBIDDEN_DETAILS = frozenset(
    {
        "answer",
        "answers",
        "email",
        "emails",
        "token",
        "tokens",
        "link",
        "links",
        "receipt",
        "password",
        "secret",
    }
)
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
PLAIN = (str, int, float, bool, type(None))


class DetailNotAllowed(ValueError):
    """An audit row was about to hold something that could name a respondent. A mistake in the program."""


def record(
    action: str,
    *,
    by: User | None,
    now: datetime,
    target: object | str = "",
    **details: Any,
) -> AuditEvent:
    """Add one row to the audit log; `by=None` is the system. Call it inside the transaction of the change."""
    name = name_of(target)
    check_details({"target": name, **details})
    return AuditEvent.objects.create(at=now, actor=by, action=action, target=name, details=details)


def name_of(target: object | str) -> str:
    """`surveys.wave:<key>` for a saved object, so that a row outlives the words of its target."""
    if isinstance(target, models.Model):
        return f"{target._meta.label_lower}:{target.pk}"
    return str(target)


def check_details(details: Mapping[str, Any]) -> None:
    for key, value in details.items():
        if key.lower() in FORBIDDEN_DETAILS:
            raise DetailNotAllowed(f"The audit log does not keep “{key}”.")
        for text in plain_values(value):
            if isinstance(text, str) and ADDRESS.search(text):
                raise DetailNotAllowed(f"The audit log does not keep addresses: look at “{key}”.")


def plain_values(value: Any) -> Iterable[Any]:
    """Every leaf of a value made of what JSON knows."""
    if isinstance(value, PLAIN):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            check_details({str(key): inner})
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from plain_values(inner)
    else:
        raise DetailNotAllowed(f"The audit log keeps plain values, not {type(value).__name__}.")
