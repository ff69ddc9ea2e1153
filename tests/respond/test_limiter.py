"""The limit on wrong codes: per range of addresses and for the site, whichever process takes the request."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import connection
from django.test import Client
from lxml import html

from responses.actions.enter import enter_by_code
from responses.actions.refusals import NothingOpens
from responses.codes import new_code
from responses.limiter import (
    RANGE_LIMIT,
    TooManyEverywhere,
    TooManyFailures,
    attempt,
    forget_failures,
    hour_of,
)
from responses.models import FailureCount, FailureKey
from surveys.models import Wave
from tests.respond.doors import new_codes, type_code
from tests.respond.fieldwork import Respondent, new_link, open_wave
from tests.services import Database, WebServer, acting_as

NOW = datetime(2026, 5, 4, 9, 20, 30, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.0/24", "198.51.100.0/24"


def fail(address_range: str = HERE, now: datetime = NOW, times: int = 1) -> None:
    for _time in range(times):
        with attempt(address_range, now) as judged:
            judged.failed = True


def counts() -> list[int]:
    return sorted(FailureCount.objects.values_list("count", flat=True))


@pytest.mark.django_db
def test_range_is_refused_from_the_eleventh_failure_until_the_hour_is_over() -> None:
    with acting_as("web"):
        fail(times=RANGE_LIMIT)
        with pytest.raises(TooManyFailures, match="in 40 minutes; personal links work"):
            fail()
        fail(ELSEWHERE)
        fail(now=NOW + timedelta(minutes=40))

    assert counts() == [1, 1, 1, 10, 11]


@pytest.mark.django_db
def test_success_leaves_no_row_and_resets_nothing() -> None:
    with attempt(HERE, NOW):
        pass
    before = (FailureCount.objects.count(), FailureKey.objects.count())
    fail(times=RANGE_LIMIT - 1)
    with attempt(HERE, NOW):
        pass
    fail()

    assert before == (0, 0)
    with pytest.raises(TooManyFailures):
        fail()


@pytest.mark.django_db
def test_ceiling_of_the_site_holds_for_every_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("responses.limiter.SITE_LIMIT", 25)
    for number in range(25):
        fail(f"10.0.{number}.0/24")

    with pytest.raises(TooManyEverywhere, match="from many places") as refused:
        fail("10.1.0.0/24")

    assert "in 40 minutes" in str(refused.value)


@pytest.mark.django_db
def test_range_is_known_by_a_hash_under_a_key_of_the_day_that_is_forgotten() -> None:
    tomorrow = NOW + timedelta(days=1)
    fail()
    today = {bytes(row.range_hash) for row in FailureCount.objects.all()}
    with acting_as("worker"):
        within = forget_failures(NOW + timedelta(minutes=30))
        over = forget_failures(NOW + timedelta(hours=1))
    fail(now=tomorrow)

    assert (within, over) == (0, 2)
    assert not today & {bytes(row.range_hash) for row in FailureCount.objects.all()}
    # Making the key of a day deletes that of the day before, even if nothing sweeps.
    assert [key.day for key in FailureKey.objects.all()] == [tomorrow.date()]
    assert set(FailureCount.objects.values_list("hour", flat=True)) == {hour_of(tomorrow)}


@pytest.mark.django_db
def test_refused_page_says_when_keeps_what_was_typed_and_takes_links_still(wave: Wave) -> None:
    _batch, (good,) = new_codes(wave)
    respondent = Respondent("")
    for _time in range(RANGE_LIMIT):
        type_code(respondent, new_code())
        assert respondent.response.status_code == 422

    type_code(respondent, good)

    assert respondent.response.status_code == 429
    assert respondent.errors()[0].startswith(
        "Too many wrong codes have come from your network. Try again in "
    )
    assert respondent.fields()["code"] == [good]
    assert type_code(respondent, new_link(wave)).path == "/answer/"


@pytest.fixture
def in_the_middle_of_an_hour() -> None:
    """A count that begins anew while a test runs would be right, and the test wrong."""
    left = 3600 - time.time() % 3600
    if left < 30:
        time.sleep(left)


def test_guesses_at_once_over_connections_of_their_own_are_ten_and_no_more(
    committed_database: Database,
) -> None:
    def guess(_number: int) -> str:
        try:
            enter_by_code(code=new_code(), address_range=HERE, now=NOW)
        except (NothingOpens, TooManyFailures) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(guess, range(48)))

    assert found.count("NothingOpens") == RANGE_LIMIT
    assert found.count("TooManyFailures") == 48 - RANGE_LIMIT
    assert counts() == [RANGE_LIMIT, RANGE_LIMIT]


def test_limit_holds_across_web_processes(web_server: WebServer, in_the_middle_of_an_hour: None) -> None:
    """Half of the guesses go to the web server, half are answered by this process; both are of one range."""
    wave = open_wave("law_enforcement")
    _batch, (good,) = new_codes(wave)
    own = Client()
    for _time in range(RANGE_LIMIT // 2):
        assert over_http(web_server, new_code()) == 422
        assert own.post("/code/", {"code": new_code()}).status_code == 422

    assert over_http(web_server, good) == 429
    assert own.post("/code/", {"code": good}).status_code == 429
    # Another range is not in the way of this one.
    assert own.post("/code/", {"code": good}, REMOTE_ADDR="203.0.113.9").status_code == 302


def over_http(server: WebServer, code: str) -> int:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        page = html.document_fromstring(client.get("/code/").content)
        token = page.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]
        return client.post("/code/", data={"code": code, "csrfmiddlewaretoken": token}).status_code
