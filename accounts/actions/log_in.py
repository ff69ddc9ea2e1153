"""The two steps of a log-in: a password, and a code that goes with it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import throttle
from accounts.actions.second_factor import WrongCode, take_code
from accounts.models import User
from accounts.visitors import Visitor


class WrongPair(Exception):
    """One sentence for every wrong pair, so that nobody learns here who has an account, or that it was closed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The e-mail address and the password do not belong together. Check both; capital letters count in "
                "the password."
            )
        )


def try_password(*, email: str, password: str, visitor: Visitor, now: datetime) -> User:
    """Whose password it is. A failure is counted, whether or not there is such an account."""
    email = email.strip().lower()
    subjects = throttle.subjects(email, visitor)
    with transaction.atomic():
        throttle.lock(subjects)
        throttle.check_may_try(subjects, now)
        user = authenticate(username=email, password=password)
        if user is None:
            throttle.count_failure(subjects, now)
    if not isinstance(user, User):
        raise WrongPair
    return user


def try_code(*, user: User, code: str, visitor: Visitor, now: datetime) -> None:
    """Take the code of the app, or a recovery code, once. Its failures and those of the password add up."""
    subjects = throttle.subjects(user.email, visitor)
    refusal = None
    with transaction.atomic():
        throttle.lock(subjects)
        throttle.check_may_try(subjects, now)
        try:
            take_code(user=user, code=code, now=now)
        except WrongCode as error:
            throttle.count_failure(subjects, now)
            refusal = error
    if refusal:
        raise refusal
