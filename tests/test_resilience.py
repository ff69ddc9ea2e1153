"""Services that stop and come back: no answer is lost, and respondents need neither Redis nor the worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from celery import current_app

from reports.actions import night
from reports.demo.client import FORMS_ON_THE_WAY, Ending, Respondent
from reports.models import Cell, Claim, Run
from responses.models import Ballot, Draft, Invitation, Response
from responses.sealing import new_token, session_key, token_hash, token_text
from surveys.models import WavePlace
from surveys.places import free_places
from tests.box.field import Field, open_field
from tests.reports.conftest import store_key
from tests.reports.recount import differences
from tests.services import (
    Database,
    WebServer,
    Worker,
    default_connection_at,
    redis_number,
    wait_until,
    worker_waits_for_a_lock,
)

PATIENCE = 60.0
FIELDS = {
    "q-eligible": ["yes_now"],
    "q-region": ["south"],
    "q-country": ["AA"],
    "q-share": ["7"],
    "q-habits": ["measure"],
}


@pytest.fixture
def web(private_services: Database, tmp_path: Path) -> Iterator[WebServer]:
    server = WebServer(private_services, tmp_path)
    server.run()
    yield server
    server.close()


@pytest.fixture
def field(private_services: Database) -> Field:
    """A wave that is open at this moment, on services that the test may stop."""
    found = open_field()
    now = datetime.now(UTC)
    found.wave.opens_at, found.wave.closes_at = now - timedelta(days=1), now + timedelta(days=1)
    found.wave.save()
    places = [WavePlace(wave=found.wave, place=place, text="the office") for place in free_places(found.wave)]
    WavePlace.objects.bulk_create(places)
    return found


@pytest.fixture
def private_worker(private_services: Database, tmp_path: Path) -> Iterator[Worker]:
    found = Worker(private_services, tmp_path)
    found.run()
    yield found
    found.stop()


def invite(field: Field) -> str:
    token = new_token()
    Invitation.objects.create(wave=field.wave, token_hash=token_hash(session_key(token)))
    return f"/i/{token_text(token)}"


@pytest.fixture
def person(web: WebServer) -> Iterator[Respondent]:
    found = Respondent(httpx.HTTPTransport(), web.url, FIELDS)
    yield found
    found.http.close()


def runs() -> list[str]:
    return list(Run.objects.order_by("id").values_list("status", flat=True))


def test_answers_with_redis_down_are_taken(
    field: Field, web: WebServer, person: Respondent, private_services: Database
) -> None:
    link = invite(field)
    private_services.redis.kill()

    ending = person.answer(link)

    assert ending is Ending.SENT
    assert Ballot.objects.count() == 1
    assert httpx.get(f"{web.url}/healthz").status_code == 200


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_draft_over_a_restart_of_the_database_is_kept(
    field: Field, person: Respondent, private_services: Database, how: str
) -> None:
    begun = person.walk(person.open(invite(field)), lambda _page: person.steps >= 2)

    getattr(private_services.cluster, how)()
    private_services.cluster.start()
    with default_connection_at(private_services.name, private_services.cluster):
        assert Draft.objects.count() == 1
        end = person.walk(begun, lambda _page: False)

        assert end.form_to(*FORMS_ON_THE_WAY) is None
        assert person.finished(end) is Ending.SENT
        assert Ballot.objects.count() == 1
        assert Draft.objects.count() == 0


def test_database_down_is_said_and_loses_no_draft(
    field: Field, person: Respondent, private_services: Database
) -> None:
    begun = person.walk(person.open(invite(field)), lambda _page: person.steps >= 2)

    private_services.cluster.stop()
    refused = person.http.get(begun.url)
    private_services.cluster.start()

    assert refused.status_code >= 500
    assert "Traceback" not in refused.text
    assert person.finished(person.walk(begun, lambda _page: False)) is Ending.SENT


def test_database_restarted_while_tables_are_written_keeps_them_whole(
    private_services: Database, private_worker: Worker
) -> None:
    field = open_field()
    store_key(field, private_worker.key_folder)
    field.answer_all(45)
    start(field, private_services)
    wait_until(lambda: runs() == [Run.Status.DONE], PATIENCE)
    before = list(Cell.objects.order_by("id").values_list("id", "count", "status"))
    responses = set(Response.objects.values_list("pk", "marks"))

    # The worker waits for these rows in the middle of its write.
    with closing(psycopg.connect(private_services.url("owner"))) as holder:
        holder.execute("SELECT id FROM reports_table FOR UPDATE")
        Run.objects.update(fingerprint="")
        start(field, private_services)
        wait_until(lambda: worker_waits_for_a_lock(private_services), PATIENCE)
        private_services.cluster.kill()
        private_services.cluster.start()

    with default_connection_at(private_services.name, private_services.cluster):
        assert list(Cell.objects.order_by("id").values_list("id", "count", "status")) == before
        assert set(Response.objects.values_list("pk", "marks")) == responses
        Claim.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
        publish(private_services, "reports.tasks.sweep")
        wait_until(lambda: runs()[-1] == Run.Status.DONE and len(runs()) == 3, PATIENCE)
        assert differences(field.wave) == []


def test_redis_restarted_with_a_night_in_its_queue_is_made_good_by_the_sweep(
    private_services: Database, private_worker: Worker
) -> None:
    field = open_field()
    store_key(field, private_worker.key_folder)
    field.answer_all(45)
    private_worker.kill()
    start(field, private_services)

    private_services.redis.kill()
    private_services.redis.start()
    private_worker.run()
    publish(private_services, "reports.tasks.sweep")

    wait_until(lambda: runs() == [Run.Status.DONE], PATIENCE)
    assert Ballot.objects.count() == 0
    assert Response.objects.count() == 45


def publish(database: Database, task: str, *args: str) -> None:
    """Hand a task to the Redis of the private pair."""
    with current_app.connection_for_write(database.redis.url(redis_number())) as connection:
        current_app.send_task(task, args=args, connection=connection)


def start(field: Field, database: Database) -> None:
    publish(database, night.OPEN_AND_COUNT, str(field.wave.pk))
