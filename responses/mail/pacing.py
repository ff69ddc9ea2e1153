"""When which message may go: so many a minute to one receiving domain, in the hours of the invited. Pure, no clock."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Waiting:
    message: UUID
    domain: str


class Queue:
    """Messages by domain; each domain has its own next moment."""

    def __init__(self, waiting: Iterable[Waiting], *, pace: int, start: datetime) -> None:
        self._gap = timedelta(minutes=1) / pace
        self._of_domain: dict[str, deque[UUID]] = {}
        for one in waiting:
            self._of_domain.setdefault(one.domain, deque()).append(one.message)
        self._due = [(start, domain) for domain in sorted(self._of_domain)]

    def next_at(self) -> datetime | None:
        """From when the next message may go; None when there is none."""
        return self._due[0][0] if self._due else None

    def take(self, now: datetime) -> UUID:
        """The message that has been due longest. Its domain rests for the gap from now on."""
        _at, domain = heapq.heappop(self._due)
        messages = self._of_domain[domain]
        taken = messages.popleft()
        if messages:
            heapq.heappush(self._due, (now + self._gap, domain))
        return taken


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def in_window(now: datetime, zone: str, first: int, until: int) -> bool:
    """Whether the clock of the zone stands between the hours `first` and `until`."""
    return first <= now.astimezone(ZoneInfo(zone)).hour < until


def duration(domains: Counter[str], pace: int) -> timedelta:
    """How long the largest domain takes; the others are done by then. Hours without sending come on top."""
    most = max(domains.values(), default=1)
    return timedelta(minutes=1) / pace * (most - 1)
