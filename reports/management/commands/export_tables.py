from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.actions import exports
from reports.exports.writers import WRITERS
from surveys.models import Wave

PIECE = 1024 * 1024


class Command(BaseCommand):
    help = "Write all stored tables of a wave, with what each figure rests on, as CSV, JSON or XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "wave", help="Key of the wave, or questionnaire and year such as `enterprise 2019`."
        )
        parser.add_argument("year", nargs="?", type=int)
        parser.add_argument("--format", choices=sorted(WRITERS), default="csv")
        parser.add_argument("--output", help="A file. Without it everything goes to the standard output.")
        parser.add_argument(
            "--language", default="", help="Of the texts; that of the questionnaire by default."
        )
        parser.add_argument(
            "--no-bom",
            action="store_true",
            help="CSV without the mark of UTF-8 at its beginning, for programs that stumble over it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wave = find_wave(options["wave"], options["year"])
        form = options["format"]
        more = {"bom": not options["no_bom"]} if form == "csv" else {}
        # Into a file of its own first: what is refused half-way leaves nothing behind.
        with tempfile.TemporaryFile() as written:
            try:
                exports.export_tables(
                    wave=wave,
                    form=form,
                    out=written,
                    by=None,
                    now=timezone.now(),
                    language=options["language"],
                    **more,
                )
            except exports.REFUSALS as refusal:
                raise CommandError(str(refusal)) from refusal
            written.seek(0)
            self.hand_over(written, options["output"])

    def hand_over(self, written: Any, output: str | None) -> None:
        if not output:
            for piece in iter(lambda: written.read(PIECE), b""):
                sys.stdout.buffer.write(piece)
            return
        try:
            with Path(output).open("wb") as file:
                for piece in iter(lambda: written.read(PIECE), b""):
                    file.write(piece)
        except OSError as fault:
            reason = {"file": output, "fault": fault.strerror}
            raise CommandError(_("“%(file)s” cannot be written: %(fault)s.") % reason) from fault
        self.stderr.write(_("Written: %(file)s") % {"file": output})


def find_wave(name: str, year: int | None) -> Wave:
    waves = Wave.objects.select_related("questionnaire", "edition")
    try:
        found = waves.filter(pk=UUID(name))
    except ValueError:
        found = waves.filter(questionnaire__key=name)
        found = found.filter(edition__year=year) if year else found
    if len(found) == 1:
        return found[0]
    known = ", ".join(str(wave) for wave in waves.order_by("edition__year", "questionnaire__key")) or _(
        "none"
    )
    if not found:
        raise CommandError(_("There is no such wave. There are: %(waves)s.") % {"waves": known})
    raise CommandError(
        _("There are several such waves; name the year as well. There are: %(waves)s.") % {"waves": known}
    )
