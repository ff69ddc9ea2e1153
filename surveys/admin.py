from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit
from accounts.permissions import member_of
from surveys.models import Edition


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The year and title of an edition. Its waves have states and are worked on in the staff pages only."""

    list_display = ("year", "title")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Edition, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        action = "edition.changed" if change else "edition.created"
        audit.record(action, by=member_of(request), now=timezone.now(), target=obj, year=obj.year)
