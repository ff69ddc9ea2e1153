"""manage.py after_restore: what has to be put right after a backup was put back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reports.actions.retention import forget_what_is_due
from responses.actions.restore import PutRight, after_restore


class Command(BaseCommand):
    help = (
        "Puts right what a restored backup does not know: reopens invitations where every answer is lost, says how "
        "many are lost elsewhere, and deletes again what was due. Run it once, with ENQUIRY_PROCESS=worker."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for found in after_restore(now=now):
            self.stdout.write(f"{found.wave}: {told(found)}")
        gone = forget_what_is_due(now=now)
        self.stdout.write(
            "Deleted again, because it was due: "
            + (", ".join(lifetime.value for lifetime in gone) or "nothing")
            + "."
        )


def told(found: PutRight) -> str:
    sentences = []
    if found.reopened:
        sentences.append(f"{found.reopened} invitations can be used again; their answers are lost.")
    if found.lost:
        sentences.append(f"{found.lost} answers were sent and are lost; nobody can tell whose they are.")
    if found.thrown_away:
        sentences.append(f"{found.thrown_away} ballots that had been counted before were thrown away.")
    return " ".join(sentences) or "nothing to tell, or fewer than ten answers."
