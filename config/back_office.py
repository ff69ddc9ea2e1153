"""The stock admin, as a back office for superusers who have come through the staff log-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _


class BackOffice(AdminSite):
    site_header = "Enquiry back office"
    site_title = "Enquiry"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to the one log-in there is, so that the admin is no way around its second factor.

        Who is logged in already and is no superuser would be sent back and forth; they read why instead.
        """
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(_("The back office is for administrators."))
        return redirect_to_login(request.GET.get("next", request.path), resolve_url(settings.LOGIN_URL))
