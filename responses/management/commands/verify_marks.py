from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from responses.marks import differing, rebuild
from surveys.models import Wave


class Command(BaseCommand):
    help = "Checks that every response's marks follow from its record and codings (run it with ENQUIRY_PROCESS=worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Write the marks anew where they differ.")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        waves = Wave.objects.select_related("questionnaire", "edition")
        found = {wave: self._count(wave, rebuild) for wave in waves.order_by("edition__year", "questionnaire__key")}
        if sum(found.values()) and not rebuild:
            raise CommandError(_("Marks differ from their records. Run: manage.py verify_marks --rebuild"))

    def _count(self, wave: Wave, write: bool) -> int:
        count = rebuild(wave) if write else sum(1 for _response in differing(wave))
        words = _("rewritten") if write else _("differing")
        self.stdout.write(f"{wave}: {count} {words}")
        return count
