"""Writing what stands around the figures. Nothing is overwritten: each saving adds a version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import compositions
from reports.models import ExpertComment, Portrait, ReportText, UnsavedText
from reports.portraits import NoPortrait, portrait_of
from surveys.models import Edition


class NoSuchPlace(Exception):
    def __init__(self) -> None:
        super().__init__(_("The report of this edition has no such place."))


class SavedMeanwhile(Exception):
    """Somebody else was faster; `theirs` is what stands there now."""

    def __init__(self, theirs: ReportText) -> None:
        self.theirs = theirs
        super().__init__(
            _(
                "%(who)s has saved this text in the meantime. Both stand below: what is yours, and what was saved."
                " Nothing is lost; save again to put yours in its place."
            )
            % {"who": theirs.by}
        )


class NoConsent(Exception):
    def __init__(self) -> None:
        super().__init__(_("A comment is published only if its author has agreed to these very words."))


REFUSALS = (NotPermitted, NoSuchPlace, SavedMeanwhile, NoConsent, NoPortrait)


def write(
    *, edition: Edition, place: str, language: str, text: str, seen: int, by: User, now: datetime
) -> ReportText:
    """Add a version of a text. `seen`: the version that its editor began with, 0 where there was none."""
    permissions.check(by, "release.request")
    if place not in {found.key for found in compositions.places(edition)}:
        raise NoSuchPlace
    at = {"edition": edition, "place": place, "language": language}
    newest = ReportText.objects.filter(**at).select_related("by").order_by("-version").first()
    if newest is not None and newest.version != seen:
        raise SavedMeanwhile(newest)
    try:
        with transaction.atomic():
            made = ReportText.objects.create(**at, version=seen + 1, text=text, by=by, at=now)
            UnsavedText.objects.filter(**at, by=by).delete()
            audit.record("report_text.written", by=by, now=now, target=edition, place=place, version=seen + 1)
            return made
    except IntegrityError as error:
        # Of two at once, one gets the version.
        theirs = ReportText.objects.filter(**at).select_related("by").latest("version")
        raise SavedMeanwhile(theirs) from error


def keep_portrait(picture: bytes, now: datetime) -> Portrait:
    """What is seen of an uploaded picture, under its SHA-256. Raises NoPortrait."""
    content = portrait_of(picture)
    found, _made = Portrait.objects.get_or_create(
        sha256=hashlib.sha256(content).hexdigest(), defaults={"content": content, "made_at": now}
    )
    return found


@transaction.atomic
def keep_comment(
    *,
    edition: Edition,
    number: int | None,
    values: Mapping[str, Any],
    by: User,
    now: datetime,
    removed: bool = False,
) -> ExpertComment:
    """A new comment, or a further version of one. One without its author's consent is never kept."""
    permissions.check(by, "release.request")
    # The edition's lock gives out numbers and versions one at a time.
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    takes = {found.key for found in compositions.places(edition) if found.takes_comments}
    if values["place"] not in takes:
        raise NoSuchPlace
    if not (values["consent"] or values.get("example") or removed):
        raise NoConsent
    own = ExpertComment.objects.filter(edition=edition)
    wanted = number or (own.aggregate(last=Max("number"))["last"] or 0) + 1
    last = own.filter(number=wanted).aggregate(last=Max("version"))["last"] or 0
    made = ExpertComment.objects.create(
        edition=edition, number=wanted, version=last + 1, removed=removed, by=by, at=now, **values
    )
    action = "expert_comment.removed" if removed else "expert_comment.kept"
    audit.record(action, by=by, now=now, target=edition, number=wanted, version=made.version)
    return made
