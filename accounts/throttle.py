"""Failed log-ins make whoever fails wait. Counted in PostgreSQL, so that it holds for all processes of the web.

Only failures are counted, and a success forgives none. An account's waiting time never passes a quarter of an hour,
and a browser that has logged in to the account before has a count of its own: strangers cannot lock it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import ngettext

from accounts.keys import FAILED_LOG_IN, keyed_hash
from accounts.models import FailedLogIn, User
from accounts.visitors import Visitor

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What failures are counted for, and how many of them cost no time."""

    key: str
    free: int


class TooManyFailures(Exception):
    """The sentence says nothing about whether there is such an account, or why the last log-in failed."""

    def __init__(self, wait: timedelta) -> None:
        minutes = -(-int(wait.total_seconds()) // 60)
        super().__init__(
            ngettext(
                "Too many log-ins have failed. Wait a minute and try again.",
                "Too many log-ins have failed. Wait %(minutes)s minutes and try again.",
                minutes,
            )
            % {"minutes": minutes}
        )


def subjects(email: str, visitor: Visitor) -> tuple[Subject, ...]:
    """For a browser that is known for this account itself alone; for all others the account and the range."""
    if visitor.account and User.objects.filter(pk=visitor.account, email=email).exists():
        return (_subject(f"browser {visitor.browser}", free=5),)
    return (_subject(f"account {email}", free=5), _subject(f"range {visitor.range}", free=30))


def lock(found: tuple[Subject, ...]) -> None:
    """One attempt at a time for each subject, until the transaction ends: no two share one free attempt."""
    with connection.cursor() as cursor:
        for key in sorted(subject.key for subject in found):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def check_may_try(found: tuple[Subject, ...], now: datetime) -> None:
    """Call with the subjects locked. An attempt that is refused here is not counted and tries no password."""
    counts = _counts(found, now)
    waits = [
        row.last_at + wait_after(row.failures - subject.free) - now
        for subject in found
        if (row := counts.get(subject.key))
    ]
    if waits and max(waits) > timedelta(0):
        raise TooManyFailures(max(waits))


def count_failure(found: tuple[Subject, ...], now: datetime) -> None:
    counts = _counts(found, now)
    for subject in found:
        row = counts.get(subject.key)
        FailedLogIn.objects.update_or_create(
            subject=subject.key, defaults={"failures": row.failures + 1 if row else 1, "last_at": now}
        )


def wait_after(failures: int) -> timedelta:
    """Nothing at first, then twice as long each time, up to the longest."""
    if failures < 0:
        return timedelta(0)
    doublings: int = 2 ** min(failures, 10)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def forget(now: datetime) -> int:
    """Remove what is a day old. It needs the time of each row alone."""
    # Django's own delete would read the subjects first, which the worker may not.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_failedlogin WHERE last_at <= %s", [now - REMEMBERED])
        return int(cursor.rowcount)


def _counts(found: tuple[Subject, ...], now: datetime) -> Mapping[str, FailedLogIn]:
    keys = [subject.key for subject in found]
    rows = FailedLogIn.objects.filter(subject__in=keys, last_at__gt=now - REMEMBERED)
    return {row.subject: row for row in rows}


def _subject(words: str, *, free: int) -> Subject:
    return Subject(keyed_hash(words, FAILED_LOG_IN), free)
