from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from surveys.management.files import FAULTS, describe, sentences_of
from surveys.reading.translation_files import read_pair, shipped_translations
from surveys.translating import TranslationState


class Command(BaseCommand):
    help = (
        "Compare translation files with the definitions beside them: what is missing, out of date or too much. "
        "Ends with 1 when respondents would not find everything in one of them. Needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="else all that are shipped")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        good = [self.check_file(file) for file in files or shipped_translations()]
        if not all(good):
            raise SystemExit(1)

    def check_file(self, file: Path) -> bool:
        try:
            pair = read_pair(file)
        except FAULTS as fault:
            return self.print_faults(file, sentences_of(fault))
        self.stdout.write(f"{file}: {describe(pair.state)}")
        for line in listed(pair.state):
            self.stdout.write(f"{file}: {line}")
        return self.print_faults(file, pair.problems()) and pair.state.is_complete

    def print_faults(self, file: Path, faults: Any) -> bool:
        """Whether there is none."""
        for fault in faults:
            self.stderr.write(f"{file}: {fault}")
        return not faults


def listed(state: TranslationState) -> Iterator[str]:
    yield from (f"{path}: missing" for path in state.missing)
    yield from (f"{path}: out of date" for path in state.stale)
    yield from (f"{path}: missing in the report" for path in state.missing_in_report)
    yield from (f"{path}: out of date in the report" for path in state.stale_in_report)
