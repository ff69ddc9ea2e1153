"""Releases as the public may read them. Nothing here ever finds one that was not approved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, F, JSONField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext as _

from reports.models import Release


@dataclass(frozen=True, slots=True)
class Signed:
    """The worker's signature of a release in hexadecimal, and the key that it is checked with."""

    signature: str
    public_key: str


def withdrawn(release: Release) -> str:
    """The note of a release that nobody should rely on any more; else empty."""
    found = getattr(release, "withdrawal", None)
    return "" if found is None else found.note


def signed(release: Release) -> Signed | None:
    """None until the worker has come to it."""
    found = getattr(release, "signature", None)
    if found is None:
        return None
    return Signed(found.signature_hex, str(found.key))


IN_ORDER = (F("withdrawal__at").asc(nulls_first=True), "-number")
"""The one to read comes first: the newest that was not withdrawn, or the newest of those that were."""


class NothingPublished(Exception):
    """The edition or the release is not there for the public. The sentence is the same whatever the reason."""


@dataclass(frozen=True)
class Published:
    """A release with its content and the numbers of all releases of its edition, newest first."""

    release: Release
    numbers: tuple[int, ...]
    best: int | None = None
    """The one to read; another than the first of `numbers` if that was withdrawn."""

    @cached_property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.release.content)
        return found

    @property
    def file_name(self) -> str:
        """What its content is called when it is saved. A made-up one says so in its name."""
        made_up = "-synthetic" if self.content["synthetic"] else ""
        return f"enquiry-{self.release.edition.year}-release-{self.release.number}{made_up}.json"

    @property
    def newest(self) -> int:
        return self.numbers[0] if self.best is None else self.best


def approved() -> QuerySet[Release]:
    """Those whose time has come, by the clock of the database."""
    found = Release.objects.filter(status=Release.Status.APPROVED)
    return found.filter(Q(public_from__isnull=True) | Q(public_from__lte=Now()))


def shelf() -> list[Release]:
    """The newest release of every edition that has one, latest year first: with `synthetic`, without content."""
    newest = approved().order_by("edition_id", *IN_ORDER).distinct("edition_id").values("pk")
    releases = approved().filter(pk__in=newest).select_related("edition").order_by("-edition__year")
    return list(with_synthetic(releases))


def releases_of(year: int) -> list[Release]:
    """Every release of an edition, newest first: with `synthetic`, without content."""
    releases = with_synthetic(
        approved().filter(edition__year=year).select_related("edition").order_by("-number")
    )
    found = list(releases)
    if not found:
        raise NothingPublished(_("No report has been published for %(year)s.") % {"year": year})
    return found


def with_synthetic(releases: QuerySet[Release]) -> QuerySet[Release]:
    content = Cast("content", JSONField())
    return releases.alias(parsed=content).annotate(synthetic=KT("parsed__synthetic")).defer("content")


def standing(year: int, number: int | None = None) -> tuple[Any, ...]:
    """What a page about a release follows from beside its address: one query, without the content."""
    whole = Count("pictures", filter=Q(pictures__figure=""), distinct=True)
    found = (
        approved()
        .filter(edition__year=year)
        .order_by("-number")
        .annotate(printed=Count("prints", distinct=True), pictured=whole)
    )
    names = (
        "number",
        "content_hash",
        "decided_at",
        "note",
        "signature__signed_at",
        "printed",
        "pictured",
        "withdrawal__at",
    )
    rows = list(found.values_list(*names))
    if not rows:
        raise NothingPublished(_("No report has been published for %(year)s.") % {"year": year})
    best = next((row for row in rows if row[-1] is None), rows[0])
    wanted = best if number is None else next((row for row in rows if row[0] == number), None)
    return (wanted, best[0], len(rows))


def published(year: int, number: int | None = None) -> Published:
    """Release `number` of the edition of `year`, or the newest. Two queries."""
    names = ("number", "withdrawal__at")
    found: list[Any] = list(approved().filter(edition__year=year).order_by("-number").values_list(*names))
    numbers = tuple(one for one, _withdrawn in found if one is not None)
    if not numbers:
        raise NothingPublished(_("No report has been published for %(year)s.") % {"year": year})
    best = next((one for one, gone in found if gone is None), numbers[0])
    wanted = best if number is None else number
    if wanted not in numbers:
        raise NothingPublished(
            _("The report of %(year)s has no release %(number)s.") % {"year": year, "number": number}
        )
    related = approved().select_related("edition", "signature__key", "withdrawal")
    return Published(related.get(edition__year=year, number=wanted), numbers, best)
