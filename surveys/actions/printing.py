from __future__ import annotations

import logging

from django.db import transaction

from config import workers
from surveys.models import Wave

PRINT = "responses.tasks.print_questionnaire"

logger = logging.getLogger(__name__)


def request_print(wave: Wave) -> None:
    """Ask a worker for the PDFs of a wave, after a change of what they say.

    Nobody has to wait for them, and nothing is lost while Redis is down: the hourly sweep finds what is missing.
    """
    transaction.on_commit(lambda: _ask(str(wave.pk)))


def _ask(wave_id: str) -> None:
    if not workers.ask(PRINT, wave_id):
        logger.warning("Redis does not answer; the next sweep has the questionnaire printed.")
