"""Outside experts write comments by private links: they write, an editor edits, they approve these very words."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import compositions
from reports.actions.composing import keep_comment, keep_portrait
from reports.models import ExpertComment, ExpertLink, ExpertWord, Portrait
from reports.portraits import NoPortrait
from reports.private_links import BadEnd, check_end, hash_of, new_token
from surveys.models import Edition

Kind = ExpertWord.Kind


class NoPlaceForComments(Exception):
    def __init__(self) -> None:
        super().__init__(_("Comments stand after a section or an article."))


class LinkEnded(Exception):
    def __init__(self) -> None:
        super().__init__(_("This link is not good any more, or was never one. Ask whoever sent it to you."))


class NothingWritten(Exception):
    def __init__(self) -> None:
        super().__init__(_("Write the comment first."))


class ChangedMeanwhile(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The text has changed since you opened this page. Read it again before you agree to it.")
        )


REFUSALS = (
    NotPermitted,
    NoPlaceForComments,
    BadEnd,
    LinkEnded,
    NothingWritten,
    ChangedMeanwhile,
    NoPortrait,
)


@transaction.atomic
def invite(
    *,
    edition: Edition,
    place: str,
    name: str,
    role: str,
    organisation: str,
    language: str,
    expires_at: datetime,
    by: User,
    now: datetime,
) -> tuple[ExpertLink, str]:
    """(link, its token). The token is told once and is stored nowhere."""
    permissions.check(by, "release.request")
    if place not in {found.key for found in compositions.places(edition) if found.takes_comments}:
        raise NoPlaceForComments
    check_end(expires_at, now)
    token = new_token()
    link = ExpertLink.objects.create(
        edition=edition,
        place=place,
        name=name,
        role=role,
        organisation=organisation,
        language=language,
        token_hash=hash_of(token),
        expires_at=expires_at,
        by=by,
        at=now,
    )
    audit.record("expert.invited", by=by, now=now, target=edition, number=link.pk, place=place)
    return link, token


@transaction.atomic
def end(*, link: ExpertLink, by: User, now: datetime) -> None:
    permissions.check(by, "release.request")
    if not ExpertLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=now):
        raise LinkEnded
    audit.record("expert.ended", by=by, now=now, target=link.edition, number=link.pk)


def opened(*, token: str, now: datetime) -> ExpertLink:
    found = (
        ExpertLink.objects.filter(token_hash=hash_of(token), ended_at=None, expires_at__gt=now)
        .select_related("edition", "by")
        .first()
    )
    if found is None:
        raise LinkEnded
    return found


@transaction.atomic
def write(
    *,
    token: str,
    text: str,
    interests: str,
    now: datetime,
    picture: bytes | None = None,
    without_portrait: bool = False,
) -> ExpertWord:
    """What the expert says. It can be written again until a release holds it; a portrait stays until it is changed."""
    link = _locked(token, now)
    if not text.strip():
        raise NothingWritten
    before = last(link)
    shown = None if before is None or without_portrait else before.portrait
    portrait = shown if picture is None else keep_portrait(picture, now)
    return ExpertWord.objects.create(
        link=link, kind=Kind.WRITTEN, text=text, interests=interests, portrait=portrait, at=now
    )


@transaction.atomic
def edit(*, link: ExpertLink, text: str, by: User, now: datetime) -> ExpertWord:
    """What an editor made of it. It stands in no report before the expert has agreed to it."""
    permissions.check(by, "release.request")
    if not text.strip() or last(link) is None:
        raise NothingWritten
    written = said(link)
    made = ExpertWord.objects.create(
        link=link,
        kind=Kind.EDITED,
        text=text,
        interests=written.interests,
        portrait=written.portrait,
        by=by,
        at=now,
    )
    audit.record("expert_comment.edited", by=by, now=now, target=link.edition, number=link.pk)
    return made


@transaction.atomic
def approve(*, token: str, seen: int, interests: str, now: datetime) -> ExpertComment:
    """The expert agrees to the newest words, `seen` by their id; they are the comment of the report from now on."""
    link = _locked(token, now)
    newest = last(link)
    if newest is None or newest.kind == Kind.APPROVED:
        raise NothingWritten
    if newest.pk != seen:
        raise ChangedMeanwhile
    ExpertWord.objects.create(
        link=link,
        kind=Kind.APPROVED,
        text=newest.text,
        interests=interests,
        portrait=newest.portrait,
        at=now,
    )
    made = keep_comment(
        edition=link.edition,
        number=link.comment,
        values={
            "place": link.place,
            "name": link.name,
            "role": link.role,
            "organisation": link.organisation,
            "text": newest.text,
            "language": link.language,
            "interests": interests,
            "portrait": newest.portrait,
            "consent": True,
            "example": False,
        },
        by=link.by,
        now=now,
    )
    ExpertLink.objects.filter(pk=link.pk).update(comment=made.number)
    return made


def _locked(token: str, now: datetime) -> ExpertLink:
    return (
        ExpertLink.objects.select_for_update(of=("self",))
        .select_related("edition", "by")
        .get(pk=opened(token=token, now=now).pk)
    )


def last(link: ExpertLink) -> ExpertWord | None:
    return link.words.select_related("portrait").order_by("-pk").first()


def portrait_behind(*, token: str, now: datetime) -> Portrait:
    """The picture that the expert has given. Raises LinkEnded where there is none to show."""
    newest = last(opened(token=token, now=now))
    if newest is None or newest.portrait is None:
        raise LinkEnded
    return newest.portrait


def said(link: ExpertLink) -> ExpertWord:
    """What the expert wrote last. Raises NothingWritten."""
    found = link.words.filter(kind=Kind.WRITTEN).select_related("portrait").order_by("-pk").first()
    if found is None:
        raise NothingWritten
    return found
