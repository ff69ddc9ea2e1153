from __future__ import annotations

from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from reports.actions import night
from responses.actions.keys import WorkerOutOfReach


class Command(BaseCommand):
    help = "Ask the worker to run the night now for every wave that has something to do."

    def handle(self, *args: Any, **options: Any) -> None:
        waves = night.due(timezone.now())
        try:
            for wave_id in waves:
                current_app.send_task(night.OPEN_AND_COUNT, args=[str(wave_id)])
        except OperationalError as error:
            raise CommandError(str(WorkerOutOfReach())) from error
        self.stdout.write(_("The worker was asked to run %(count)s waves.") % {"count": len(waves)})
