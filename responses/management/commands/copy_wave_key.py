"""manage.py copy_wave_key WAVE: the one copy of a wave's private key, in two parts for two people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from responses import keys, shares
from responses.actions.keys import KeyLost, copy_wave_key
from responses.management.waves import wave_named
from surveys.models import Wave

REFUSALS = (
    KeyLost,
    keys.KeyFolderMissing,
    keys.KeyMissing,
    keys.KeyExposed,
    keys.KeyDamaged,
    keys.DemoKey,
)
BETWEEN = "\f"
"""A printer begins a new sheet here."""


class Command(BaseCommand):
    help = (
        "Writes the copy of a wave's private key as two parts to print, of which one alone opens nothing. Run it on "
        "the host of the box worker, as its user, with ENQUIRY_PROCESS=worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("wave", help="The number of the wave, as its page shows it.")
        parser.add_argument(
            "--to",
            type=Path,
            help="A folder for two files, on a medium of each person's own say, instead of the screen.",
        )

    def handle(self, *args: Any, wave: str, to: Path | None, **options: Any) -> None:
        found = wave_named(wave)
        try:
            pages = pages_of(found)
            if to is None:
                self.stdout.write(BETWEEN.join(pages))
            else:
                self._write(found, pages, to)
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal

    def _write(self, wave: Wave, pages: list[str], folder: Path) -> None:
        for number, text in enumerate(pages, start=1):
            path = folder / f"{wave.pk}-part-{number}.txt"
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, keys.OWN_EYES_ONLY)
            except OSError as error:
                raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            self.stdout.write(f"Part {number} is in {path}.")
        self.stdout.write("Give each person one part, and delete both files from here.")


def pages_of(wave: Wave) -> list[str]:
    parts = copy_wave_key(wave=wave, now=timezone.now())
    return [
        shares.page(text, number=number, wave=str(wave), wave_id=wave.pk)
        for number, text in enumerate(parts, start=1)
    ]
