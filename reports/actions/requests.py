"""Asking for a table beside those of the questionnaire. Nothing is ever changed: each step adds a version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import requested
from reports.models import RequestedNet, TableRequest
from reports.request_words import sentence
from reports.requests import MOST_UNIONS, Asked, Draft, Problem, how_many_unions, problems, rule_of
from surveys.models import Wave
from surveys.queries import definition_of

MOST_STANDING = 40
MOST_VERSIONS = 400
"""Of all requests of a wave together: all of them are taken for known whenever its tables are protected."""


class CannotBeAsked(Exception):
    """The request makes no sense for this questionnaire; `problems` says where."""

    def __init__(self, found: Iterable[Problem]) -> None:
        self.problems = tuple(found)
        super().__init__(" ".join(sentence(problem) for problem in self.problems))


class WaveNotOpened(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This wave has not been opened yet: its questionnaire may still change, and nothing is counted."
            )
        )


class TooManyRequests(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("A wave takes at most %(most)s requests at a time. Withdraw one that is no longer needed.")
            % {"most": MOST_STANDING}
        )


class TooManyVersions(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The requests of this wave have been changed so often that no further version can be protected."
            )
        )


class TooMuchToCount(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The requests of this wave define as many sums of answers as one night can count."
                " Define fewer, or use a sum that another request of this question has."
            )
        )


class VersionIsOld(Exception):
    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this request meanwhile. Look at it again first."))


class AlreadyWithdrawn(Exception):
    def __init__(self) -> None:
        super().__init__(_("This request has been withdrawn."))


class NothingChanged(Exception):
    def __init__(self) -> None:
        super().__init__(_("The request says exactly this already. Nothing was changed."))


REFUSALS = (
    NotPermitted,
    CannotBeAsked,
    WaveNotOpened,
    TooManyRequests,
    TooManyVersions,
    TooMuchToCount,
    VersionIsOld,
    AlreadyWithdrawn,
    NothingChanged,
)


def check_can_ask(user: User, wave: Wave) -> None:
    permissions.check(user, "table.request")
    if wave.status == Wave.Status.DRAFT:
        raise WaveNotOpened
    if len(requested.standing_of(wave)) >= MOST_STANDING:
        raise TooManyRequests


def check_can_change(user: User, request: TableRequest) -> None:
    """Of the newest version; whoever looks at an older one looks at the newest first."""
    permissions.check(user, "table.request")
    newest = newest_version(request)
    if newest.withdrawn:
        raise AlreadyWithdrawn
    if newest.version != request.version:
        raise VersionIsOld


def newest_version(request: TableRequest) -> TableRequest:
    versions = TableRequest.objects.filter(wave_id=request.wave_id, number=request.number)
    return versions.order_by("-version")[0]


@transaction.atomic
def ask(*, wave: Wave, title: str, reason: str, draft: Draft, by: User, now: datetime) -> TableRequest:
    """The next night counts the table and protects it like the rest; of an open wave, at its next step."""
    wave = _locked(wave)
    check_can_ask(by, wave)
    _check_draft(wave, draft)
    last = TableRequest.objects.filter(wave=wave).aggregate(last=Max("number"))["last"]
    request = _write(
        TableRequest(wave=wave, number=(last or 0) + 1, title=title, reason=reason, by=by, at=now), draft
    )
    audit.record("table.requested", by=by, now=now, target=request, **_details(request))
    return request


@transaction.atomic
def change(
    *, request: TableRequest, title: str, reason: str, draft: Draft, by: User, now: datetime
) -> TableRequest:
    """A further version in the place of `request`, which must be the newest one."""
    wave = _locked(request.wave)
    check_can_change(by, request)
    if requested.draft_of(request) == draft and request.title == title:
        raise NothingChanged
    _check_draft(wave, draft)
    changed = _write(_next_version(request, title=title, reason=reason, by=by, now=now), draft)
    audit.record("table.request_changed", by=by, now=now, target=changed, **_details(changed))
    return changed


@transaction.atomic
def withdraw(*, request: TableRequest, reason: str, by: User, now: datetime) -> TableRequest:
    """Its tables are shown to nobody from now on, and the next night removes them."""
    _locked(request.wave)
    check_can_change(by, request)
    last = _next_version(request, title=request.title, reason=reason, by=by, now=now)
    last.withdrawn = True
    last = _write(last, requested.draft_of(request))
    audit.record("table.request_withdrawn", by=by, now=now, target=last, **_details(last))
    return last


def _locked(wave: Wave) -> Wave:
    """One at a time, so that numbers, versions and limits hold."""
    return (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire")
        .get(pk=wave.pk)
    )


def _check_draft(wave: Wave, draft: Draft) -> None:
    definition = definition_of(wave.questionnaire)
    if found := problems(definition, draft):
        raise CannotBeAsked(found)
    asked = requested.asked_of(wave)
    if len(asked) >= MOST_VERSIONS:
        raise TooManyVersions
    more = Asked(0, draft.question, rule_of(draft.base_rule), nets=draft.nets)
    if how_many_unions(definition, (*asked, more)) > MOST_UNIONS:
        raise TooMuchToCount


def _next_version(request: TableRequest, *, title: str, reason: str, by: User, now: datetime) -> TableRequest:
    return TableRequest(
        wave=request.wave,
        number=request.number,
        version=request.version + 1,
        title=title,
        reason=reason,
        by=by,
        at=now,
    )


def _write(request: TableRequest, draft: Draft) -> TableRequest:
    request.question, request.base_rule = draft.question, draft.base_rule
    request.breakdown = draft.breakdown
    request.filter_class, request.filter_part = draft.filter_class, draft.filter_part
    request.save(force_insert=True)
    RequestedNet.objects.bulk_create(
        RequestedNet(
            request=request, position=place, code=net.code, label=net.label, members=list(net.members)
        )
        for place, net in enumerate(draft.nets, start=1)
    )
    return request


def _details(request: TableRequest) -> dict[str, object]:
    return {
        "wave": str(request.wave_id),
        "number": request.number,
        "version": request.version,
        "question": request.question,
        "base_rule": request.base_rule,
        "breakdown": request.breakdown,
        "filter": f"{request.filter_class}={request.filter_part}" if request.filter_class else "",
        "nets": [net.code for net in request.nets.all()],
    }
