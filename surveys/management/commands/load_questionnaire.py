from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from surveys.actions.load import LoadResult, load
from surveys.management.files import FAULTS, describe, sentences_of


class Command(BaseCommand):
    help = "Load questionnaire and translation files (YAML). If one of them has a fault, none is loaded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        now = timezone.now()
        # A translation, KEY.LANGUAGE.yaml, needs its definition, KEY.yaml, which a shell lists after it.
        files = sorted(files, key=lambda file: file.name.count("."))
        with transaction.atomic():
            loaded = [self.load_file(file, now) for file in files]
            transaction.set_rollback(not all(loaded))
        if not all(loaded):
            raise SystemExit(1)
        for file, result in zip(files, loaded, strict=True):
            if result:
                self.print_result(file, result)

    def load_file(self, file: Path, now: datetime) -> LoadResult | None:
        """None after a fault, which is printed; the other files are still read, to show their faults too."""
        try:
            return load(text=file.read_text(encoding="utf-8"), now=now)
        except FAULTS as fault:
            for line in sentences_of(fault):
                self.stderr.write(f"{file}: {line}")
        return None

    def print_result(self, file: Path, result: LoadResult) -> None:
        self.stdout.write(f"{file}: {result.questionnaire} {result.outcome}")
        for state in result.translations:
            self.stdout.write(f"{file}: {describe(state)}")
