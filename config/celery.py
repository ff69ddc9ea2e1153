"""The Celery application. Start it with `celery -A config worker` or `celery -A config beat`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from config.embedded import ensure

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def started_by_celery() -> bool:
    """Whether this is Celery's own program, which has no entry file of ours that could start the services."""
    program = Path(sys.argv[0])
    return program.name == "celery" or program.parent.name == "celery"


if started_by_celery():
    ensure(process="beat" if "beat" in sys.argv else "worker")

app = Celery("enquiry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_our_logging(**options: Any) -> None:
    """Keep Celery from setting up handlers of its own, which would not know what must not be logged."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def check_database(**options: Any) -> None:
    from django.db import connection

    from config.startup import refuse_unsafe_database

    refuse_unsafe_database()
    # The processes of the pool must not inherit an open connection.
    connection.close()
