"""What staff do with a mailing: prepare it, look at it, start it, hold it, end it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from config import workers
from responses.actions.refusals import MailNotSetUp
from responses.mail import keys, recipients, texts
from responses.mail.letters import Letters, message_of
from responses.mail.models import Mailing, MailingText, Message
from responses.mail.outcomes import delivery_errors
from responses.models import Invitation
from surveys.models import Wave

SEND_MAILING = "responses.tasks.send_mailing"
State = Mailing.State
MOVES: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.RUNNING}),
    State.RUNNING: frozenset({State.PAUSED, State.DONE}),
    State.PAUSED: frozenset({State.RUNNING, State.DONE}),
    State.DONE: frozenset({State.RUNNING}),
}
"""From done it goes on only by `send_again`."""


class MailingRefused(Exception):
    """Why a mailing cannot be changed like this; the message is fit to be shown."""


class TrialMailNotSent(Exception):
    def __init__(self) -> None:
        super().__init__(_("The mail server did not take the test message. Look at the mail settings."))


def prepare(*, wave: Wave, kind: str, by: User, now: datetime, **rules: Any) -> Mailing:
    """A draft; nobody gets anything before it is started."""
    permissions.check(by, "mail.send")
    with transaction.atomic():
        mailing = Mailing.objects.create(wave=wave, kind=kind, **rules)
        audit.record("mailing.prepared", by=by, now=now, target=mailing, kind=kind, **rules)
    return mailing


@transaction.atomic
def change_rules(*, mailing: Mailing, by: User, now: datetime, **rules: Any) -> None:
    """Pace, window and soft launch can be changed until it is done; a running one takes them up within a minute."""
    locked = _locked(mailing, by)
    if locked.state == State.DONE:
        raise MailingRefused(_("This mailing is done."))
    for name, value in rules.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(rules))
    audit.record("mailing.changed", by=by, now=now, target=locked, **rules)


@transaction.atomic
def write_text(*, mailing: Mailing, language: str, subject: str, body: str, by: User, now: datetime) -> None:
    """The words in one language, until the mailing starts: everybody gets the same."""
    locked = _locked(mailing, by)
    if locked.state != State.DRAFT:
        raise MailingRefused(_("The texts stay as they are once a mailing has been started."))
    texts.check(subject, body)
    words = {"subject": subject.strip(), "body": body.replace("\r\n", "\n")}
    MailingText.objects.update_or_create(mailing=locked, language=language, defaults=words)
    audit.record("mailing.text", by=by, now=now, target=locked, language=language)


@transaction.atomic
def start(*, mailing: Mailing, site: str, by: User, now: datetime) -> int:
    """Make a message for everybody whom it is for, and ask the worker. Returns how many."""
    locked = _locked(mailing, by)
    check_can_start(locked, now)
    chosen = recipients.of(locked)
    Message.objects.bulk_create(
        [Message(mailing=locked, invitation_id=pk) for pk in chosen.values_list("pk", flat=True)],
        batch_size=1000,
    )
    count = locked.messages.count()
    if not count:
        raise MailingRefused(_("There is nobody to write to."))
    locked.site = site.rstrip("/")
    _move(locked, State.RUNNING)
    audit.record("mailing.started", by=by, now=now, target=locked, kind=locked.kind, messages=count)
    return count


def check_can_start(mailing: Mailing, now: datetime) -> None:
    if mailing.state != State.DRAFT:
        raise MailingRefused(_("This mailing has been started already."))
    if mailing.wave.status != Wave.Status.OPEN or now >= mailing.wave.closes_at:
        raise MailingRefused(_("The wave has to be open: its links would lead nowhere."))
    if not settings.MAIL_IS_SET_UP:
        raise MailNotSetUp
    keys.public_key()


@transaction.atomic
def pause(*, mailing: Mailing, by: User, now: datetime) -> None:
    """It takes hold between two messages."""
    locked = _locked(mailing, by)
    if locked.state != State.RUNNING:
        raise MailingRefused(_("This mailing is not being sent now."))
    _move(locked, State.PAUSED)
    audit.record("mailing.paused", by=by, now=now, target=locked)


@transaction.atomic
def go_on(*, mailing: Mailing, by: User, now: datetime) -> None:
    """A soft launch that was looked at is over: the rest follows."""
    locked = _locked(mailing, by)
    if locked.state != State.PAUSED:
        raise MailingRefused(_("This mailing is not paused."))
    handled = locked.messages.exclude(state=Message.State.WAITING).count()
    if locked.soft_launch is not None and handled >= locked.soft_launch:
        locked.soft_launch = None
    _move(locked, State.RUNNING)
    audit.record("mailing.resumed", by=by, now=now, target=locked)


@transaction.atomic
def stop(*, mailing: Mailing, by: User, now: datetime) -> None:
    """End it for good. Whoever has got nothing yet is left for another mailing."""
    locked = _locked(mailing, by)
    if locked.state not in {State.RUNNING, State.PAUSED}:
        raise MailingRefused(_("There is nothing to stop: this mailing is not being sent."))
    left, _by_model = locked.messages.filter(state=Message.State.WAITING).delete()
    _move(locked, State.DONE)
    audit.record("mailing.stopped", by=by, now=now, target=locked, left=left)


AGAIN = frozenset({Message.State.UNSURE, Message.State.FAILED})


@transaction.atomic
def send_again(*, mailing: Mailing, what: str, by: User, now: datetime) -> int:
    """Send what was perhaps sent, or was refused, once more: only because staff say so."""
    locked = _locked(mailing, by)
    if what not in AGAIN or locked.state == State.DRAFT:
        raise MailingRefused(_("There is nothing of this mailing to send again."))
    messages = locked.messages.filter(state=what)
    if what == Message.State.FAILED:
        bounced = Invitation.objects.filter(messages__in=messages, mail=Invitation.Mail.BOUNCED)
        bounced.update(mail=Invitation.Mail.MAILED)
    count = messages.update(state=Message.State.WAITING)
    if not count:
        raise MailingRefused(_("There is nothing of this mailing to send again."))
    if locked.state == State.DONE:
        _move(locked, State.RUNNING)
    audit.record("mailing.again", by=by, now=now, target=locked, what=what, messages=count)
    return count


def send_test(*, mailing: Mailing, language: str, site: str, by: User, now: datetime) -> None:
    """To the staff member's own address; its links open nothing."""
    permissions.check(by, "mail.send")
    if not settings.MAIL_IS_SET_UP:
        raise MailNotSetUp
    mailing.site = site.rstrip("/")
    message = message_of(Letters(mailing).sample(by.email, language), to=by.email)
    try:
        message.send()
    except delivery_errors() as error:
        raise TrialMailNotSent from error
    audit.record("mailing.tested", by=by, now=now, target=mailing, language=language)


def _locked(mailing: Mailing, by: User) -> Mailing:
    permissions.check(by, "mail.send")
    found = Mailing.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("wave__questionnaire").get(pk=mailing.pk)


def _move(mailing: Mailing, state: str) -> None:
    if state not in MOVES[mailing.state]:
        raise MailingRefused(_("This mailing is in another state by now. Look at it again."))
    mailing.state, mailing.note = state, Mailing.Note.NONE
    try:
        with transaction.atomic():
            mailing.save(update_fields=["state", "note", "site", "soft_launch"])
    except IntegrityError as error:
        raise MailingRefused(
            _("Another mailing of this wave is being sent. Let it end, or stop it.")
        ) from error
    if state == State.RUNNING:
        transaction.on_commit(lambda: ask_worker(mailing.pk))


def ask_worker(mailing_id: int) -> None:
    """While Redis is away nothing is lost: beat asks every few minutes."""
    workers.ask(SEND_MAILING, mailing_id)
