from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.staff import (
    AddressTaken,
    AddressUnreadable,
    PasswordTooWeak,
    RoleUnknown,
    create_staff,
)

ENVIRONMENT_VARIABLE = "ENQUIRY_STAFF_PASSWORD"
REFUSALS = (AddressTaken, AddressUnreadable, PasswordTooWeak, RoleUnknown)


class Command(BaseCommand):
    help = f"Make an account for a member of staff. The password is asked for, or read from {ENVIRONMENT_VARIABLE}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="How other members of staff see this person.")
        parser.add_argument(
            "--role", action="append", default=[], dest="roles", help="May be given several times."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = create_staff(
                email=options["email"],
                name=options["name"],
                password=read_password(),
                roles=options["roles"],
                by=None,
                now=timezone.now(),
            )
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal
        roles = ", ".join(options["roles"]) or "no role"
        self.stdout.write(f"{user.email} can log in now ({roles}).")


def read_password() -> str:
    """From the environment, or typed twice; never from the command line, which other users can see."""
    password = os.environ.get(ENVIRONMENT_VARIABLE)
    if password is not None:
        return password
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Once more: "):
        raise CommandError("The two passwords differ. Nothing was changed.")
    return password
