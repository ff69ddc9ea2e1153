from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, codes, permissions
from accounts.keys import RECOVERY_CODE, SECOND_FACTOR, SealBroken, keyed_hash, seal, unseal
from accounts.models import RecoveryCode, SecondFactor, User


class WrongCode(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This code does not fit, or was used before. Type the code that the app shows now, or a recovery code "
                "that you have not used yet."
            )
        )


class NotProven(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This code does not fit. Type the code that the app shows now. If it never fits, the clock of the "
                "device is wrong."
            )
        )


class OwnSecondFactor(Exception):
    def __init__(self) -> None:
        super().__init__(_("You cannot remove your own second step. Another administrator can."))


class NoSecondFactor(Exception):
    def __init__(self) -> None:
        super().__init__(_("This account has no second step that could be removed."))


def has_second_factor(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exists()


def seal_secret(secret: bytes, user: User) -> bytes:
    return seal(secret, SECOND_FACTOR, bound_to=f"user {user.pk}")


def unseal_secret(sealed: bytes, user: User) -> bytes:
    return unseal(sealed, SECOND_FACTOR, bound_to=f"user {user.pk}")


@transaction.atomic
def enrol(
    *, user: User, secret: bytes, code: str, by: User, now: datetime, replace: bool = False
) -> list[str]:
    """Make this secret the user's second factor, proven by a code of it. Returns new recovery codes, shown once.

    Without `replace` it is a first one: whoever knows the password alone cannot put another in its place.
    """
    # Of two browsers that set up a first one at the same time, one comes too late.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    step = max(codes.matching_steps(secret, code, now), default=None)
    if step is None or (has_second_factor(user) and not replace):
        raise NotProven
    SecondFactor.objects.update_or_create(
        user=user, defaults={"sealed": seal_secret(secret, user), "last_step": step}
    )
    fresh = _replace_recovery_codes(user)
    audit.record("staff.second_factor_set", by=by, now=now, target=user)
    return fresh


@transaction.atomic
def take_code(*, user: User, code: str, now: datetime) -> None:
    """Use up a code of the app or a recovery code; raise when it is neither, or was used before."""
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None or not (_take_step(factor, code, now) or _take_recovery_code(user, code, now)):
        raise WrongCode


def _take_step(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether the code fits a step after the last one that was taken. The same code never counts twice."""
    try:
        secret = unseal_secret(bytes(factor.sealed), factor.user)
    except SealBroken:
        return False
    return any(
        SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) == 1
        for step in codes.matching_steps(secret, code, now)
    )


def _take_recovery_code(user: User, code: str, now: datetime) -> bool:
    removed, _kinds = RecoveryCode.objects.filter(user=user, code_hash=_hash(user, code)).delete()
    if removed:
        left = RecoveryCode.objects.filter(user=user).count()
        audit.record("staff.recovery_code_used", by=user, now=now, target=user, left=left)
    return removed == 1


@transaction.atomic
def renew_recovery_codes(*, user: User, by: User, now: datetime) -> list[str]:
    """Ten new codes, shown once; those of before are worth nothing from now on."""
    fresh = _replace_recovery_codes(user)
    audit.record("staff.recovery_codes_made", by=by, now=now, target=user)
    return fresh


def _replace_recovery_codes(user: User) -> list[str]:
    fresh = codes.new_recovery_codes()
    # Without the lock, two at once would leave the codes of both.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in fresh)
    return fresh


def _hash(user: User, code: str) -> str:
    return keyed_hash(f"{user.pk} {codes.plain(code)}", RECOVERY_CODE)


def check_can_reset(by: User, user: User) -> None:
    permissions.check(by, "staff.manage")
    if by.pk == user.pk:
        raise OwnSecondFactor
    if not has_second_factor(user):
        raise NoSecondFactor


@transaction.atomic
def reset_by_colleague(*, user: User, by: User, now: datetime) -> None:
    """Remove the second factor of a colleague, who sets up a new one at the next log-in."""
    check_can_reset(by, user)
    _reset(user)
    audit.record("staff.second_factor_reset", by=by, now=now, target=user)


@transaction.atomic
def reset_on_server(*, user: User, now: datetime) -> None:
    """The same by whoever may run commands on the server, for the last administrator without a device."""
    if not has_second_factor(user):
        raise NoSecondFactor
    _reset(user)
    audit.record("staff.second_factor_reset", by=None, now=now, target=user)


def _reset(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Every browser that is logged in to the account is logged out with its next request."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)


def usable_code(user: User, now: datetime) -> str | None:
    """A code that would be taken now, for the demonstration; None while the codes of this minute are used up."""
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        return None
    secret = unseal_secret(bytes(factor.sealed), user)
    steps: Sequence[int] = [step for step in (0, 1) if codes.step_of(now) + step > factor.last_step]
    return codes.code_at(secret, codes.step_of(now) + steps[0]) if steps else None
