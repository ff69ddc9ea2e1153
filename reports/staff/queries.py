from __future__ import annotations

from uuid import UUID

from reports.models import Run, Table
from surveys.models import Wave


def last_runs() -> dict[UUID, Run]:
    """The newest run of each wave, by the wave's key."""
    newest = Run.objects.order_by("wave_id", "-id").distinct("wave_id")
    return {run.wave_id: run for run in newest}


def tables_of(wave: Wave) -> list[Table]:
    return list(Table.objects.standard().filter(wave=wave).order_by("position", "breakdown"))


def tables_of_question(wave: Wave, question: str) -> list[Table]:
    found = Table.objects.standard().filter(wave=wave, question=question).select_related("run", "policy")
    return list(found.prefetch_related("cells").order_by("position", "breakdown"))
