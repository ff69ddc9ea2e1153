from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import compositions, ledger, queries
from reports.actions import auditing, picturing, printing, signing
from reports.content import canonical, content_of, hash_of
from reports.differencing import LEAST, too_few_changed
from reports.disclosed import ITEM_NAMES
from reports.models import Release, ReleaseAudit
from reports.release_states import MOVES
from surveys.models import Edition, Wave

Status = Release.Status
DECIDED: dict[str, str | Promise] = {
    Status.APPROVED: gettext_lazy("This release has been published already."),
    Status.REJECTED: gettext_lazy("This request was rejected. Somebody has to ask again."),
    Status.CANCELLED: gettext_lazy("This request was taken back. Somebody has to ask again."),
}


class NothingToRelease(Exception):
    def __init__(self, edition: Edition) -> None:
        super().__init__(_("%(edition)s has no wave, so there is nothing to publish.") % {"edition": edition})


class WaveNotFinal(Exception):
    def __init__(self, waves: list[Wave]) -> None:
        named = ", ".join(str(wave) for wave in waves)
        super().__init__(
            _("Not finished yet: %(waves)s. A wave is finished by the first night after its last ballots.")
            % {"waves": named}
        )


class TablesMissing(Exception):
    def __init__(self, waves: list[Wave]) -> None:
        named = ", ".join(str(wave) for wave in waves)
        super().__init__(
            _("There are no final tables yet of: %(waves)s. Run the night for them.") % {"waves": named}
        )


class MethodUntold(Exception):
    def __init__(self, items: Iterable[str]) -> None:
        super().__init__(
            _(
                "The page on the method says nothing yet about: %(items)s. Write it under “Texts of the report”."
            )
            % {"items": ", ".join(str(ITEM_NAMES[item]) for item in items)}
        )


class RequestOpen(Exception):
    def __init__(self) -> None:
        super().__init__(_("Another request for this edition waits for its decision."))


class AlreadyDecided(Exception):
    def __init__(self, release: Release) -> None:
        super().__init__(str(DECIDED[release.status]))


class SamePerson(Exception):
    def __init__(self) -> None:
        super().__init__(_("You asked for this release, so somebody else has to decide on it."))


class NotTheRequester(Exception):
    def __init__(self) -> None:
        super().__init__(_("Only the person who asked for this release can take it back."))


class ContentDamaged(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The content of this request does not have its hash any more. It cannot be published.")
        )


class TablesChanged(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The tables have changed since this release was asked for. Reject it and have it asked for again."
            )
        )


class CorrectionWithoutNote(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This edition has been published before. Say what is different now: the note is printed on top."
            )
        )


class TooFewChanged(Exception):
    def __init__(self, figures: tuple[str, ...]) -> None:
        super().__init__(
            _(
                "Since the last release the answers of fewer than %(least)s people changed in: %(figures)s. Whoever"
                " subtracts the two would learn what these few answered. Withdraw these figures, or leave the last"
                " release as it is."
            )
            % {"least": LEAST, "figures": ", ".join(figures)}
        )


class TimeHasPassed(Exception):
    def __init__(self) -> None:
        super().__init__(_("The time from which everybody can read it lies in the past."))


class NotAudited(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "It is not known yet what a reader could work out: a worker finds out, which takes a few minutes."
            )
        )


