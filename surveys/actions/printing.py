from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from surveys.models import Wave

PRINT = "responses.tasks.print_questionnaire"

logger = logging.getLogger(__name__)


def request_print(wave: Wave) -> None:
    """Ask a worker for the PDFs of a wave, after a change of what they say.

    Nobody has to wait for them, and nothing is lost while Redis is down: the hourly sweep finds what is missing.
    """
    transaction.on_commit(lambda: _ask(str(wave.pk)))


def _ask(wave_id: str) -> None:
    try:
        current_app.send_task(PRINT, args=[wave_id])
    except OperationalError:
        logger.warning("Redis does not answer; the next sweep has the questionnaire printed.")
