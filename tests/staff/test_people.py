"""Members of staff and their roles, changed by an administrator and by nobody else; and the page of the audit log."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import audit
from accounts.actions import second_factor, staff
from accounts.models import AuditEvent, RecoveryCode, SecondFactor, User
from accounts.permissions import NotPermitted
from tests.services import acting_as
from tests.staff.people import NOW, log_in, member, with_second_factor
from tests.staff.visits import LogIn, get


@pytest.fixture
def administrator(db: None) -> User:
    return member("administrator")


@pytest.fixture
def auditor(db: None) -> User:
    return member("auditor")


@pytest.fixture
def client(administrator: User) -> Client:
    return log_in(Client(), administrator)


def post(client: Client, path: str, **typed: str | list[str]) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, typed)
    return response.status_code, response.headers.get("Location") or response.content.decode()


def role_keys(user: User) -> list[str]:
    return sorted(user.roles.values_list("key", flat=True))


def test_list_shows_everybody_with_roles_and_second_step(client: Client, analyst: User) -> None:
    with_second_factor(analyst)

    page = get(client, "/staff/people/")

    row = next(row for row in page.split("<tr>") if "analyst@example.org" in row)
    assert "Analyst" in row
    assert "set up" in row
    assert get(client, f"/staff/people/{analyst.pk}/").count("analyst@example.org") >= 1


def test_invited_person_gets_a_first_password_that_is_shown_once(client: Client) -> None:
    status, page = post(client, "/staff/people/invite/", email="New@example.org", name="New", roles=["coder"])

    user = User.objects.get(email="new@example.org")
    found = re.search(r'<dd><code dir="ltr">([\w-]{16})</code></dd>', page)
    assert status == 200
    assert found
    assert user.check_password(found[1])
    assert role_keys(user) == ["coder"]
    assert AuditEvent.objects.get().details == {"roles": ["coder"]}


@pytest.mark.parametrize(
    ("email", "sentence"), [("", "Type the e-mail address"), ("analyst@example.org", "already an account")]
)
def test_invitation_that_cannot_be_made_says_why(
    client: Client, analyst: User, email: str, sentence: str
) -> None:
    status, page = post(client, "/staff/people/invite/", email=email)

    assert status == 422
    assert sentence in page
    assert User.objects.count() == 2


def test_roles_are_changed_after_a_page_that_says_what_changes(client: Client, analyst: User) -> None:
    path = f"/staff/people/{analyst.pk}/roles/"
    assert 'value="analyst" id="id_roles_' in get(client, path).replace(" checked", "")

    status, page = post(client, path, roles=["coder", "editor"])
    assert (status, role_keys(analyst)) == (200, ["analyst"])
    assert "<h2>Given</h2><ul><li>Coder</li><li>Editor</li></ul>" in page
    assert "<h2>Taken away</h2><ul><li>Analyst</li></ul>" in page

    assert post(client, path, roles=["coder", "editor"], confirmed="yes")[0] == 302
    assert role_keys(analyst) == ["coder", "editor"]
    event = AuditEvent.objects.get(action="staff.roles_changed")
    assert event.details == {"given": ["coder", "editor"], "taken": ["analyst"]}


def test_roles_as_they_are_cannot_be_confirmed(client: Client, analyst: User) -> None:
    status, page = post(client, f"/staff/people/{analyst.pk}/roles/", roles=["analyst"], confirmed="yes")

    assert status == 422
    assert "how it is already" in page
    assert not AuditEvent.objects.exists()


def test_role_that_does_not_exist_is_refused(client: Client, analyst: User) -> None:
    status, page = post(client, f"/staff/people/{analyst.pk}/roles/", roles=["boss"], confirmed="yes")

    assert status == 422
    assert "no role called boss" in page
    assert role_keys(analyst) == ["analyst"]


def test_account_is_closed_and_opened_again(client: Client, analyst: User, logged_in: LogIn) -> None:
    theirs = logged_in(analyst)
    assert theirs.get("/staff/").status_code == 200
    assert "is logged out" in get(client, f"/staff/people/{analyst.pk}/close/")

    assert post(client, f"/staff/people/{analyst.pk}/close/")[0] == 302
    assert theirs.get("/staff/").status_code == 302
    assert post(client, f"/staff/people/{analyst.pk}/close/")[0] == 422

    assert post(client, f"/staff/people/{analyst.pk}/open/")[0] == 302
    analyst.refresh_from_db()
    assert analyst.is_active
    assert theirs.get("/staff/").status_code == 302
    assert [event.action for event in AuditEvent.objects.all()] == ["staff.closed", "staff.reopened"]


def test_second_step_of_a_colleague_is_removed_and_the_sessions_end(
    client: Client, analyst: User, logged_in: LogIn
) -> None:
    with_second_factor(analyst)
    RecoveryCode.objects.create(user=analyst, code_hash="x")
    theirs = logged_in(analyst)
    path = f"/staff/people/{analyst.pk}/reset/"
    assert "by voice or in person" in get(client, path)
    assert SecondFactor.objects.exists()

    assert post(client, path)[0] == 302
    assert post(client, path)[0] == 422

    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert theirs.get("/staff/").status_code == 302
    assert [event.action for event in AuditEvent.objects.all()] == ["staff.second_factor_reset"]


@pytest.mark.parametrize("what", ["roles", "close", "reset"])
def test_administrator_cannot_change_the_own_account(client: Client, administrator: User, what: str) -> None:
    with_second_factor(administrator)

    status, page = post(
        client, f"/staff/people/{administrator.pk}/{what}/", roles=["publisher"], confirmed="yes"
    )

    assert status == 422
    assert "Another administrator can" in page
    assert role_keys(administrator) == ["administrator"]
    assert User.objects.get(pk=administrator.pk).is_active
    assert SecondFactor.objects.exists()


def test_actions_of_an_administrator_by_another_role_are_refused(analyst: User, publisher: User) -> None:
    for act in (staff.close_account, staff.reopen_account, second_factor.reset_by_colleague):
        with pytest.raises(NotPermitted):
            act(user=analyst, by=publisher, now=NOW)
    with pytest.raises(NotPermitted):
        staff.change_roles(user=analyst, roles=["publisher"], by=publisher, now=NOW)
    with pytest.raises(NotPermitted):
        staff.invite_staff(email="a@example.org", name="", roles=[], by=publisher, now=NOW)


def test_superuser_cannot_change_the_own_roles_in_the_back_office(superuser: User) -> None:
    client = log_in(Client(), superuser)
    typed = {"email": superuser.email, "name": "Root", "is_active": "on", "roles": ["1"]}

    with acting_as("web"):
        response = client.post(f"/admin/accounts/user/{superuser.pk}/change/", typed)

    assert response.status_code == 302
    superuser.refresh_from_db()
    assert (superuser.name, superuser.is_superuser, role_keys(superuser)) == ("Root", True, [])


def test_second_step_is_removed_on_the_server_for_the_last_administrator(administrator: User) -> None:
    with pytest.raises(CommandError, match="no second step"):
        call_command("reset_second_factor", administrator.email)
    with_second_factor(administrator)

    with acting_as("web"):
        call_command("reset_second_factor", administrator.email)

    assert not SecondFactor.objects.exists()
    assert AuditEvent.objects.get().actor is None


def test_code_of_the_demonstration_is_printed_and_taken_once(
    analyst: User, capsys: pytest.CaptureFixture[str]
) -> None:
    with_second_factor(analyst)
    call_command("staff_code", analyst.email)
    first = capsys.readouterr().out.strip()

    second_factor.take_code(user=analyst, code=first, now=timezone.now())
    with pytest.raises(second_factor.WrongCode):
        second_factor.take_code(user=analyst, code=first, now=timezone.now())
    call_command("staff_code", analyst.email)
    second_factor.take_code(user=analyst, code=capsys.readouterr().out.strip(), now=timezone.now())


def test_code_of_the_demonstration_is_refused_in_production(
    analyst: User, settings: pytest.FixtureRequest
) -> None:
    settings.IN_PRODUCTION = True  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="prints no codes"):
        call_command("staff_code", analyst.email)


@pytest.fixture
def events(auditor: User, publisher: User) -> None:
    for number in range(60):
        audit.record("night.started", by=None, now=NOW + timedelta(days=number), number=number)
    audit.record("release.approved", by=publisher, now=NOW + timedelta(days=90))


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"number: (\d+)", page)]


def test_audit_page_shows_the_newest_rows_and_the_head(logged_in: LogIn, auditor: User, events: None) -> None:
    client = logged_in(auditor)

    assert audit.head() in get(client, "/staff/audit/")
    assert numbers(get(client, "/staff/audit/")) == list(range(59, 10, -1))
    assert numbers(get(client, "/staff/audit/?page=2")) == list(range(10, -1, -1))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("action=release", 1),
        ("action=night", 50),
        ("who=publisher@example.org", 1),
        ("who=system", 50),
        ("who=nobody@example.org", 0),
        ("first=2019-06-05&last=2019-06-06", 2),
        ("first=2019-06-05&last=2019-06-06&action=release", 0),
    ],
)
def test_audit_page_filters_by_the_form(
    logged_in: LogIn, auditor: User, events: None, query: str, count: int
) -> None:
    page = get(logged_in(auditor), f"/staff/audit/?{query}")

    assert page.count('data-label="Action"') == count
    assert ("No row fits." in page) == (count == 0)


def test_audit_page_keeps_the_filter_from_page_to_page(logged_in: LogIn, auditor: User, events: None) -> None:
    assert "?action=night&amp;page=2" in get(logged_in(auditor), "/staff/audit/?action=night")


def test_audit_page_with_a_day_that_is_none_says_so(logged_in: LogIn, auditor: User, events: None) -> None:
    page = get(logged_in(auditor), "/staff/audit/?first=yesterday")

    assert "Type the first day as 2019-06-03." in page
    assert page.count('data-label="Action"') == 50
