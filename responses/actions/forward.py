"""Handing an invitation on: a colleague gets a new link, and the old one stops working in the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from django.utils.translation import override

from responses.actions.refusals import (
    AddressNotTaken,
    AlreadyBegun,
    AlreadyForwarded,
    MailNotSent,
    MailNotSetUp,
    NotByEmail,
    OtherMailDomain,
)
from responses.actions.start import check_is_unanswered, check_wave_takes_starts, lock
from responses.mail.keys import public_key, seal_token
from responses.mail.leaving import leaving_text
from responses.models import Draft, Invitation
from responses.plans import plan_of
from responses.sealing import new_token, session_key, token_hash, token_text
from surveys.models import Wave
from surveys.places import WITHDRAWAL_DATE, dates_of, texts_of
from surveys.queries import languages_of_wave
from surveys.wordings import fallbacks

MAY_BE_FORWARDED = frozenset({Invitation.State.INVITED, Invitation.State.DECLINED})


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of this site that stand in the e-mail; `link` makes that of a personal link from its token.

    `leave` makes the one by which the colleague leaves the list of those who get reminders.
    """

    link: Callable[[str], str]
    genuine: str
    leave: Callable[[str], str] | None = None


@transaction.atomic
def forward(*, invitation: Invitation, email: str, addresses: Addresses, now: datetime) -> None:
    """Give the invitation to another address, once. The e-mail goes last: if it cannot be sent, nothing changes."""
    locked = lock(invitation)
    check_can_forward(locked, now)
    address = plain_address(email)
    check_domain(locked, address)
    token = new_token()
    _hand_on(locked, address, token)
    _send(locked, addresses.link(token_text(token)), addresses)


def check_can_forward(invitation: Invitation, now: datetime) -> None:
    check_is_unanswered(invitation)
    check_wave_takes_starts(invitation.wave, now)
    if not settings.MAIL_IS_SET_UP:
        raise MailNotSetUp
    if not invitation.email:
        raise NotByEmail
    if invitation.forwarded:
        raise AlreadyForwarded
    if invitation.state not in MAY_BE_FORWARDED or Draft.objects.filter(invitation=invitation).exists():
        raise AlreadyBegun


def check_domain(invitation: Invitation, email: str) -> None:
    """Only to a colleague's mailbox, unless the wave's manager allows others: the list of invited stays theirs."""
    wanted = domain_of(invitation.email)
    if not invitation.wave.forward_anywhere and domain_of(email) != wanted:
        raise OtherMailDomain(invitation.email.rpartition("@")[2])


def plain_address(email: str) -> str:
    """Lower case, the domain in ASCII: one mailbox has one spelling in the list of a wave."""
    name, _at, _domain = email.strip().rpartition("@")
    return f"{name.lower()}@{domain_of(email)}"


def domain_of(email: str) -> str:
    """What stands after the last @, in one spelling. AddressNotTaken where no mail server could have such a name."""
    domain = email.strip().rpartition("@")[2].casefold().rstrip(".")
    try:
        return punycode(domain).lower()
    except UnicodeError as error:
        raise AddressNotTaken from error


def _hand_on(locked: Invitation, address: str, token: bytes) -> None:
    others = Invitation.objects.filter(wave=locked.wave).exclude(email="")
    if others.filter(email__in={address, _readable(address)}).exists():
        raise AddressNotTaken
    locked.email = address
    locked.token_hash = token_hash(session_key(token))
    locked.forwarded = True
    locked.state = Invitation.State.INVITED
    _keep_for_reminders(locked, token)
    try:
        with transaction.atomic():
            locked.save(update_fields=["email", "token_hash", "forwarded", "state", "mail", "mailed_token"])
    except IntegrityError as error:
        raise AddressNotTaken from error


def _keep_for_reminders(locked: Invitation, token: bytes) -> None:
    """The colleague has neither refused e-mail nor an address that bounced, whatever was known of the one before."""
    if locked.mail != Invitation.Mail.OWN:
        locked.mail = Invitation.Mail.MAILED
        locked.mailed_token = seal_token(token, public_key())


def _readable(address: str) -> str:
    """The same address with its domain in the letters of its language, as a list may have it."""
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.encode('ascii').decode('idna').lower()}"


def sender() -> str:
    return str(settings.DEFAULT_FROM_EMAIL)


def language_of(invitation: Invitation) -> str:
    """The language that the address was invited in, where the wave is open in it."""
    languages = languages_of_wave(invitation.wave)
    return next((tag for tag in fallbacks(invitation.language) if tag in languages), languages[0])


def subject(title: str) -> str:
    return _("An invitation was handed on to you: %(title)s") % {"title": " ".join(title.split())}


def _headers(invitation: Invitation, addresses: Addresses) -> dict[str, str]:
    """Whoever can get reminders can leave their list at once."""
    if addresses.leave is None or invitation.mail != Invitation.Mail.MAILED:
        return {}
    leave = addresses.leave(leaving_text(invitation.pk, invitation.email))
    return {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _send(invitation: Invitation, link: str, addresses: Addresses) -> None:
    """Nothing of the message is logged, and nobody's name but the asker's stands in it."""
    language = language_of(invitation)
    title = plan_of(invitation.wave, language).definition.title
    with override(language):
        message = EmailMessage(
            subject=subject(title),
            body=message_text(invitation.wave, language, title, link, addresses.genuine),
            from_email=sender(),
            to=[invitation.email],
            headers=_headers(invitation, addresses),
        )
        try:
            message.send()
        except OSError as error:
            raise MailNotSent from error


def message_text(wave: Wave, language: str, title: str, link: str, genuine: str) -> str:
    """Plain text in the language that is active."""
    asker = texts_of(wave, language).get("organisation", "")
    until = dates_of(wave, language)[WITHDRAWAL_DATE]
    paragraphs = [
        _("A colleague of yours was invited to this survey and has handed the invitation on to you:"),
        title,
        _("The survey is run by: %(asker)s") % {"asker": asker} if asker else "",
        _("This is your personal link. Whoever has it can answer in your place, so do not pass it on:"),
        link,
        _("You can answer until %(until)s. Taking part is voluntary.") % {"until": until},
        _("How to check that this e-mail is genuine:"),
        genuine,
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"
