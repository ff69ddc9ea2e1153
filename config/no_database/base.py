"""A Django database backend that answers every use with the sentence that says what to set."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.dummy import base


def complain(*args: Any, **kwargs: Any) -> NoReturn:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Start through manage.py, which starts a database for development, or set it to "
        "postgresql://USER:PASSWORD@HOST:5432/NAME."
    )


class DatabaseWrapper(base.DatabaseWrapper):
    ensure_connection = complain
    _cursor = complain
    _savepoint = complain
    _savepoint_commit = complain
    _savepoint_rollback = complain
    _commit = complain
    _rollback = complain
