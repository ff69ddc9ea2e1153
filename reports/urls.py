"""The public side: report pages and the read API."""

from __future__ import annotations

from django.urls import include, path

from reports.api.docs import docs

app_name = "reports"

urlpatterns = [
    path("api/", docs, name="api-docs"),
    path("api/v1/", include("reports.api.urls")),
    path("", include("reports.public.urls")),
]
