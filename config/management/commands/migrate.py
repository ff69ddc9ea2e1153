"""manage.py migrate, followed by the grants: no table exists for a moment longer than its rights are unknown."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import IntegrityError, connections, transaction

from config.grants import GrantsMissingError, apply_grants, check_complete

# With these the command only looks.
LOOKING = ("plan", "check_unapplied", "prune")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if any(options.get(name) for name in LOOKING):
            return
        connection = connections[options["database"]]
        with transaction.atomic(using=options["database"]):
            count = apply_grants(connection)
        if options["verbosity"]:
            self.stdout.write(f"Rights are set on {count} tables.")
        if not options.get("app_label"):
            self._refuse_gaps(connection)
            self._mark_production(connection)

    def _refuse_gaps(self, connection: Any) -> None:
        try:
            check_complete(connection)
        except GrantsMissingError as error:
            raise CommandError(str(error)) from error

    def _mark_production(self, connection: Any) -> None:
        """From now on the database itself refuses synthetic waves, whatever program asks."""
        if not settings.IN_PRODUCTION:
            return
        try:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO surveys_production (id) VALUES (1) ON CONFLICT DO NOTHING")
        except IntegrityError as error:
            raise CommandError(str(error)) from error
