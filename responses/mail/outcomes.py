"""What an answer of the mail server, or its silence, means for a message."""

from __future__ import annotations

import smtplib
from enum import Enum, auto

CLOSING = 421
SETUP = (smtplib.SMTPAuthenticationError, smtplib.SMTPHeloError, smtplib.SMTPNotSupportedError)


class Outcome(Enum):
    SENT = auto()
    LATER = auto()
    """Refused for now, or not even begun: it can be tried again."""
    REFUSED = auto()
    """Refused for good: the address does not take it."""
    SETUP = auto()
    """Refused for a reason that every message shares: sender, log-in, provider's key."""
    UNSURE = auto()
    """The connection ended in the middle, and nobody can tell on which side of the acceptance."""


def delivery_errors() -> tuple[type[Exception], ...]:
    """What sending may raise. A provider's library is asked only where it is installed.

    Django refuses an address that cannot stand in a header by a ValueError that names it; no log may hold that.
    """
    try:
        from anymail.exceptions import AnymailError
    except ImportError:
        return (OSError, ValueError)
    return (OSError, ValueError, AnymailError)


def outcome_of(error: Exception) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return Outcome.REFUSED if codes and min(codes) >= 500 else Outcome.LATER
    if isinstance(error, SETUP):
        return Outcome.SETUP
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Outcome.SETUP if error.smtp_code >= 500 else Outcome.LATER
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome.REFUSED if error.smtp_code >= 500 else Outcome.LATER
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Outcome.REFUSED
    return _of_provider(error)


def _of_provider(error: Exception) -> Outcome:
    if type(error).__name__ == "AnymailRecipientsRefused":
        return Outcome.REFUSED
    status = getattr(error, "status_code", None)
    if status == 429:
        return Outcome.LATER
    return Outcome.SETUP if status is not None and 400 <= status < 500 else Outcome.UNSURE
