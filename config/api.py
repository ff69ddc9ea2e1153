"""What the read API answers unless a view says otherwise: nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.throttling import SimpleRateThrottle

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


class PerReader(SimpleRateThrottle):
    """So many requests a minute from one range of addresses, in each process; answers that are kept do not count.

    Nothing is stored: the last minute of requests is in the memory of the process, under a hash with its own key.
    """

    scope = "reader"

    def get_rate(self) -> str | None:
        most: int = settings.API_REQUESTS_A_MINUTE
        return f"{most}/minute" if most else None

    def get_cache_key(self, request: Request, view: APIView) -> str:
        place = range_of(request._request).encode()
        return "throttle-" + hmac.new(KEY, place, hashlib.sha256).hexdigest()
