from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.second_factor import NoSecondFactor, reset_on_server
from accounts.models import User


class Command(BaseCommand):
    help = "Remove the second step of a member of staff who has lost it, when no other administrator can."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}.")
        try:
            reset_on_server(user=user, now=timezone.now())
        except NoSecondFactor as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} sets up a new second step at the next log-in.")
