from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

# Every permission there is, with the words that finish the sentence “Your role does not let you …”.
DESCRIPTIONS: dict[str, str | Promise] = {
    "wave.view": gettext_lazy("look at editions and waves"),
    "wave.manage": gettext_lazy("prepare, open or close a wave"),
    "key.keep": gettext_lazy("keep a part of a wave's key, or have the key destroyed"),
    "invitation.upload": gettext_lazy("add invitations or see how many there are"),
    "response.import": gettext_lazy("bring in answers that were collected elsewhere"),
    "mail.send": gettext_lazy("send e-mail to those invited"),
    "run.view": gettext_lazy("look at the runs of the night"),
    "run.start": gettext_lazy("start the night's run now"),
    "text.code": gettext_lazy("code open answers"),
    "coding.lead": gettext_lazy("lead the coding of open answers"),
    "text.quote": gettext_lazy("prepare quotations"),
    "table.view": gettext_lazy("look at draft tables"),
    "table.request": gettext_lazy("ask for another table, change or withdraw such a request"),
    "release.request": gettext_lazy("ask for a release"),
    "release.approve": gettext_lazy("approve, reject or take back a release"),
    "policy.change": gettext_lazy("change the rules of what may be shown"),
    "staff.manage": gettext_lazy("invite members of staff, change their roles or close their accounts"),
    "audit.view": gettext_lazy("read the audit log"),
}
PERMISSIONS: list[str] = list(DESCRIPTIONS)

View = Callable[..., HttpResponseBase]


class UnknownPermission(LookupError):
    """A permission that is not in the list was asked for. A mistake in the program."""


class NotPermitted(PermissionDenied):
    """Somebody asked for what none of their roles allows."""

    def __init__(self, *permissions: str) -> None:
        wanted = str(_(" or ")).join(str(DESCRIPTIONS[name]) for name in permissions)
        super().__init__(
            _("Your role does not let you %(wanted)s. An administrator can give you a role that does.")
            % {"wanted": wanted}
        )


def granted(user: User | AnonymousUser) -> frozenset[str]:
    """Every permission of the user's roles, read anew each time: a role that was taken away is gone at once."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset(name for role in user.roles.all() for name in role.permissions)


def has(user: User | AnonymousUser, permission: str) -> bool:
    """Whether one of the user's roles holds the permission. Being a superuser gives none of them."""
    if permission not in DESCRIPTIONS:
        raise UnknownPermission(permission)
    return permission in granted(user)


def check(user: User | AnonymousUser, permission: str) -> None:
    """Raise unless `has`. For actions, which hold for every caller and not only for the pages."""
    if not has(user, permission):
        raise NotPermitted(permission)


def require(*permissions: str) -> Callable[[View], View]:
    """Let a view be reached by whoever has one of the permissions; others log in, or read why not."""
    for permission in permissions:
        if permission not in DESCRIPTIONS:
            raise UnknownPermission(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(has(request.user, permission) for permission in permissions):
                raise NotPermitted(*permissions)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def member_of(request: HttpRequest) -> User:
    """Who asks. Pages without log-in have nobody to name, and a program that asks there is wrong."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
