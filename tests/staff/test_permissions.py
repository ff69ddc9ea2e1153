from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import permissions
from accounts.models import Role, User
from tests.staff.people import member


def test_has_permission_of_a_role_is_true(analyst: User) -> None:
    assert permissions.has(analyst, "release.request")
    assert not permissions.has(analyst, "release.approve")


def test_has_permissions_of_two_roles_adds_them(db: None) -> None:
    user = member("fieldwork", "analyst")

    assert permissions.has(user, "invitation.upload")
    assert permissions.has(user, "table.view")


def test_has_for_superuser_without_role_is_false(superuser: User) -> None:
    assert not any(permissions.has(superuser, name) for name in permissions.PERMISSIONS)


def test_has_for_closed_account_is_false(publisher: User) -> None:
    publisher.is_active = False

    assert not permissions.has(publisher, "release.approve")


def test_has_for_nobody_is_false() -> None:
    assert not permissions.has(AnonymousUser(), "wave.view")


def test_has_with_unknown_permission_is_a_mistake(analyst: User) -> None:
    with pytest.raises(permissions.UnknownPermission):
        permissions.has(analyst, "release.aprove")


def test_has_after_role_is_taken_away_is_false_at_once(publisher: User) -> None:
    assert permissions.has(publisher, "release.approve")

    publisher.roles.clear()

    assert not permissions.has(publisher, "release.approve")


def test_check_without_permission_says_what_is_not_allowed(analyst: User) -> None:
    with pytest.raises(
        permissions.NotPermitted, match="does not let you approve, reject or take back a release"
    ):
        permissions.check(analyst, "release.approve")


def test_roles_name_only_known_permissions(db: None) -> None:
    named = {name for role in Role.objects.all() for name in role.permissions}

    assert named == set(permissions.PERMISSIONS)


def test_role_that_sees_invitations_sees_no_draft_tables(db: None) -> None:
    for role in Role.objects.all():
        assert not {"invitation.upload", "table.view"} <= set(role.permissions)
