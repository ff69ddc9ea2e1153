"""The addresses of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config.health import healthz
from config.language import set_language

urlpatterns = [
    # Tried in this order: those whom most people ask for come first.
    path("", include("responses.urls")),
    path("healthz", healthz, name="healthz"),
    path("language", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("staff/", include("accounts.urls")),
    path("staff/", include("surveys.staff.urls")),
    path("staff/", include("responses.staff.urls")),
    path("staff/", include("responses.staff.questionnaire_urls")),
    path("staff/", include("responses.staff.coding_urls")),
    path("staff/", include("reports.staff.urls")),
    path("", include("reports.urls")),
]
