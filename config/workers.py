"""Handing a piece of work to a worker from where nobody waits for it."""

from __future__ import annotations

from celery import current_app
from kombu.exceptions import OperationalError


def ask(task: str, *args: object) -> bool:
    """Whether the broker took it. While Redis is down nothing is lost: a periodic task finds what waits."""
    try:
        current_app.send_task(task, args=list(args))
    except OperationalError:
        return False
    return True
