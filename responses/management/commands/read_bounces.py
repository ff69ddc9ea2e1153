from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator
from contextlib import closing
from email import message_from_binary_file
from email.message import Message
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from responses.actions.bounce import note_bounce
from responses.mail.bounces import bounce_of


class Command(BaseCommand):
    help = (
        "Reads delivery status notifications, as the mailbox EMAIL_BOUNCE_ADDRESS gets them, and marks the addresses "
        "that take no e-mail. Each FILE is one message or an mbox; without one, standard input is one message."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Says numbers alone: an address in a terminal's history would be one more copy."""
        read = marked = 0
        for notification in self.notifications(options["files"]):
            read += 1
            bounce = bounce_of(notification)
            marked += bounce is not None and note_bounce(bounce)
        self.stdout.write(f"{read} messages read, {marked} addresses marked.")

    def notifications(self, files: list[Path]) -> Iterator[Message]:
        if not files:
            yield message_from_binary_file(sys.stdin.buffer)
        for path in files:
            try:
                yield from self.in_file(path)
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def in_file(self, path: Path) -> Iterator[Message]:
        with path.open("rb") as file:
            is_mbox = file.read(5) == b"From "
            file.seek(0)
            if not is_mbox:
                yield message_from_binary_file(file)
                return
        with closing(mailbox.mbox(path, create=False)) as box:
            yield from box
