from __future__ import annotations

from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.management.files import FAULTS, sentences_of
from surveys.reading import read
from surveys.reading.translation_files import SHIPPED, skeleton


class Command(BaseCommand):
    help = "Begin the translation of a shipped questionnaire: a file to fill in. Needs no database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="KEY", help="such as law_enforcement")
        parser.add_argument("language", metavar="LANGUAGE", help="a language tag such as fr or pt-BR")
        parser.add_argument("--folder", type=Path, default=SHIPPED, help="where the definition lies")

    def handle(self, *args: Any, key: str, language: str, folder: Path, **options: Any) -> None:
        check_tag(language)
        source, target = folder / f"{key}.yaml", folder / f"{key}.{language}.yaml"
        try:
            definition = read(source.read_text(encoding="utf-8"))
            # An exclusive opening: a translation that somebody is working on is never overwritten.
            with target.open("x", encoding="utf-8") as file:
                file.write(skeleton(definition, language))
        except FileExistsError as fault:
            raise CommandError(f"{target}: There is such a file already. Go on with it.") from fault
        except FAULTS as fault:
            raise CommandError("\n".join(f"{source}: {line}" for line in sentences_of(fault))) from fault
        self.stdout.write(f"{target}: ready to be filled in")


def check_tag(language: str) -> None:
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError) as fault:
        raise CommandError(f"{language} is not a language tag such as fr or pt-BR.") from fault
