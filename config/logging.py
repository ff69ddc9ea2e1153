"""Logs that hold no token: whoever reads a log must not be able to answer for anybody."""

from __future__ import annotations

import logging
import re
from typing import Any

# The addresses that carry a secret: the personal link of an invitation, and that of leaving the list.
TOKEN_IN_PATH = re.compile(r"(/(?:i|leave)/)[^/\s\"'?#]+")


# Celery prints messages it does not understand with all they hold, and what a task has returned.
CONTENTS_OF_MESSAGE = re.compile(r"\s*^(?:The full contents|body:).*| (succeeded in [^:\n]+):.*", re.M | re.S)


def redacted(text: str) -> str:
    return TOKEN_IN_PATH.sub(r"\1…", text)


def without_contents(text: str) -> str:
    """A line of Celery's without the arguments and the result of the task."""
    return CONTENTS_OF_MESSAGE.sub(lambda match: f" {match[1]}" if match[1] else "", text)


class WithoutTokens(logging.Filter):
    """Replaces tokens in the message and in the traceback of every record that passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = redacted(record.getMessage())
        record.msg = without_contents(text) if record.name.startswith("celery.") else text
        record.args = ()
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
            # A line for every page with a reminder or a refusal would date what a respondent does.
            "django.request": {"level": "ERROR"},
            "django.security.csrf": {"level": "ERROR"},
            "django.security.RequestDataTooBig": {"level": "CRITICAL"},
            "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True},
            "httpx": {"level": "WARNING"},
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
        },
    }
