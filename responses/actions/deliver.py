"""The mail worker's part of a mailing: message by message, each claimed and committed before anybody is told of it.

A worker that ends in the middle leaves a message as being handed over; the next one cannot know how that went and
never sends it again by itself. So nobody gets a message twice unless staff say so.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from accounts import audit
from responses.mail import keys, leases
from responses.mail.leases import LEASE, Held
from responses.mail.leaving import leaving_text
from responses.mail.letters import Addressee, Letters, message_of
from responses.mail.models import Mailing, Message
from responses.mail.outcomes import Outcome, delivery_errors, outcome_of
from responses.mail.pacing import Queue, Waiting, domain_of, in_window
from responses.models import Invitation
from responses.sealing import session_key, token_hash
from surveys.actions.waves import is_open

RUN_FOR = timedelta(minutes=1)
MOST_REFUSALS = 20
"""So many in a row are no longer about the addresses."""

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]
UNANSWERED = frozenset({Invitation.State.INVITED, Invitation.State.STARTED})


class LinkDamaged(Exception):
    """A sealed link is not the one of its invitation: somebody, or something, has changed the row."""


def running() -> list[int]:
    """Mailings that there may be something to do for."""
    return list(
        Mailing.objects.filter(state=Mailing.State.RUNNING).order_by("pk").values_list("pk", flat=True)
    )


def deliver(*, mailing_id: int, clock: Clock, sleep: Sleep) -> bool:
    """Work on a mailing for about a minute. Returns whether there is more that can be sent at once."""
    held = leases.claim(mailing_id=mailing_id, now=clock())
    if held is None:
        return False
    try:
        return _run(held, clock, sleep)
    finally:
        held.release()


def _run(held: Held, clock: Clock, sleep: Sleep) -> bool:
    mailing = Mailing.objects.select_related("wave__questionnaire").get(pk=held.mailing_id)
    mailing.messages.filter(state=Message.State.SENDING).update(state=Message.State.UNSURE)
    now = clock()
    if now >= mailing.wave.closes_at:
        return _end(held, Mailing.State.DONE, now)
    if not is_open(mailing.wave, now):
        return False
    try:
        private = keys.private_key()
    except (keys.MailKeyUnusable, keys.NoMailKey):
        return _end(held, Mailing.State.PAUSED, now, Mailing.Note.KEY)
    round_ = Round(held, mailing, private, clock)
    try:
        goes_on = round_.go(sleep)
    except LinkDamaged:
        return _end(held, Mailing.State.PAUSED, clock(), Mailing.Note.KEY)
    finally:
        round_.connection.close()
    if not mailing.messages.filter(state__in=[Message.State.WAITING, Message.State.SENDING]).exists():
        _end(held, Mailing.State.DONE, clock())
        return False
    return goes_on


def _end(held: Held, state: str, now: datetime, note: str = Mailing.Note.NONE) -> bool:
    """Only from running: what staff decided in the meantime stays."""
    with transaction.atomic():
        changed = held.current().filter(state=Mailing.State.RUNNING).update(state=state, note=note)
        if changed:
            mailing = Mailing.objects.get(pk=held.mailing_id)
            audit.record(f"mailing.{state}", by=None, now=now, target=mailing, note=str(note))
    return False


@dataclass
class Round:
    held: Held
    mailing: Mailing
    private: bytes
    clock: Clock
    letters: Letters = field(init=False)
    connection: BaseEmailBackend = field(init=False)
    handled: int = field(init=False)
    refusals: int = 0

    def __post_init__(self) -> None:
        self.letters = Letters(self.mailing)
        self.connection = get_connection()
        self.handled = self.mailing.messages.exclude(state=Message.State.WAITING).count()

    def go(self, sleep: Sleep) -> bool:
        start = self.clock()
        deadline = start + RUN_FOR
        queue = Queue(self._waiting(start), pace=self.mailing.pace, start=start)
        while (at := queue.next_at()) is not None:
            if max(at, self.clock()) >= deadline:
                return True
            if at > self.clock():
                sleep((at - self.clock()).total_seconds())
            if not self._next(queue.take(self.clock())):
                return False
        return False

    def _waiting(self, now: datetime) -> list[Waiting]:
        """Those whose hour it is, in the order of their random keys."""
        mailing = self.mailing
        rows = mailing.messages.filter(state=Message.State.WAITING).order_by("pk")
        found = rows.values_list("pk", "invitation__email", "invitation__time_zone")
        zones = {zone for _pk, _email, zone in found}
        awake = {
            zone
            for zone in zones
            if in_window(now, zone or mailing.wave.time_zone, mailing.window_from, mailing.window_until)
        }
        return [Waiting(pk, domain_of(email)) for pk, email, zone in found if zone in awake]

    def _next(self, message_id: UUID) -> bool:
        """Whether the round goes on."""
        if not self._reaches_server():
            return False
        with transaction.atomic():
            if not self._may_go_on():
                return False
            claimed = Message.objects.filter(pk=message_id, state=Message.State.WAITING)
            if not claimed.update(state=Message.State.SENDING):
                return True
            # Here, so that a letter that cannot be written takes its claim back with it.
            mail = self._written(Message.objects.select_related("invitation").get(pk=message_id))
        outcome = self._send(mail) if mail else Outcome.SENT
        self._record(message_id, outcome)
        return self._goes_on_after(outcome)

    def _reaches_server(self) -> bool:
        """A connection that works now, or a mailing that says that there is none."""
        try:
            _revive(self.connection)
        except delivery_errors() as error:
            if outcome_of(error) is Outcome.SETUP:
                return _end(self.held, Mailing.State.PAUSED, self.clock(), Mailing.Note.SENDER)
            self.held.current().update(note=Mailing.Note.SERVER)
            return False
        return True

    def _may_go_on(self) -> bool:
        """Under the lock of the mailing: a pause, or another worker, takes hold between two messages."""
        now = self.clock()
        current = self.held.current().select_for_update(no_key=True).filter(state=Mailing.State.RUNNING)
        mailing = current.first()
        if mailing is None:
            return False
        if mailing.soft_launch is not None and self.handled >= mailing.soft_launch:
            return _end(self.held, Mailing.State.PAUSED, now, Mailing.Note.SOFT_LAUNCH)
        current.update(lease_until=now + LEASE, note=Mailing.Note.NONE)
        return True

    def _written(self, message: Message) -> EmailMessage | None:
        """None for whoever needs no message any more: they are passed over, and count as sent like everybody."""
        invitation = message.invitation
        if not self._is_wanted(invitation):
            return None
        token = self._token_of(invitation)
        leaving = leaving_text(invitation.pk, invitation.email)
        letter = self.letters.letter(Addressee(invitation.email, invitation.language, token, leaving))
        return message_of(letter, to=invitation.email, number=message.pk, connection=self.connection)

    def _token_of(self, invitation: Invitation) -> bytes | None:
        if not invitation.mailed_token:
            return None
        token = keys.open_token(invitation.mailed_token, self.private)
        if token is None or token_hash(session_key(token)) != bytes(invitation.token_hash):
            raise LinkDamaged
        return token

    def _send(self, mail: EmailMessage) -> Outcome:
        try:
            mail.send()
        except delivery_errors() as error:
            with suppress(*delivery_errors()):
                self.connection.close()
            return outcome_of(error)
        return Outcome.SENT

    def _is_wanted(self, invitation: Invitation) -> bool:
        has_link = bool(invitation.mailed_token) or self.mailing.kind == Mailing.Kind.REMINDER
        takes_mail = invitation.mail == Invitation.Mail.MAILED and bool(invitation.email)
        return has_link and takes_mail and invitation.state in UNANSWERED

    @transaction.atomic
    def _record(self, message_id: UUID, outcome: Outcome) -> None:
        sending = Message.objects.filter(pk=message_id, state=Message.State.SENDING)
        if sending.update(state=RECORDED[outcome]) and outcome is Outcome.REFUSED:
            refuse_address(message_id)

    def _goes_on_after(self, outcome: Outcome) -> bool:
        self.handled += RECORDED[outcome] != Message.State.WAITING
        self.refusals = self.refusals + 1 if outcome is Outcome.REFUSED else 0
        if outcome is Outcome.SETUP:
            return _end(self.held, Mailing.State.PAUSED, self.clock(), Mailing.Note.SENDER)
        if self.refusals >= MOST_REFUSALS:
            return _end(self.held, Mailing.State.PAUSED, self.clock(), Mailing.Note.REFUSALS)
        return True


RECORDED = {
    Outcome.SENT: Message.State.SENT,
    Outcome.LATER: Message.State.WAITING,
    Outcome.SETUP: Message.State.WAITING,
    Outcome.REFUSED: Message.State.FAILED,
    Outcome.UNSURE: Message.State.UNSURE,
}


def refuse_address(message_id: UUID) -> bool:
    """Note that the address of a message takes none. Who opted out before stays so."""
    invited = Invitation.objects.filter(messages=message_id, mail=Invitation.Mail.MAILED)
    return bool(invited.update(mail=Invitation.Mail.BOUNCED))


def _revive(connection: BaseEmailBackend) -> None:
    """Open it, and anew where the server has hung up since the last message."""
    server = getattr(connection, "connection", None)
    if isinstance(server, smtplib.SMTP):
        try:
            server.noop()
        except smtplib.SMTPException:
            connection.close()
    connection.open()
