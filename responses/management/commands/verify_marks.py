from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from responses.codings import apply_codings, codings_of, remarked
from responses.extracts import codebook_of
from responses.models import Record
from surveys.models import Wave


class Command(BaseCommand):
    help = "Checks that all marks follow from records and codings. Run it with ENQUIRY_PROCESS=worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Write the marks anew where they differ.")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        work, word = (rebuilt, "rewritten") if rebuild else (differing, "differing")
        waves = Wave.objects.select_related("questionnaire", "edition")
        found = 0
        for wave in waves.order_by("edition__year", "questionnaire__key"):
            count = work(wave)
            self.stdout.write(f"{wave}: {count} {word}")
            found += count
        if found and not rebuild:
            raise CommandError("Marks differ from their records. Run: manage.py verify_marks --rebuild")


def differing(wave: Wave) -> int:
    codebook, codings = codebook_of(wave), codings_of(wave)
    records = Record.objects.filter(response__wave=wave).select_related("response").iterator(1000)
    return sum(
        remarked(codebook, record, codings.get(record.response_id, [])) is not None for record in records
    )


def rebuilt(wave: Wave) -> int:
    return apply_codings(wave=wave)
