from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from reports.public.shared import ANSWERS

        for name in ("Release", "ReleaseSignature", "ReleasePrint", "FigureWithdrawal"):
            post_save.connect(
                ANSWERS.forget, sender=f"reports.{name}", dispatch_uid=f"kept-{name}", weak=False
            )
