"""How figures stand in a report: which, where, drawn how, with which groups. Each saving adds a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports.arranging import figure_of
from reports.models import FigureArrangement
from surveys.models import Edition


class NoSuchFigure(Exception):
    def __init__(self) -> None:
        super().__init__(_("The report of this edition has no such figure."))


class NotForThisFigure(Exception):
    def __init__(self) -> None:
        super().__init__(_("This figure cannot be drawn so, or has no such groups to show."))


class ArrangedMeanwhile(Exception):
    def __init__(self, who: object) -> None:
        super().__init__(
            _("%(who)s has arranged this figure in the meantime. Look at it again, then save yours.")
            % {"who": who}
        )


REFUSALS = (NotPermitted, NoSuchFigure, NotForThisFigure, ArrangedMeanwhile)


def arrange(
    *, edition: Edition, figure: str, seen: int, values: Mapping[str, Any], by: User, now: datetime
) -> FigureArrangement:
    """Add a version. `seen`: the version that the editor looked at, 0 for none."""
    permissions.check(by, "release.request")
    found = figure_of(edition, figure)
    if found is None:
        raise NoSuchFigure
    if values["chart"] not in ("", *found.charts) or values["breakdown"] not in ("", *found.breakdowns):
        raise NotForThisFigure
    own = FigureArrangement.objects.filter(edition=edition, figure=figure).select_related("by")
    newest = own.order_by("-version").first()
    if newest is not None and newest.version != seen:
        raise ArrangedMeanwhile(newest.by)
    try:
        with transaction.atomic():
            made = FigureArrangement.objects.create(
                edition=edition, figure=figure, version=seen + 1, by=by, at=now, **values
            )
            audit.record("figure.arranged", by=by, now=now, target=edition, figure=figure, version=seen + 1)
            return made
    except IntegrityError as error:
        raise ArrangedMeanwhile(own.latest("version").by) from error
