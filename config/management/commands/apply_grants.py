"""manage.py apply_grants: give web and worker the rights of config/grants.py."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.grants import GrantsMissingError, apply_grants, check_complete


class Command(BaseCommand):
    help = "Gives the database roles web and worker exactly the rights of config/grants.py."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_complete(connection)
        except GrantsMissingError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            count = apply_grants(connection)
        self.stdout.write(f"Rights are set on {count} tables.")
