"""Logs that hold no token: whoever reads a log must not be able to answer for anybody."""

from __future__ import annotations

import logging
import re
from typing import Any

# The one address that carries a secret: the personal link of an invitation.
TOKEN_IN_PATH = re.compile(r"(/i/)[^/\s\"'?#]+")


def redacted(text: str) -> str:
    return TOKEN_IN_PATH.sub(r"\1…", text)


class WithoutTokens(logging.Filter):
    """Replaces tokens in the message and in the traceback of every record that passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True


def logging_settings(level: str) -> dict[str, Any]:
    """One handler for everything. Django's own handlers would write records that the filter has not seen."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_tokens": {"()": "config.logging.WithoutTokens"}},
        "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["without_tokens"],
                "formatter": "plain",
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True},
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
        },
    }
