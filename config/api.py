"""What the read API answers unless a view says otherwise: nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from config.client_address import range_of

if TYPE_CHECKING:
    # The framework's views read the setting that names the class below, so they cannot be imported before it.
    from rest_framework.request import Request
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default permission. A view that forgets to name its own is closed, to staff as well."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


KEY = secrets.token_bytes(32)
"""Of this process alone: what it remembers of a reader's address says nothing to anybody else."""
MINUTE = 60.0
MOST_READERS = 5000


class LastMinute:
    """When each reader has asked in the last minute: in memory, and nowhere else."""

    def __init__(self) -> None:
        self.asked: OrderedDict[bytes, deque[float]] = OrderedDict()
        self.lock = Lock()

    def wait(self, reader: bytes, most: int, now: float) -> float | None:
        """Seconds until the reader may ask again; None if it may now, which then counts."""
        with self.lock:
            times = self.asked.setdefault(reader, deque())
            self.asked.move_to_end(reader)
            while len(self.asked) > MOST_READERS:
                self.asked.popitem(last=False)
            while times and times[0] <= now - MINUTE:
                times.popleft()
            if len(times) >= most:
                return times[0] + MINUTE - now
            times.append(now)
            return None


ASKED = LastMinute()


class PerReader(BaseThrottle):
    """So many requests a minute from one range of addresses, in each process; answers that are kept do not count."""

    def __init__(self) -> None:
        self.seconds: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        most: int = settings.API_REQUESTS_A_MINUTE
        if not most:
            return True
        reader = hmac.new(KEY, range_of(request._request).encode(), hashlib.sha256).digest()
        self.seconds = ASKED.wait(reader, most, monotonic())
        return self.seconds is None

    def wait(self) -> float | None:
        return self.seconds
