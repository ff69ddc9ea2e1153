from __future__ import annotations

from django.contrib import admin
from django.test import Client

from accounts.models import AuditEvent, Role, User
from surveys.models import Edition
from tests.services import acting_as
from tests.staff.people import PASSWORD, log_in


def test_back_office_holds_accounts_roles_and_editions_only() -> None:
    assert {model._meta.label for model in admin.site._registry} == {
        "accounts.User",
        "accounts.Role",
        "surveys.Edition",
    }


def test_back_office_for_staff_who_are_no_superusers_is_closed(client: Client, publisher: User) -> None:
    publisher.is_staff = True
    publisher.save()
    log_in(client, publisher)

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403
    assert "The back office is for administrators." in response.content.decode()


def test_back_office_logs_in_through_the_staff_pages(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assert response.request["PATH_INFO"] == "/staff/login/"


def test_account_made_in_the_back_office_is_recorded_with_its_roles(client: Client, superuser: User) -> None:
    log_in(client, superuser)
    typed = {
        "email": "new@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
    }

    with acting_as("web"):
        made = client.post("/admin/accounts/user/add/", typed)
        user = User.objects.get(email="new@example.org")
        roles = [Role.objects.get(key="analyst").pk]
        changed = client.post(
            f"/admin/accounts/user/{user.pk}/change/",
            {"email": user.email, "name": "New", "is_active": "on", "roles": roles},
        )

    assert (made.status_code, changed.status_code) == (302, 302)
    actions = list(AuditEvent.objects.values_list("action", "actor__email"))
    assert actions == [("staff.created", superuser.email), ("staff.changed", superuser.email)]
    assert AuditEvent.objects.last().details["roles"] == ["analyst"]


def test_account_is_never_deleted_in_the_back_office(client: Client, superuser: User, analyst: User) -> None:
    log_in(client, superuser)

    assert client.post(f"/admin/accounts/user/{analyst.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=analyst.pk).exists()


def test_password_set_in_the_back_office_is_recorded(client: Client, superuser: User, analyst: User) -> None:
    log_in(client, superuser)

    with acting_as("web"):
        response = client.post(
            f"/admin/accounts/user/{analyst.pk}/password/",
            {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
        )

    assert response.status_code == 302
    assert AuditEvent.objects.filter(action="staff.password_changed").count() == 1


def test_role_changed_in_the_back_office_is_recorded_with_its_permissions(
    client: Client, superuser: User
) -> None:
    log_in(client, superuser)
    role = Role.objects.get(key="analyst")

    with acting_as("web"):
        response = client.post(
            f"/admin/accounts/role/{role.pk}/change/",
            {"key": "analyst", "name": "Analyst", "permissions": ["wave.view", "table.view"]},
        )

    assert response.status_code == 302
    role.refresh_from_db()
    assert role.permissions == ["wave.view", "table.view"]
    assert AuditEvent.objects.get(action="role.changed").details == {
        "permissions": ["table.view", "wave.view"]
    }


def test_edition_made_in_the_back_office_is_recorded(client: Client, superuser: User) -> None:
    log_in(client, superuser)

    with acting_as("web"):
        response = client.post("/admin/surveys/edition/add/", {"year": "2019", "title": "Report"})

    assert response.status_code == 302
    assert Edition.objects.get().year == 2019
    assert AuditEvent.objects.get(action="edition.created").details == {"year": 2019}