class TooMuchFollows(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(
            ngettext(
                "A reader could work out one withheld number too closely, so this cannot be published.",
                "A reader could work out %(number)s withheld numbers too closely, so this cannot be published.",
                number,
            )
            % {"number": number}
        )


class ContentContradicts(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("No answers at all agree with what would be published: something was counted wrongly.")
        )


REFUSALS = (
    NotPermitted,
    MethodUntold,
    NothingToRelease,
    WaveNotFinal,
    TablesMissing,
    RequestOpen,
    AlreadyDecided,
    SamePerson,
    NotTheRequester,
    ContentDamaged,
    TablesChanged,
    TooFewChanged,
    CorrectionWithoutNote,
    TimeHasPassed,
    NotAudited,
    TooMuchFollows,
    ContentContradicts,
)


def check_can_request(user: User, edition: Edition) -> None:
    permissions.check(user, "release.request")
    waves = queries.waves_of(edition)
    if not waves:
        raise NothingToRelease(edition)
    if running := [wave for wave in waves if wave.status != Wave.Status.FINAL]:
        raise WaveNotFinal(running)
    if without := [wave for wave in waves if not queries.has_final_tables(wave)]:
        raise TablesMissing(without)
    if Release.objects.filter(edition=edition, status=Status.REQUESTED).exists():
        raise RequestOpen
    if untold := compositions.untold(edition):
        raise MethodUntold(untold)
    _check_differences(edition)


@transaction.atomic
def request(
    *, edition: Edition, note: str, by: User, now: datetime, public_from: datetime | None = None
) -> Release:
    """Freeze what the tables say now and ask a second person to publish it, at once or from a time on."""
    check_can_request(by, edition)
    if public_from is not None and public_from <= now:
        raise TimeHasPassed
    if not note.strip() and Release.objects.filter(edition=edition, status=Status.APPROVED).exists():
        raise CorrectionWithoutNote
    content = canonical(content_of(edition, audit.head()))
    try:
        with transaction.atomic():
            release = Release.objects.create(
                edition=edition,
                note=note,
                content=content.decode(),
                content_hash=hash_of(content),
                requested_by=by,
                requested_at=now,
                public_from=public_from,
            )
    except IntegrityError as error:
        raise RequestOpen from error
    if auditing.takes_long(edition):
        transaction.on_commit(lambda: auditing.ask_worker(release.pk))
    else:
        auditing.make(release=release, now=now)
    audit.record("release.requested", by=by, now=now, target=release, hash=release.content_hash)
    return release


def _check_open(release: Release, to: str) -> None:
    if to not in MOVES[release.status]:
        raise AlreadyDecided(release)


def check_can_approve(user: User, release: Release) -> None:
    permissions.check(user, "release.approve")
    _check_open(release, Status.APPROVED)
    if user.pk == release.requested_by_id:
        raise SamePerson
    if hash_of(release.content.encode()) != release.content_hash:
        raise ContentDamaged
    if not _tables_say(release):
        raise TablesChanged
    _check_audit(release)
    _check_differences(release.edition)


def _check_audit(release: Release) -> None:
    found = ReleaseAudit.objects.filter(release=release).first()
    if found is None:
        raise NotAudited
    if found.contradiction:
        raise ContentContradicts
    if found.too_narrow:
        raise TooMuchFollows(found.too_narrow)


def _check_differences(edition: Edition) -> None:
    if figures := too_few_changed(ledger.published(edition), ledger.standing(edition)):
        raise TooFewChanged(figures)


def _tables_say(release: Release) -> bool:
    """Whether a request made now would have the same content."""
    waves = queries.waves_of(release.edition)
    if any(wave.status != Wave.Status.FINAL or not queries.has_final_tables(wave) for wave in waves):
        return False
    # The audit log has grown since; a request from before it was chained holds no hash of it.
    audit_head = json.loads(release.content).get("audit_head", "")
    return canonical(content_of(release.edition, audit_head)) == release.content.encode()


def check_can_reject(user: User, release: Release) -> None:
    permissions.check(user, "release.approve")
    _check_open(release, Status.REJECTED)
    if user.pk == release.requested_by_id:
        raise SamePerson


def check_can_cancel(user: User, release: Release) -> None:
    permissions.check(user, "release.request")
    _check_open(release, Status.CANCELLED)
    if user.pk != release.requested_by_id:
        raise NotTheRequester


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except REFUSALS:
        return False
    return True


def can_request(user: User, edition: Edition) -> bool:
    return _passes(lambda: check_can_request(user, edition))


def can_approve(user: User, release: Release) -> bool:
    return _passes(lambda: check_can_approve(user, release))


def can_reject(user: User, release: Release) -> bool:
    return _passes(lambda: check_can_reject(user, release))


def can_cancel(user: User, release: Release) -> bool:
    return _passes(lambda: check_can_cancel(user, release))


@transaction.atomic
def approve(*, release: Release, by: User, now: datetime) -> Release:
    """Publish a request under the next number. The requester can never be the approver."""
    # The edition's lock gives out numbers one at a time; the request's lock lets one of two approvers through.
    edition = Edition.objects.select_for_update(no_key=True).get(pk=release.edition_id)
    release = _locked(release)
    check_can_approve(by, release)
    release.number = queries.next_release_number(edition)
    ledger.keep(release)
    made = _decide(release, Status.APPROVED, by, now, note="")
    transaction.on_commit(lambda: signing.ask_worker(made.pk))
    transaction.on_commit(lambda: printing.ask_worker(made.pk))
    transaction.on_commit(lambda: picturing.ask_worker(made.pk))
    return made


@transaction.atomic
def reject(*, release: Release, note: str = "", by: User, now: datetime) -> Release:
    release = _locked(release)
    check_can_reject(by, release)
    return _decide(release, Status.REJECTED, by, now, note)


@transaction.atomic
def cancel(*, release: Release, by: User, now: datetime) -> Release:
    release = _locked(release)
    check_can_cancel(by, release)
    return _decide(release, Status.CANCELLED, by, now, note="")


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update(of=("self",)).select_related("edition").get(pk=release.pk)


def _decide(release: Release, to: Status, by: User, now: datetime, note: str) -> Release:
    _check_open(release, to)
    release.status, release.decided_by, release.decided_at, release.decision_note = to, by, now, note
    release.save(update_fields=["number", "status", "decided_by", "decided_at", "decision_note"])
    audit.record(
        f"release.{to.value}",
        by=by,
        now=now,
        target=release,
        number=release.number,
        hash=release.content_hash,
    )
    return release
