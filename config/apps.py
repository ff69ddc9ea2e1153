"""The two applications of the house itself."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Importing the two registers the system checks, and makes Celery's shared tasks ours.
        from config import celery, checks  # noqa: F401


class BackOfficeConfig(AdminConfig):
    default_site = "config.back_office.BackOffice"
