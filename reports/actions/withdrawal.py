"""A figure that an edition publishes no more, and a release that nobody should rely on."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports.models import FigureWithdrawal, LedgerEntry, Release, ReleaseWithdrawal
from surveys.models import Edition


class NeverPublished(Exception):
    def __init__(self) -> None:
        super().__init__(_("No release of this edition has published this figure."))


class AlreadyWithdrawn(Exception):
    def __init__(self) -> None:
        super().__init__(_("This figure has been withdrawn already."))


class NoteMissing(Exception):
    def __init__(self) -> None:
        super().__init__(_("Say why: the sentence is printed in the place of the figure."))


class NotPublished(Exception):
    def __init__(self) -> None:
        super().__init__(_("Only a release that was published can be withdrawn."))


class ReleaseWithdrawn(Exception):
    def __init__(self) -> None:
        super().__init__(_("This release has been withdrawn already."))


REFUSALS = (NotPermitted, NeverPublished, AlreadyWithdrawn, NoteMissing, NotPublished, ReleaseWithdrawn)


def figures_to_withdraw(edition: Edition) -> list[str]:
    """Figures that some release of the edition has published with numbers, less those withdrawn."""
    gone = FigureWithdrawal.objects.filter(edition=edition).values("figure")
    found = LedgerEntry.objects.filter(release__edition=edition).exclude(figure__in=gone)
    return sorted(set(found.values_list("figure", flat=True)))


@transaction.atomic
def withdraw(*, edition: Edition, figure: str, note: str, by: User, now: datetime) -> FigureWithdrawal:
    """From the next release on. It stays withdrawn in this edition: there is no way back."""
    permissions.check(by, "release.request")
    if not note.strip():
        raise NoteMissing
    if not LedgerEntry.objects.filter(release__edition=edition, figure=figure).exists():
        raise NeverPublished
    try:
        with transaction.atomic():
            made = FigureWithdrawal.objects.create(
                edition=edition, figure=figure, note=note.strip(), by=by, at=now
            )
    except IntegrityError as error:
        raise AlreadyWithdrawn from error
    audit.record("figure.withdrawn", by=by, now=now, target=edition, figure=figure)
    return made


@transaction.atomic
def withdraw_release(*, release: Release, note: str, by: User, now: datetime) -> ReleaseWithdrawal:
    """At once and for good. It stays readable under the note, and whoever read it may have kept it."""
    permissions.check(by, "release.approve")
    if not note.strip():
        raise NoteMissing
    if release.status != Release.Status.APPROVED:
        raise NotPublished
    try:
        with transaction.atomic():
            made = ReleaseWithdrawal.objects.create(release=release, note=note.strip(), by=by, at=now)
    except IntegrityError as error:
        raise ReleaseWithdrawn from error
    audit.record("release.withdrawn", by=by, now=now, target=release, number=release.number)
    return made
