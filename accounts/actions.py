from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Role, User


class AddressTaken(Exception):
    def __init__(self, email: str) -> None:
        super().__init__(_("There is already an account for %(email)s.") % {"email": email})


class AddressUnreadable(Exception):
    def __init__(self, email: str) -> None:
        super().__init__(_("“%(email)s” is not an e-mail address.") % {"email": email})


class RoleUnknown(Exception):
    def __init__(self, keys: Collection[str]) -> None:
        known = ", ".join(Role.objects.values_list("key", flat=True))
        super().__init__(
            _("There is no role called %(keys)s. The roles are: %(known)s.")
            % {"keys": ", ".join(sorted(keys)), "known": known}
        )


class PasswordTooWeak(Exception):
    def __init__(self, reasons: Collection[str]) -> None:
        super().__init__(" ".join(reasons))


@transaction.atomic
def create_staff(
    *,
    email: str,
    password: str,
    roles: Collection[str],
    by: User | None,
    now: datetime,
    name: str = "",
) -> User:
    """Make an account for a member of staff. What it may do comes from its roles alone."""
    email = email.strip().lower()
    check_address(email)
    found = find_roles(roles)
    check_password(password, User(email=email, name=name))
    user = User.objects.create_user(email, password, name=name)
    user.roles.set(found)
    audit.record("staff.created", by=by, now=now, target=user, roles=sorted(set(roles)))
    return user


@transaction.atomic
def change_password(*, user: User, password: str, by: User, now: datetime) -> None:
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("staff.password_changed", by=by, now=now, target=user)


def check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise AddressUnreadable(email) from error
    if User.objects.filter(email=email).exists():
        raise AddressTaken(email)


def check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordTooWeak(error.messages) from error


def find_roles(keys: Collection[str]) -> list[Role]:
    found = list(Role.objects.filter(key__in=keys))
    missing = set(keys) - {role.key for role in found}
    if missing:
        raise RoleUnknown(missing)
    return found
