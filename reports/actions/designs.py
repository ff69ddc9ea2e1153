"""Which layout of a breakdown an analyst prefers. The night takes it if the policy lets it, and else its own choice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports.models import DesignChoice, Table
from surveys.models import Wave


class NoSuchLayout(Exception):
    def __init__(self) -> None:
        super().__init__(_("The night has not looked at such a layout. Choose one of those in the list."))


REFUSALS = (NotPermitted, NoSuchLayout)


@transaction.atomic
def prefer(*, wave: Wave, table: Table, design: str, note: str, by: User, now: datetime) -> DesignChoice:
    """Say which layout is wanted; an empty one leaves the choice to the night."""
    permissions.check(by, "table.request")
    if design and design not in {tried.partition(": ")[0] for tried in table.tried}:
        raise NoSuchLayout
    made = DesignChoice.objects.create(
        wave=wave,
        question=table.question,
        breakdown=table.breakdown,
        design=design,
        note=note,
        by=by,
        at=now,
    )
    audit.record(
        "design.preferred",
        by=by,
        now=now,
        target=wave,
        question=table.question,
        breakdown=table.breakdown,
        design=design,
    )
    return made
