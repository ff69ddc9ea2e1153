"""What is the same for everybody is kept for a moment, and nothing else is; the read API has a limit."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from config.api import MOST_READERS, LastMinute
from reports.public.shared import ANSWERS
from tests.public.content import content, released

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings: Settings) -> None:
    settings.REPORT_KEPT_SECONDS = 60
    ANSWERS.forget()


def queries(client: Client, path: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(path, headers=headers)
    return len(found)


def test_page_and_answer_are_given_out_again_without_a_query(client: Client) -> None:
    released()

    for path in ("/2019/1/all/", "/api/v1/editions/2019/releases/1/lines/?kind=net"):
        first = client.get(path)
        assert queries(client, path) == 0
        again = client.get(path)
        assert (again.content, again.headers) == (first.content, first.headers)
        assert client.get(path.replace("net", "class")).status_code == 200


def test_each_language_and_host_has_its_own(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    released()

    english = client.get("/2019/", headers={"accept-language": "en"}).content
    arabic = client.get("/2019/", headers={"accept-language": "ar"}).content
    elsewhere = client.get("/2019/", headers={"host": "other.example"}).content

    assert b'<html lang="ar"' in arabic
    assert b'<html lang="en"' in english
    assert b"http://other.example/2019/1/" in elsewhere
    assert client.get("/2019/", headers={"host": "evil.example"}).status_code == 400


def test_entity_tag_spares_a_second_copy_of_a_kept_answer(client: Client) -> None:
    released()
    first = client.get("/api/v1/editions/2019/releases/1/")

    again = client.get("/api/v1/editions/2019/releases/1/", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_correction_is_seen_at_the_next_request(client: Client) -> None:
    released()
    client.get("/2019/")

    released(content(title="Another title"), number=2)

    assert "Another title" in client.get("/2019/").content.decode()


def test_what_is_not_public_is_never_kept(client: Client) -> None:
    released()

    for path in ("/staff/", "/2019/9/", "/healthz"):
        client.get(path)

    assert not ANSWERS.kept


def test_reader_who_asks_too_often_is_told_when_to_come_back(client: Client, settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    settings.REPORT_KEPT_SECONDS = 0
    released()

    answers = [client.get("/api/v1/editions/", REMOTE_ADDR="203.0.113.9") for _ in range(4)]
    other = client.get("/api/v1/editions/", REMOTE_ADDR="198.51.100.9")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert other.status_code == 200


def test_limit_is_of_a_minute_and_forgets_those_who_asked_longest_ago() -> None:
    kept = LastMinute()

    assert [kept.wait(b"a", 2, now) for now in (0.0, 1.0)] == [None, None]
    assert kept.wait(b"a", 2, 30.0) == 30.0
    assert kept.wait(b"a", 2, 60.0) is None
    for number in range(MOST_READERS):
        kept.wait(number.to_bytes(4), 2, 61.0)
    assert len(kept.asked) == MOST_READERS
    assert b"a" not in kept.asked
