"""What a worker makes of a published release once for each language: its PDF, its pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from reports.models import Release

PSEUDO = "-x"
"""In the names of languages that are there for tests alone."""


def published() -> QuerySet[Release]:
    return Release.objects.filter(status=Release.Status.APPROVED)


def missing(made: QuerySet[Any], release_id: int) -> list[str]:
    """Languages of the interface in which a release has none of these rows."""
    found = set(made.filter(release_id=release_id).values_list("language", flat=True))
    return [code for code, _name in settings.LANGUAGES if code not in found and PSEUDO not in code]


def waiting(made: QuerySet[Any]) -> list[int]:
    """Published releases that have none of these rows in some language."""
    found = published().order_by("pk").values_list("pk", flat=True)
    return [release_id for release_id in found if missing(made, release_id)]
