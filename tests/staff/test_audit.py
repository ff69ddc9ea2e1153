from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import audit
from accounts.models import AuditEvent, User
from tests.services import acting_as
from tests.staff.people import NOW


def test_record_keeps_who_when_what_and_on_what(publisher: User, analyst: User) -> None:
    event = audit.record("staff.changed", by=publisher, now=NOW, target=analyst, roles=["analyst"])

    event.refresh_from_db()
    assert (event.actor, event.at, event.action) == (publisher, NOW, "staff.changed")
    assert event.target == f"accounts.user:{analyst.pk}"
    assert event.details == {"roles": ["analyst"]}


def test_record_by_nobody_is_the_system(db: None) -> None:
    assert audit.record("night.started", by=None, now=NOW).actor is None


@pytest.mark.parametrize(
    "details",
    [
        {"email": "somebody"},
        {"tokens": 3},
        {"answers": {}},
        {"note": "ask somebody@example.org"},
        {"rows": [{"token": "x"}]},
        {"texts": ["a", "b@example.org"]},
        {"when": NOW},
    ],
)
def test_record_of_what_could_name_somebody_is_refused(db: None, details: dict[str, object]) -> None:
    with pytest.raises(audit.DetailNotAllowed):
        audit.record("invitation.added", by=None, now=NOW, **details)

    assert not AuditEvent.objects.exists()


def test_record_of_an_address_as_target_is_refused(db: None) -> None:
    with pytest.raises(audit.DetailNotAllowed):
        audit.record("staff.created", by=None, now=NOW, target="somebody@example.org")


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditevent SET action = ''", "DELETE FROM accounts_auditevent"]
)
def test_audit_row_changed_even_by_owner_is_refused_by_trigger(db: None, statement: str) -> None:
    audit.record("night.started", by=None, now=NOW)

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditevent SET action = ''",
        "DELETE FROM accounts_auditevent",
        "TRUNCATE accounts_auditevent",
    ],
)
def test_audit_row_changed_by_program_is_refused_by_grant(db: None, role: str, statement: str) -> None:
    with acting_as(role):
        audit.record("night.started", by=None, now=NOW)
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert AuditEvent.objects.count() == 1
