from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from accounts.chain import START, Link, hash_of
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
# Beyond it a number is another one in JSON, and a row would not have its hash when it is read again.
LARGEST_NUMBER = 2**53
# The one advisory lock of the chain; the number means nothing.
CHAIN_LOCK = 7_261_350_914


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
    """Add one row to the audit log; `by=None` is the system. Call it at the end of the transaction of the change.

    From here until that transaction ends, nobody else adds a row.
    """
    name = name_of(target)
    check_details({"target": name, **details})
    with transaction.atomic():
        link = Link(
            id=_next_number(),
            at=now,
            actor_id=by.pk if by else None,
            action=action,
            target=name,
            details=details,
            previous=head(),
        )
        return AuditEvent.objects.create(
            id=link.id,
            at=now,
            actor=by,
            action=action,
            target=name,
            details=details,
            previous=link.previous,
            hash=hash_of(link),
        )


def head() -> str:
    """The hash of the newest row: it stands for the whole log up to there."""
    return AuditEvent.objects.order_by("-id").values_list("hash", flat=True).first() or START


def links() -> Iterator[Link]:
    """Every row, in the order of the chain, for whoever computes the hashes again."""
    for row in AuditEvent.objects.order_by("id").iterator():
        yield Link(row.pk, row.at, row.actor_id, row.action, row.target, row.details, row.previous, row.hash)


def is_in_log(found: str) -> bool:
    return AuditEvent.objects.filter(hash=found).exists()


def _next_number() -> int:
    """Drawn under the lock of the chain, so that the order of the numbers is the order of the chain."""
    with connection.cursor() as cursor:
        # A statement of its own: the next one then sees the row of whoever held the lock before.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_auditevent', 'id'))")
        number: int = cursor.fetchone()[0]
    return number


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
        if isinstance(value, (int, float)) and not -LARGEST_NUMBER < value < LARGEST_NUMBER:
            raise DetailNotAllowed("The audit log keeps numbers below 2 to the power of 53.")
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            check_details({str(key): inner})
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from plain_values(inner)
    else:
        raise DetailNotAllowed(f"The audit log keeps plain values, not {type(value).__name__}.")
