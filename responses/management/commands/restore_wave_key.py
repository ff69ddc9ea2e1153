"""manage.py restore_wave_key WAVE: put a lost key file back from both parts of its copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from responses import keys, shares
from responses.actions.keys import KeyDoesNotFit, restore_wave_key
from responses.management.waves import wave_named
from surveys.actions.custody import KeyGone, KeyNotMade

REFUSALS = (
    KeyDoesNotFit,
    KeyGone,
    KeyNotMade,
    keys.KeyExists,
    keys.KeyFolderMissing,
    shares.SameShare,
    shares.ShareUnreadable,
)


class Command(BaseCommand):
    help = (
        "Puts a wave's private key back from both parts of its copy, if they give the key of this wave. Run it on the "
        "host of the box worker, as its user, with ENQUIRY_PROCESS=worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("wave", help="The number of the wave, as its page shows it.")
        parser.add_argument(
            "--part",
            type=Path,
            action="append",
            default=[],
            help="A file with a part; asked for when it is missing.",
        )

    def handle(self, *args: Any, wave: str, part: list[Path], **options: Any) -> None:
        found = wave_named(wave)
        texts = [_read(path) for path in part[:2]]
        while len(texts) < len(shares.PARTS):
            texts.append(input(f"Part {len(texts) + 1} of 2, in groups of four: "))
        try:
            restore_wave_key(wave=found, parts=(texts[0], texts[1]), now=timezone.now())
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The key of {found} is back in the worker's folder.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read.") from error
