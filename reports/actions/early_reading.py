"""Who may read a release before everybody: named people, each by a link of his or her own that ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports.models import NamedReader, ReaderVisit, Release
from reports.private_links import BadEnd, check_end, hash_of, new_token

OPEN = (Release.Status.REQUESTED, Release.Status.APPROVED)


class NothingToReadEarly(Exception):
    def __init__(self) -> None:
        super().__init__(_("Everybody can read this release already, or nobody ever will."))


class AlreadyEnded(Exception):
    def __init__(self) -> None:
        super().__init__(_("This link has ended already."))


REFUSALS = (NotPermitted, NothingToReadEarly, BadEnd, AlreadyEnded)


def check_can_let_in(user: User, release: Release, now: datetime) -> None:
    permissions.check(user, "release.request")
    is_public = release.published_at is not None and release.published_at <= now
    if release.status not in OPEN or is_public:
        raise NothingToReadEarly


@transaction.atomic
def let_in(
    *,
    release: Release,
    name: str,
    organisation: str,
    kind: str,
    expires_at: datetime,
    by: User,
    now: datetime,
) -> tuple[NamedReader, str]:
    """(reader, token of the link). The token is told once and is stored nowhere."""
    check_can_let_in(by, release, now)
    check_end(expires_at, now)
    token = new_token()
    reader = NamedReader.objects.create(
        release=release,
        name=name,
        organisation=organisation,
        kind=NamedReader.Kind(kind),
        token_hash=hash_of(token),
        expires_at=expires_at,
        by=by,
        at=now,
    )
    audit.record("named_reader.let_in", by=by, now=now, target=release, reader=reader.pk, kind=kind)
    return reader, token


@transaction.atomic
def end(*, reader: NamedReader, by: User, now: datetime) -> None:
    permissions.check(by, "release.request")
    if not NamedReader.objects.filter(pk=reader.pk, ended_at=None).update(ended_at=now):
        raise AlreadyEnded
    audit.record("named_reader.ended", by=by, now=now, target=reader.release, reader=reader.pk)


def visit(*, token: str, now: datetime) -> NamedReader | None:
    """The reader of a link that is still good; the visit is written down."""
    found = (
        NamedReader.objects.filter(
            token_hash=hash_of(token), ended_at=None, expires_at__gt=now, release__status__in=OPEN
        )
        .select_related("release__edition")
        .first()
    )
    if found is not None:
        ReaderVisit.objects.create(reader=found, at=now)
    return found
