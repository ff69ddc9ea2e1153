"""A mail server on loopback, and waves with people who are written to."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from accounts.models import User
from responses.actions.invite import invite_by_mail
from responses.invitations import InvitationRow
from responses.mail.models import MailKey
from responses.models import Invitation
from responses.sealing import generate_key_pair
from surveys.models import Wave
from tests.respond.fieldwork import open_wave
from tests.staff.people import member

SITE = "https://survey.example"


@dataclass
class PostOffice:
    """Takes messages, or answers as `answers` says for an address."""

    answers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    taken: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    """(sender, recipient, message) of each that was accepted."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.answers.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        import asyncio

        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken += [(str(envelope.mail_from), address, message) for address in envelope.rcpt_tos]
        await asyncio.sleep(self.seconds)
        return "250 kept"

    @property
    def recipients(self) -> list[str]:
        return [address for _sender, address, _message in self.taken]

    def link_to(self, address: str) -> str:
        """The path of the personal link in the last message to somebody."""
        found = re.search(r"^https?://[^/\s]+(/i/[\w-]{22})$", self.text_to(address), re.M)
        assert found, self.text_to(address)
        return found[1]

    def text_to(self, address: str) -> str:
        text: str = self.message_to(address).get_content()
        return text.replace("\r\n", "\n")

    def message_to(self, address: str) -> EmailMessage:
        return next(message for _sender, to, message in reversed(self.taken) if to == address)


@contextmanager
def opened(port: int, **how: Any) -> Iterator[PostOffice]:
    office = PostOffice(**how)
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def give_mail_key(folder: Path) -> bytes:
    """The pair as the worker would make it; returns the private half."""
    private, public = generate_key_pair()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "mail.key"
    path.unlink(missing_ok=True)
    path.write_bytes(private)
    path.chmod(0o600)
    MailKey.objects.create(public_key=public)
    return private


def mailed_wave(people: int = 3, **changes: Any) -> Wave:
    wave = open_wave("law_enforcement", **changes)
    add_people(wave, people)
    return wave


def add_people(wave: Wave, people: int, domain: str = "agency.example") -> None:
    known = Invitation.objects.count()
    rows = [InvitationRow(f"person{known + number}@{domain}", "", "en", "") for number in range(people)]
    invite_by_mail(wave=wave, rows=rows, by=sender(), now=datetime.now(UTC))


def sender() -> User:
    return User.objects.filter(email="sender@example.org").first() or member(
        "fieldwork", email="sender@example.org"
    )


@dataclass
class Clock:
    """Time that passes only by sleeping, and a little for every look."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    slept: float = 0.0

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += timedelta(seconds=seconds)


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
