"""The night on a real worker, over a real Redis, killed where it hurts most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from celery import current_app

from accounts.models import AuditEvent
from reports.actions import night
from reports.models import Cell, Claim, Policy, Run
from tests.box.field import Field, open_field
from tests.box.people import member_of_staff
from tests.reports.conftest import store_key
from tests.reports.recount import cells_compared, differences
from tests.services import Database, Worker, wait_until, worker_waits_for_a_lock, workers_connected

Status = Run.Status
PATIENCE = 60.0


@pytest.fixture
def sent(committed_database: Database, worker: Worker) -> Field:
    """A wave that has closed, with 45 ballots in its box and its key in the worker's folder."""
    field = open_field()
    store_key(field, worker.key_folder)
    field.answer_all(45)
    return field


def runs() -> list[str]:
    return list(Run.objects.order_by("id").values_list("status", flat=True))


def cells() -> list[tuple[object, ...]]:
    return list(Cell.objects.order_by("id").values_list("id", "count", "base", "value", "status"))


def start(field: Field) -> None:
    current_app.send_task(night.OPEN_AND_COUNT, args=[str(field.wave.pk)])


def test_night_asked_for_runs_on_the_worker_and_is_on_record(sent: Field) -> None:
    analyst = member_of_staff("analyst")

    night.request_run(wave=sent.wave, by=analyst, now=datetime.now(UTC))
    wait_until(lambda: runs() == [Status.DONE], PATIENCE)

    assert cells_compared(sent.wave) > 5
    assert differences(sent.wave) == []
    assert AuditEvent.objects.filter(action="run.requested", actor=analyst).count() == 1


def test_worker_killed_while_it_writes_leaves_the_tables_and_the_sweep_takes_it_up(
    sent: Field, worker: Worker, committed_database: Database
) -> None:
    start(sent)
    wait_until(lambda: runs() == [Status.DONE], PATIENCE)
    before = cells()
    Policy.objects.create(version=2)

    with psycopg.connect(committed_database.url("owner")) as holder:
        # The worker waits for this row in the middle of its write, after it has deleted nothing yet.
        holder.execute("SELECT id FROM reports_table FOR UPDATE")
        start(sent)
        wait_until(lambda: worker_waits_for_a_lock(committed_database), PATIENCE)
        worker.kill()
        holder.rollback()
    wait_until(lambda: not workers_connected(committed_database), PATIENCE)

    assert cells() == before
    assert runs() == [Status.DONE, Status.RUNNING]
    Claim.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    worker.run()
    current_app.send_task("reports.tasks.sweep")
    wait_until(lambda: runs() == [Status.DONE, Status.LOST, Status.DONE], PATIENCE)
    assert {cell[0] for cell in cells()}.isdisjoint(cell[0] for cell in before)
    assert [cell[1:] for cell in cells()] == [cell[1:] for cell in before]
    assert differences(sent.wave) == []
