"""What bench/journey.py measures beside the pages: a bare Django view, and one that inserts a row and commits.

The same settings, the same middleware, the same gunicorn; only the addresses are these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

ROW = b"\0" * 32_000
TABLE = "bench_journey"


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("A page.")


@login_not_required
def insert(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (content) VALUES (%s)", [ROW])  # noqa: S608 - a constant
    return HttpResponse("A row.")


urlpatterns = [path("bare", bare), path("insert", insert)]


def served() -> Callable[..., Any]:
    """The application, for gunicorn."""
    from config.wsgi import application

    # Nothing has been asked yet, so that nothing has read the addresses of the site.
    settings.ROOT_URLCONF = "bench.bare"
    return application
