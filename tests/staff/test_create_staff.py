from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.actions.staff import AddressTaken, PasswordTooWeak, change_password
from accounts.actions.staff import create_staff as create
from accounts.models import AuditEvent, User
from tests.services import acting_as
from tests.staff.people import NOW, PASSWORD


def run(*words: str) -> str:
    output = io.StringIO()
    with acting_as("web"):
        call_command("create_staff", *words, stdout=output)
    return output.getvalue()


@pytest.fixture(autouse=True)
def password_in_environment(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv("ENQUIRY_STAFF_PASSWORD", PASSWORD)


def test_create_staff_with_roles_can_log_in_and_is_recorded() -> None:
    said = run("Person@Example.org", "--role", "fieldwork", "--role", "analyst")

    user = User.objects.get(email="person@example.org")
    assert user.check_password(PASSWORD)
    assert sorted(user.roles.values_list("key", flat=True)) == ["analyst", "fieldwork"]
    assert PASSWORD not in said
    event = AuditEvent.objects.get(action="staff.created")
    assert event.details == {"roles": ["analyst", "fieldwork"]}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nobody",), "is not an e-mail address"),
        (
            ("a@example.org", "--role", "boss"),
            "no role called boss. The roles are: administrator, analyst, auditor, coder, coding_lead, editor, "
            "fieldwork, publisher",
        ),
    ],
)
def test_create_staff_with_bad_input_says_why_and_makes_nothing(
    words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*words)

    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


def test_create_staff_with_short_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENQUIRY_STAFF_PASSWORD", "short")

    with pytest.raises(CommandError, match="too short"):
        run("a@example.org")

    assert not User.objects.exists()


def test_create_staff_twice_is_refused() -> None:
    create(email="a@example.org", password=PASSWORD, roles=(), by=None, now=NOW)

    with pytest.raises(AddressTaken):
        create(email="A@example.org", password=PASSWORD, roles=(), by=None, now=NOW)


def test_change_password_to_a_common_one_is_refused() -> None:
    user = create(email="a@example.org", password=PASSWORD, roles=(), by=None, now=NOW)

    with pytest.raises(PasswordTooWeak):
        change_password(user=user, password="password1234", by=user, now=NOW)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
