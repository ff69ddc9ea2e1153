"""What every long-running process asks the database before it takes work."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# Setting -> (whether its value is safe, what it would give away).
SAFE: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "track_commit_timestamp": (lambda value: value == "off", "it dates every answer"),
    "log_statement": (lambda value: value in {"none", "ddl"}, "it writes answers into the log"),
    "log_min_duration_statement": (lambda value: value == "-1", "it writes slow statements into the log"),
    "log_min_duration_sample": (lambda value: value == "-1", "it writes sampled statements into the log"),
    "log_duration": (lambda value: value == "off", "it dates every statement in the log"),
    # Django writes values into its statements, so a refused one would carry an answer into the log.
    "log_min_error_statement": (
        lambda value: value in {"log", "fatal", "panic"},
        "it writes statements that fail, and what a person typed in them, into the log",
    ),
    "log_error_verbosity": (lambda value: value == "terse", "it writes refused rows into the log"),
}
ADVICE = {
    "track_commit_timestamp": "off",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_duration": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# A library that is loaded makes its settings readable to everybody, while the lists of libraries are for superusers.
LOGGING_LIBRARIES = {"auto_explain.log_min_duration": "auto_explain", "pgaudit.log": "pgaudit"}


class UnsafeDatabaseError(ImproperlyConfigured):
    """The database is set up in a way that could link answers to people."""


def refuse_unsafe_database() -> None:
    """Raise with every setting of the database that would date or record what people do."""
    problems = unsafe_settings(database_settings())
    if problems:
        raise UnsafeDatabaseError(
            "Enquiry does not start on this database:\n- "
            + "\n- ".join(problems)
            + "\nChange them in postgresql.conf (or by ALTER SYSTEM, DATABASE or ROLE) and restart PostgreSQL."
        )


def unsafe_settings(values: Mapping[str, str]) -> list[str]:
    problems = [
        f"{name} is {values[name]}: {harm}. Set it to {ADVICE[name]}."
        for name, (is_safe, harm) in SAFE.items()
        if name in values and not is_safe(values[name])
    ]
    return problems + [
        f"{library} is loaded: it writes statements into the log. Take it out of shared_preload_libraries, "
        "session_preload_libraries and local_preload_libraries."
        for name, library in LOGGING_LIBRARIES.items()
        if name in values
    ]


def database_settings() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
            [[*SAFE, *LOGGING_LIBRARIES]],
        )
        return dict(cursor.fetchall())
