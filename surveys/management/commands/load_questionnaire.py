from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from surveys.actions.load import LoadResult, load
from surveys.exceptions import FrozenQuestionnaire, QuestionnaireProblems


class Command(BaseCommand):
    help = "Load questionnaire and translation files (YAML). If one of them has a fault, none is loaded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        now = timezone.now()
        with transaction.atomic():
            loaded = [self.load_file(file, now) for file in files]
            transaction.set_rollback(not all(loaded))
        if not all(loaded):
            raise SystemExit(1)
        for file, result in zip(files, loaded, strict=True):
            if result:
                self.stdout.write(f"{file}: {result.questionnaire} {result.outcome}")

    def load_file(self, file: Path, now: datetime) -> LoadResult | None:
        """None after a fault, which is printed; the other files are still read, to show their faults too."""
        try:
            return load(text=file.read_text(encoding="utf-8"), now=now)
        except QuestionnaireProblems as refusal:
            self.print_lines(file, refusal.problems)
        except FrozenQuestionnaire as refusal:
            self.print_lines(file, refusal.differences)
            self.print_lines(file, [refusal])
        except UnicodeDecodeError:
            self.print_lines(file, ["file: The file is not in UTF-8. Save it in this encoding."])
        except OSError as error:
            self.print_lines(file, [f"file: The file cannot be read: {error.strerror}."])
        return None

    def print_lines(self, file: Path, lines: Any) -> None:
        for line in lines:
            self.stderr.write(f"{file}: {line}")
