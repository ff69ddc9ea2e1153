"""Which program of Django's sends the mail: a mail server, files, the console, or a provider that anymail knows."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

DJANGO = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
}
PREFIX = "ANYMAIL_"


def mail_backend(provider: str) -> str:
    return DJANGO.get(provider, f"anymail.backends.{provider}.EmailBackend")


def mail_provider_settings(provider: str, values: Mapping[str, str]) -> dict[str, str] | None:
    """What anymail is told: each variable ANYMAIL_X becomes its setting X. None where anymail has no part."""
    if provider in DJANGO:
        return None
    return {
        name.removeprefix(PREFIX): value
        for name, value in values.items()
        if name.startswith(PREFIX) and value
    }


def mail_provider_problems(provider: str) -> list[str]:
    """What keeps this installation from sending through the provider, as a sentence that says what to do."""
    if provider in DJANGO:
        return []
    if find_spec("anymail") is None:
        return [
            f"EMAIL_PROVIDER is {provider!r}, which needs django-anymail. Run: pip install django-anymail"
        ]
    if not provider.isidentifier() or find_spec(f"anymail.backends.{provider}") is None:
        return [
            f"EMAIL_PROVIDER is {provider!r}, which is no provider of django-anymail. "
            f"Set it to {', '.join(DJANGO)} or, for example, mailgun."
        ]
    return []
