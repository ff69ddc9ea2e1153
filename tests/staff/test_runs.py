from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app

from accounts.models import AuditEvent, User
from reports.models import Run
from surveys.models import Wave
from tests.services import acting_as
from tests.staff.people import NOW
from tests.staff.stage import counted, small_wave
from tests.staff.visits import LogIn, get


@pytest.fixture
def wave(db: None) -> Wave:
    return small_wave(status="open")


def test_runs_without_any_say_so(logged_in: LogIn, fieldworker: User) -> None:
    assert "Nothing has run yet" in get(logged_in(fieldworker), "/staff/runs/")


def test_runs_show_what_each_one_did(logged_in: LogIn, fieldworker: User, wave: Wave) -> None:
    run = counted(wave)

    page = get(logged_in(fieldworker), "/staff/runs/")

    assert f'href="/staff/runs/{run.pk}/"' in page
    assert "3 June 2019, 09:00 (UTC)" in page
    assert ">120</td>" in page


def test_runs_of_many_nights_are_cut_into_pages(logged_in: LogIn, fieldworker: User, wave: Wave) -> None:
    Run.objects.bulk_create(
        Run(wave=wave, claim_number=number, started_at=NOW + timedelta(days=number))
        for number in range(1, 61)
    )
    client = logged_in(fieldworker)

    assert "Page 1 of 2" in get(client, "/staff/runs/")
    assert get(client, "/staff/runs/?page=2").count('data-label="Wave"') == 10
    assert "Page 2 of 2" in get(client, "/staff/runs/?page=none") or "Page 1 of 2" in get(
        client, "/staff/runs/?page=x"
    )


def test_run_page_shows_duration_checksum_and_message(
    logged_in: LogIn, fieldworker: User, wave: Wave
) -> None:
    run = counted(wave)
    Run.objects.filter(pk=run.pk).update(message="The key <b>is</b> missing.", status="failed")

    page = get(logged_in(fieldworker), f"/staff/runs/{run.pk}/")

    assert "12.0 s" in page
    assert "c" * 64 in page
    assert "The key &lt;b&gt;is&lt;/b&gt; missing." in page
    assert "They stay sealed in the box." in page


def test_run_asked_for_is_recorded_and_given_to_the_worker(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    with acting_as("web"), current_app.connection_for_write() as connection:
        queue = connection.SimpleQueue("box")
        queue.clear()
        response = logged_in(analyst).post(f"/staff/waves/{wave.pk}/run/")
        message = queue.get(timeout=5)
        message.ack()
        queue.close()

    assert response.headers["Location"] == "/staff/runs/"
    assert message.headers["task"] == "reports.tasks.open_and_count"
    assert message.payload[0] == [str(wave.pk)]
    assert AuditEvent.objects.get().action == "run.requested"


def test_run_of_a_wave_that_was_never_opened_is_refused(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    Wave.objects.update(status="draft")

    with acting_as("web"):
        response = logged_in(analyst).post(f"/staff/waves/{wave.pk}/run/")

    assert response.status_code == 422
    assert "nothing to count" in response.content.decode()


def test_run_asked_for_without_redis_says_so_and_records_nothing(
    logged_in: LogIn, analyst: User, wave: Wave, no_redis: None
) -> None:
    with acting_as("web"):
        response = logged_in(analyst).post(f"/staff/waves/{wave.pk}/run/")

    assert response.status_code == 422
    assert "Redis does not answer" in response.content.decode()
    assert not AuditEvent.objects.exists()
