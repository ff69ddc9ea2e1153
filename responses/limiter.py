"""The limit on wrong codes: per range of addresses and for the whole site, in the database alone.

Only what was wrong is counted, by the full hour; what was right leaves no row and resets nothing. A range is known by
a hash under a key of the day, and both are deleted when they are over. Attempts from one range wait for each other,
so that many at once are not more than the limit, whichever process takes them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from responses.models import FailureCount, FailureKey
from responses.peppers import queue_of
from responses.sealing import KEY_BYTES

RANGE_LIMIT = 10
SITE_LIMIT = 3000
WHOLE_SITE = "the whole site"
HOUR = timedelta(hours=1)


class TooManyFailures(Exception):
    """Codes from here are not looked at before the next full hour."""

    def __init__(self, now: datetime) -> None:
        self.minutes = ceil((hour_of(now) + HOUR - now).total_seconds() / 60)
        super().__init__(self.sentence())

    def sentence(self) -> str:
        return ngettext(
            "Too many wrong codes have come from your network. Try again in %(minutes)s minute; personal links work.",
            "Too many wrong codes have come from your network. Try again in %(minutes)s minutes; personal links work.",
            self.minutes,
        ) % {"minutes": self.minutes}


class TooManyEverywhere(TooManyFailures):
    """Somebody is trying codes out from many places."""

    def sentence(self) -> str:
        said = _("Wrong codes are coming from many places, so for now no code is looked at.")
        when = ngettext(
            "Try again in %(minutes)s minute; personal links work.",
            "Try again in %(minutes)s minutes; personal links work.",
            self.minutes,
        ) % {"minutes": self.minutes}
        return f"{said} {when}"


@dataclass
class Attempt:
    """`failed` is set by whoever judges the code."""

    failed: bool = False


@contextmanager
def attempt(address_range: str, now: datetime) -> Iterator[Attempt]:
    """One code that somebody typed. TooManyFailures where none is looked at; what failed is counted at the end."""
    with transaction.atomic():
        _queue_up(address_range)
        _check(address_range, now)
        judged = Attempt()
        yield judged
        if judged.failed:
            _count(address_range, now)


def _queue_up(address_range: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [queue_of(address_range)])


def _check(address_range: str, now: datetime) -> None:
    key = FailureKey.objects.filter(day=day_of(now)).first()
    if key is None:
        return
    own, site = (_hash(bytes(key.key), name) for name in (address_range, WHOLE_SITE))
    found = FailureCount.objects.filter(hour=hour_of(now), range_hash__in=(own, site))
    counts = {bytes(one.range_hash): one.count for one in found}
    if counts.get(own, 0) >= RANGE_LIMIT:
        raise TooManyFailures(now)
    if counts.get(site, 0) >= SITE_LIMIT:
        raise TooManyEverywhere(now)


def _count(address_range: str, now: datetime) -> None:
    key, made = FailureKey.objects.get_or_create(
        day=day_of(now), defaults={"key": secrets.token_bytes(KEY_BYTES)}
    )
    if made:
        forget_failures(now)
    statement = """
        INSERT INTO responses_failurecount (range_hash, hour, count) VALUES (%s, %s, 1)
        ON CONFLICT (hour, range_hash) DO UPDATE SET count = responses_failurecount.count + 1
    """
    with connection.cursor() as cursor:
        # The row that everybody shares comes last, so that nobody holds it while waiting for another.
        for name in (address_range, WHOLE_SITE):
            cursor.execute(statement, [_hash(bytes(key.key), name), hour_of(now)])


def forget_failures(now: datetime) -> int:
    """Delete the counts of hours that are over and the keys of days that are over. Returns how many counts went."""
    FailureKey.objects.filter(day__lt=day_of(now)).delete()
    over: QuerySet[FailureCount] = FailureCount.objects.filter(hour__lt=hour_of(now))
    return over.delete()[0]


def _hash(key: bytes, name: str) -> bytes:
    return hmac.new(key, name.encode(), hashlib.sha256).digest()


def hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
