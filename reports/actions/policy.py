"""A change of what may be said: a stricter policy holds at once, a looser one needs a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import loosening, queries
from reports.models import Policy
from reports.wordings import THRESHOLD_WORDS
from surveys.models import Wave

Status = Policy.Status


class NothingChanged(Exception):
    def __init__(self) -> None:
        super().__init__(_("These are the rules as they are. Nothing was changed."))


class BelowFloor(Exception):
    def __init__(self, names: tuple[str, ...]) -> None:
        sentences = [
            _("“%(rule)s” cannot be below %(floor)s.")
            % {"rule": THRESHOLD_WORDS[name], "floor": loosening.FLOORS[name]}
            for name in names
        ]
        super().__init__(" ".join(sentences))


class OutOfOrder(Exception):
    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        sentences = [
            _("“%(high)s” cannot be below “%(low)s”.")
            % {"high": THRESHOLD_WORDS[high], "low": THRESHOLD_WORDS[low]}
            for high, low in pairs
        ]
        super().__init__(" ".join(sentences))


class ProposalOpen(Exception):
    def __init__(self) -> None:
        super().__init__(_("Another looser policy waits for its decision, or was proposed at this moment."))


class AlreadyDecided(Exception):
    def __init__(self) -> None:
        super().__init__(_("This policy has been decided already, or a stricter one has taken its place."))


class SamePerson(Exception):
    def __init__(self) -> None:
        super().__init__(_("You proposed this policy, so somebody else has to approve it."))


REFUSALS = (NotPermitted, NothingChanged, BelowFloor, OutOfOrder, ProposalOpen, AlreadyDecided, SamePerson)


def values_of(policy: Policy) -> dict[str, int]:
    return {name: getattr(policy, name) for name in loosening.THRESHOLDS}


def rules_of(wave: Wave | None) -> Policy:
    """Those that a wave follows now, or those of all waves."""
    return queries.current_policy() if wave is None else queries.policy_of(wave)


def check_can_propose(user: User, values: Mapping[str, int], wave: Wave | None = None) -> None:
    permissions.check(user, "policy.change")
    if dict(values) == values_of(rules_of(wave)):
        raise NothingChanged
    if low := loosening.below_floor(values):
        raise BelowFloor(low)
    if pairs := loosening.out_of_order(values):
        raise OutOfOrder(pairs)


def propose_policy(
    *, values: Mapping[str, int], note: str, by: User, now: datetime, wave: Wave | None = None
) -> Policy:
    """A new version, of all waves or of one. One that loosens nothing is in force at once.

    It ends a looser proposal that was open.
    """
    try:
        with transaction.atomic():
            check_can_propose(by, values, wave)
            return _propose(values, note, by, now, wave)
    except IntegrityError as error:
        # The version, or the place of the one open proposal, was taken in the meantime.
        raise ProposalOpen from error


def _propose(values: Mapping[str, int], note: str, by: User, now: datetime, wave: Wave | None) -> Policy:
    before = rules_of(wave)
    lower = loosening.loosened(values_of(before), values)
    if not lower:
        Policy.objects.filter(status=Status.PROPOSED, wave=wave).update(
            status=Status.REJECTED, decided_by=by, decided_at=now
        )
    policy = Policy.objects.create(
        version=(Policy.objects.aggregate(last=Max("version"))["last"] or 0) + 1,
        wave=wave,
        status=Status.PROPOSED if lower else Status.IN_FORCE,
        loosens=bool(lower),
        note=note,
        proposed_by=by,
        proposed_at=now,
        **values,
    )
    audit.record(
        "policy.proposed" if lower else "policy.tightened",
        by=by,
        now=now,
        target=policy,
        version=policy.version,
        wave=str(wave) if wave is not None else "",
        instead_of=before.version,
        values=dict(values),
        loosened=list(lower),
    )
    return policy


def check_can_approve(user: User, policy: Policy) -> None:
    permissions.check(user, "policy.change")
    _check_open(policy)
    if user.pk == policy.proposed_by_id:
        raise SamePerson


def check_can_reject(user: User, policy: Policy) -> None:
    """Whoever proposed it may think better of it alone: nothing becomes looser by that."""
    permissions.check(user, "policy.change")
    _check_open(policy)


def _check_open(policy: Policy) -> None:
    if policy.status != Status.PROPOSED:
        raise AlreadyDecided


@transaction.atomic
def approve_policy(*, policy: Policy, by: User, now: datetime) -> Policy:
    """Put a looser policy in force. Who proposed it can never be who approves it."""
    policy = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    check_can_approve(by, policy)
    return _decide(policy, Status.IN_FORCE, "policy.approved", by, now)


@transaction.atomic
def reject_policy(*, policy: Policy, by: User, now: datetime) -> Policy:
    policy = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    check_can_reject(by, policy)
    return _decide(policy, Status.REJECTED, "policy.rejected", by, now)


def _decide(policy: Policy, to: Policy.Status, action: str, by: User, now: datetime) -> Policy:
    policy.status, policy.decided_by, policy.decided_at = to, by, now
    policy.save(update_fields=["status", "decided_by", "decided_at"])
    audit.record(action, by=by, now=now, target=policy, version=policy.version)
    return policy
