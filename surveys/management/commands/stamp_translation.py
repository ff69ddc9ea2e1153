from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.management.files import FAULTS, sentences_of
from surveys.reading.translation_files import read_pair, stamped, stamps


class Command(BaseCommand):
    help = (
        "Write into a translation file which source texts it was made from: those of the definition beside it. "
        "Do this after looking at every text. With PATHs, only these and new ones. Needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("paths", nargs="*", metavar="PATH")

    def handle(self, *args: Any, file: Path, paths: list[str], **options: Any) -> None:
        try:
            pair = read_pair(file)
        except FAULTS as fault:
            raise CommandError("\n".join(f"{file}: {line}" for line in sentences_of(fault))) from fault
        if unknown := [path for path in paths if path not in pair.translation.texts]:
            raise CommandError(f"{file}: There is no text with the path {unknown[0]}.")
        sources = stamps(pair, frozenset(paths))
        file.write_text(stamped(file.read_text(encoding="utf-8"), sources), encoding="utf-8")
        for path, stamp in sources.items():
            if pair.translation.sources.get(path, stamp) != stamp:
                self.stdout.write(f"{file}: {path}: was out of date, counts as translated anew")
        self.stdout.write(f"{file}: {len(sources)} texts stamped")
