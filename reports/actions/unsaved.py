"""What editors have typed and not saved: kept for its author alone, so that a closed tab loses nothing.

No row of the audit log says when somebody types. Saving, throwing away, or thirty days end it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import User
from reports import compositions
from reports.actions.composing import NoSuchPlace
from reports.models import ReportText, UnsavedText
from responses import retention
from surveys.models import Edition

DAYS_KEPT = 30


class TooLong(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("A text has at most %(most)s characters, so that this one is not kept before it is shorter.")
            % {"most": ReportText.MOST}
        )


def keep(
    *, edition: Edition, place: str, language: str, text: str, seen: int, by: User, now: datetime
) -> UnsavedText | None:
    """Keep what somebody has typed; nothing if it is what stands there anyway."""
    permissions.check(by, "release.request")
    if len(text) > ReportText.MOST:
        raise TooLong
    if place not in {found.key for found in compositions.places(edition)}:
        raise NoSuchPlace
    at: dict[str, Any] = {"edition": edition, "place": place, "language": language, "by": by}
    if _plain(text) == _plain(compositions.text_at(edition, place, language)):
        UnsavedText.objects.filter(**at).delete()
        return None
    kept, _made = UnsavedText.objects.update_or_create(
        **at, defaults={"text": text, "seen": seen, "kept_at": now}
    )
    return kept


def _plain(text: str) -> str:
    """Forms send other ends of lines than files have, and nothing around a text."""
    return text.replace("\r\n", "\n").strip()


def throw_away(*, edition: Edition, place: str, language: str, by: User) -> None:
    UnsavedText.objects.filter(edition=edition, place=place, language=language, by=by).delete()


@transaction.atomic
def forget(*, now: datetime) -> int:
    """The worker ends what nobody came back to."""
    old = UnsavedText.objects.filter(kept_at__lt=now - timedelta(days=DAYS_KEPT))
    return retention.delete_in_batches(old)
