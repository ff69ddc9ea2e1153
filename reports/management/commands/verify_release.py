from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports.actions import recounting
from reports.content import hash_of
from reports.models import Release
from reports.signatures import is_signed


class Command(BaseCommand):
    help = (
        "Check that every release, or those of one edition, or one of them, still has the hash that was approved and"
        " the worker's signature; with --recount also that the responses still give every figure of the newest release"
        " of an edition (run that with ENQUIRY_PROCESS=worker)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", nargs="?", type=int)
        parser.add_argument("number", nargs="?", type=int)
        parser.add_argument("--recount", action="store_true")

    def handle(self, *args: Any, recount: bool = False, **options: Any) -> None:
        found = Release.objects.select_related("edition", "signature__key").order_by("edition__year", "pk")
        if options["year"]:
            found = found.filter(edition__year=options["year"])
        if options["number"]:
            found = found.filter(number=options["number"])
        _refuse(
            [release for release in found if hash_of(release.content.encode()) != release.content_hash],
            _("This does not have its hash any more: %(releases)s."),
        )
        signed = [release for release in found if hasattr(release, "signature")]
        _refuse(
            [release for release in signed if not _has_its_signature(release)],
            _("The signature of this is not right: %(releases)s."),
        )
        self.stdout.write(
            _("Checked, and as approved: %(count)s. Signed: %(signed)s.")
            % {"count": len(found), "signed": len(signed)}
        )
        if recount:
            for release in _newest(list(found)):
                self._recount(release)

    def _recount(self, release: Release) -> None:
        differing = recounting.differences(release)
        if differing:
            raise CommandError(
                _("The responses do not give these figures of %(release)s: %(figures)s.")
                % {"release": release, "figures": ", ".join(differing)}
            )
        self.stdout.write(
            _("Counted anew, and every figure is the same: %(release)s.") % {"release": release}
        )


def _newest(releases: list[Release]) -> list[Release]:
    """Of each edition the published release with the highest number: earlier ones may rest on other tables."""
    published = [release for release in releases if release.number]
    newest = {release.edition_id: release for release in sorted(published, key=lambda r: r.number or 0)}
    return list(newest.values())


def _has_its_signature(release: Release) -> bool:
    found = release.signature
    return is_signed(release.content.encode(), bytes(found.signature), bytes(found.key.public_key))


def _refuse(releases: list[Release], sentence: str) -> None:
    if releases:
        raise CommandError(sentence % {"releases": ", ".join(map(str, releases))})
