"""Which program of Django's sends the mail: a mail server, files, the console, or a provider that anymail knows."""

from __future__ import annotations

from collections.abc import Mapping

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
