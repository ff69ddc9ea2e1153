"""Whether this process can serve. Run as a program it asks the web server, for container health checks."""

from __future__ import annotations

import os
import sys
import urllib.request

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

from config.celery import app

REDIS_SECONDS = 1
OK, DOWN = "ok", "down"


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Fails with the database only. Answers are taken without Redis, so its state is told and no more."""
    database = database_state()
    states = {"database": database, "redis": redis_state()}
    return JsonResponse(states, status=200 if database == OK else 503)


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return DOWN
    return OK


def redis_state() -> str:
    options = {**app.conf.broker_transport_options, "socket_timeout": REDIS_SECONDS}
    with app.connection_for_write(transport_options=options, connect_timeout=REDIS_SECONDS) as broker:
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=REDIS_SECONDS)
        except (OperationalError, OSError):
            return DOWN
    return OK


def ask(port: str, host: str) -> bool:
    """Ask the server on this machine as a proxy would: by the site's name, and over HTTPS."""
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # nosec  # http is written above
        return bool(answer.status == 200)


if __name__ == "__main__":
    first_host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    sys.exit(0 if ask(os.environ.get("PORT", "8000"), first_host) else 1)
