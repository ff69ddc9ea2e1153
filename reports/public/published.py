"""Releases as the public may read them. Nothing here ever finds one that was not approved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, JSONField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from reports.models import Release


@dataclass(frozen=True, slots=True)
class Signed:
    """The worker's signature of a release in hexadecimal, and the key that it is checked with."""

    signature: str
    public_key: str


def signed(release: Release) -> Signed | None:
    """None until the worker has come to it."""
    found = getattr(release, "signature", None)
    if found is None:
        return None
    return Signed(found.signature_hex, str(found.key))


class NothingPublished(Exception):
    """The edition or the release is not there for the public. The sentence is the same whatever the reason."""


@dataclass(frozen=True)
class Published:
    """A release with its content and the numbers of all releases of its edition, newest first."""

    release: Release
    numbers: tuple[int, ...]

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
        return self.numbers[0]


def approved() -> QuerySet[Release]:
    return Release.objects.filter(status=Release.Status.APPROVED)


def shelf() -> list[Release]:
    """The newest release of every edition that has one, latest year first: with `synthetic`, without content."""
    newest = approved().order_by("edition_id", "-number").distinct("edition_id").values("pk")
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
    found = approved().filter(edition__year=year).order_by("-number").annotate(printed=Count("prints"))
    names = ("number", "content_hash", "decided_at", "note", "signature__signed_at", "printed")
    rows = list(found.values_list(*names))
    if not rows:
        raise NothingPublished(_("No report has been published for %(year)s.") % {"year": year})
    wanted = [row for row in rows if number in (None, row[0])]
    return (wanted[0] if wanted else None, rows[0][0], len(rows))


def published(year: int, number: int | None = None) -> Published:
    """Release `number` of the edition of `year`, or the newest. Two queries."""
    numbers = tuple(
        approved().filter(edition__year=year).order_by("-number").values_list("number", flat=True)
    )
    if not numbers:
        raise NothingPublished(_("No report has been published for %(year)s.") % {"year": year})
    wanted = numbers[0] if number is None else number
    if wanted not in numbers:
        raise NothingPublished(
            _("The report of %(year)s has no release %(number)s.") % {"year": year, "number": number}
        )
    release = approved().select_related("edition", "signature__key").get(edition__year=year, number=wanted)
    return Published(release, tuple(found for found in numbers if found is not None))
