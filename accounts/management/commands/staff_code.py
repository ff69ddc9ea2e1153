from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.second_factor import usable_code
from accounts.models import User


class Command(BaseCommand):
    help = "Print the code that an account of the demonstration types now. Refused in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError(
                "A production prints no codes: whoever could read them here needs no second step."
            )
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}.")
        code = usable_code(user, timezone.now())
        if code is None:
            raise CommandError("There is no unused code now. Ask again in a minute.")
        self.stdout.write(code)
