from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports.content import hash_of
from reports.models import Release


class Command(BaseCommand):
    help = "Check that every release, or those of one edition, still has the hash that was approved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", nargs="?", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        found = Release.objects.select_related("edition").order_by("edition__year", "pk")
        if options["year"]:
            found = found.filter(edition__year=options["year"])
        damaged = [
            str(release) for release in found if hash_of(release.content.encode()) != release.content_hash
        ]
        if damaged:
            raise CommandError(
                _("This does not have its hash any more: %(releases)s.") % {"releases": ", ".join(damaged)}
            )
        self.stdout.write(_("Checked, and as approved: %(count)s.") % {"count": len(found)})
