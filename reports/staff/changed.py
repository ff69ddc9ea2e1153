"""What a release changes against the one before it, in words for whoever decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.changes import ADDED, NUMBERS, REMOVED, WITHDRAWN, WORDS, Change, changes_of
from reports.models import Release
from reports.public.numbers import percent, score_unit, whole
from reports.public.reading import BELOW_ONE, NOT_ASKED, WITHHELD

KINDS: Mapping[str, str | Promise] = {
    ADDED: gettext_lazy("new"),
    REMOVED: gettext_lazy("gone"),
    WITHDRAWN: gettext_lazy("withdrawn"),
    NUMBERS: gettext_lazy("other numbers"),
    WORDS: gettext_lazy("other words, the same numbers"),
}
WITHOUT_NUMBER: Mapping[str, str | Promise] = {
    WITHHELD: gettext_lazy("withheld"),
    NOT_ASKED: gettext_lazy("not asked"),
}


@dataclass(frozen=True, slots=True)
class ChangedNumber:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    figure: str
    title: str
    kind: str
    numbers: tuple[ChangedNumber, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """`before`: the number of the release that this one follows."""

    before: int
    figures: tuple[ChangedFigure, ...]


def changed(release: Release) -> Changed | None:
    """None for the first release of an edition."""
    before = _before(release)
    if before is None or before.number is None:
        return None
    found = changes_of(json.loads(before.content), json.loads(release.content))
    return Changed(before.number, tuple(_figure(change) for change in found))


def _before(release: Release) -> Release | None:
    earlier = Release.objects.filter(edition=release.edition, status=Release.Status.APPROVED)
    if release.number is not None:
        earlier = earlier.filter(number__lt=release.number)
    return earlier.order_by("-number").first()


def _figure(change: Change) -> ChangedFigure:
    numbers = tuple(ChangedNumber(line.label, _said(line.before), _said(line.after)) for line in change.lines)
    return ChangedFigure(change.figure, change.title, str(KINDS[change.kind]), numbers)


def _said(line: Mapping[str, Any] | None) -> str:
    if line is None:
        return _("not there")
    if line["percent"] is None:
        return str(WITHOUT_NUMBER.get(line["status"], WITHOUT_NUMBER[WITHHELD]))
    number = _number(line)
    if line["base"] is None:
        return number
    return _("%(number)s of %(base)s") % {"number": number, "base": whole(line["base"])}


def _number(line: Mapping[str, Any]) -> str:
    value = line["percent"]
    if value == BELOW_ONE:
        return percent(0, below_one=True)
    return percent(value) if line["statistic"].startswith("percent_") else score_unit(value, False)
