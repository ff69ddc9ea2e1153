"""One person's message: plain text, no tracking, one address to leave by, and no secret in any header but that."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils.translation import override

from responses.mail import texts
from responses.mail.models import Mailing
from responses.plans import plan_of
from responses.sealing import new_token, token_text
from surveys.models import Wave
from surveys.places import WITHDRAWAL_DATE, dates_of, texts_of
from surveys.queries import languages_of_wave
from surveys.wordings import fallbacks

MADE_UP = "somebody@example.org"


@dataclass(frozen=True, slots=True)
class Addressee:
    email: str
    language: str
    token: bytes | None
    """None where the link is not kept any more."""
    leaving: str


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    body: str
    language: str
    leave_address: str


def language_of(wave: Wave, wanted: str) -> str:
    """The language that the address was invited in, where the wave is open in it."""
    languages = languages_of_wave(wave)
    return next((tag for tag in fallbacks(wanted) if tag in languages), languages[0])


@dataclass
class Letters:
    """The messages of a mailing. What is the same for all of one language is put together once."""

    mailing: Mailing

    def __post_init__(self) -> None:
        self._values: dict[str, dict[str, str]] = {}
        self._own = {text.language: (text.subject, text.body) for text in self.mailing.texts.all()}

    @property
    def wave(self) -> Wave:
        return self.mailing.wave

    def words(self, language: str) -> tuple[str, str]:
        """(subject, body) with their places: those of staff, or the shipped ones."""
        with override(language):
            shipped = texts.default_subject(self.mailing.kind), texts.default_body(self.mailing.kind)
        return self._own.get(language, shipped)

    def letter(self, addressee: Addressee) -> Letter:
        language = language_of(self.wave, addressee.language)
        subject, body = self.words(language)
        leave = self._address("responses:leave_list", addressee.leaving)
        values = self._shared(language) | {"link": self._link(addressee, language), "opt_out": leave}
        one_line = " ".join(texts.fill(subject, values).split())
        return Letter(one_line, texts.fill(body, values), language, leave)

    def _link(self, addressee: Addressee, language: str) -> str:
        if addressee.token is not None:
            return self._address("responses:enter", token_text(addressee.token))
        with override(language):
            return texts.link_of_before()

    def _shared(self, language: str) -> dict[str, str]:
        if language not in self._values:
            self._values[language] = {
                "title": " ".join(plan_of(self.wave, language).definition.title.split()),
                "until": dates_of(self.wave, language)[WITHDRAWAL_DATE],
                "asker": texts_of(self.wave, language).get("organisation", ""),
                "genuine": self._address("responses:genuine"),
            }
        return self._values[language]

    def _address(self, name: str, *args: str) -> str:
        return self.mailing.site + reverse(name, args=args)

    def sample(self, email: str = MADE_UP, language: str = "") -> Letter:
        """What somebody who does not exist would get: its addresses open nothing."""
        wanted = language or self.wave.questionnaire.language
        nowhere = token_text(new_token()) + token_text(new_token())[:21]
        return self.letter(Addressee(email, wanted, new_token(), nowhere))


def message_of(
    letter: Letter, *, to: str, number: UUID | None = None, connection: BaseEmailBackend | None = None
) -> EmailMessage:
    """`number` is that of the row; it is the one thing by which a bounce is known again."""
    known_by = (number or uuid4()).hex
    sender = str(settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=envelope_sender(known_by) if number else sender,
        to=[to],
        connection=connection,
        headers={
            "From": sender,
            "Message-ID": f"<{known_by}@{parseaddr(sender)[1].rpartition('@')[2]}>",
            "List-Unsubscribe": f"<{letter.leave_address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": letter.language,
        },
    )


def envelope_sender(known_by: str) -> str:
    """Where a refusal that comes later is sent to: an address with the number of the message in it."""
    address = str(settings.EMAIL_BOUNCE_ADDRESS)
    if not address:
        return str(settings.DEFAULT_FROM_EMAIL)
    name, _at, domain = address.rpartition("@")
    return f"{name}+{known_by}@{domain}"
