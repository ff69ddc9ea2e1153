"""What the read API answers unless a view says otherwise: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:
    # The framework's views read the setting that names the class below, so they cannot be imported before it.
    from rest_framework.request import Request
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default permission. A view that forgets to name its own is closed, to staff as well."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
