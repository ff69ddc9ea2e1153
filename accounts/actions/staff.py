from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import datetime

from django.conf.locale import LANG_INFO
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.actions.second_factor import end_sessions
from accounts.models import Role, User

FIRST_PASSWORD_BYTES = 12
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})?")


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


class OwnAccount(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("You cannot change your own roles or close your own account. Another administrator can.")
        )


class LanguageUnknown(Exception):
    def __init__(self, tag: str) -> None:
        super().__init__(
            _("“%(tag)s” is no tag of a language. Tags are such as en, sv or pt-br.") % {"tag": tag}
        )


class NothingChanged(Exception):
    def __init__(self) -> None:
        super().__init__(_("This is how it is already. Nothing was changed."))


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
def invite_staff(
    *, email: str, name: str, roles: Collection[str], by: User, now: datetime
) -> tuple[User, str]:
    """An account with a password that is shown once, to be handed over and then changed by its owner."""
    permissions.check(by, "staff.manage")
    password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
    return create_staff(email=email, name=name, password=password, roles=roles, by=by, now=now), password


def check_can_manage(by: User, user: User) -> None:
    permissions.check(by, "staff.manage")
    if by.pk == user.pk:
        raise OwnAccount


@transaction.atomic
def change_roles(*, user: User, roles: Collection[str], by: User, now: datetime) -> None:
    """Nobody changes their own: whoever gives roles away would otherwise hold all of them."""
    check_can_manage(by, user)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before, after = set(user.roles.values_list("key", flat=True)), set(roles)
    if before == after:
        raise NothingChanged
    user.roles.set(find_roles(after))
    audit.record(
        "staff.roles_changed",
        by=by,
        now=now,
        target=user,
        given=sorted(after - before),
        taken=sorted(before - after),
    )


@transaction.atomic
def set_languages(*, user: User, languages: Collection[str], by: User, now: datetime) -> None:
    """Note which languages a colleague reads. Whoever leads the coding needs it as much as who manages the staff."""
    if not permissions.has(by, "coding.lead"):
        permissions.check(by, "staff.manage")
    tags = list(dict.fromkeys(tag.strip().lower() for tag in languages if tag.strip()))
    for tag in tags:
        if not TAG.fullmatch(tag) or tag.partition("-")[0] not in LANG_INFO:
            raise LanguageUnknown(tag)
    User.objects.filter(pk=user.pk).update(languages=tags)
    audit.record("staff.languages_set", by=by, now=now, target=user, languages=tags)


@transaction.atomic
def close_account(*, user: User, by: User, now: datetime) -> None:
    """The account logs in no more, and whoever is logged in to it is logged out."""
    check_can_manage(by, user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise NothingChanged
    end_sessions(user)
    audit.record("staff.closed", by=by, now=now, target=user)


@transaction.atomic
def reopen_account(*, user: User, by: User, now: datetime) -> None:
    check_can_manage(by, user)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise NothingChanged
    audit.record("staff.reopened", by=by, now=now, target=user)


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
