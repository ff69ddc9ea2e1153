from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from responses.importing.skeleton import skeleton
from surveys.models import Questionnaire
from surveys.queries import definition_of


class Command(BaseCommand):
    help = "Print a mapping to begin with, for import_responses: every question of a questionnaire."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("questionnaire", metavar="QUESTIONNAIRE", help="Its key.")
        parser.add_argument("--questionnaire-version", type=int, help="Its version; else the newest one.")

    def handle(self, *args: Any, questionnaire: str, **options: Any) -> None:
        versions = Questionnaire.objects.filter(key=questionnaire).order_by("-version")
        if (version := options["questionnaire_version"]) is not None:
            versions = versions.filter(version=version)
        found = versions.first()
        if found is None:
            known = ", ".join(sorted(set(Questionnaire.objects.values_list("key", flat=True))))
            raise CommandError(f"There is no such questionnaire. There are: {known}.")
        self.stdout.write(skeleton(definition_of(found)), ending="")
