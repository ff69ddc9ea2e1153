from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.models import Release
from tests.api.shapes import check_answer
from tests.public import content
from tests.public.content import released
from tests.services import acting_as

pytestmark = pytest.mark.django_db
API = "/api/v1/editions/"
FIRST = f"{API}2019/releases/1/"
PATHS = (
    API,
    f"{API}2019/",
    FIRST,
    f"{API}2019/releases/latest/",
    f"{FIRST}content.json",
    f"{FIRST}figures/",
    f"{FIRST}figures/enterprise.policy/",
    f"{API}2019/releases/latest/figures/enterprise.policy/",
    "/api/v1/schema/",
)


def read(client: Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200
    return response.json()


@pytest.mark.parametrize("path", PATHS)
def test_api_to_anybody_as_the_web_role_is_json(client: Client, path: str) -> None:
    released()

    with acting_as("web"):
        response = client.get(path, headers={"accept": "text/html,*/*;q=0.8"})

    assert (response.status_code, "json" in response["Content-Type"]) == (200, True)


def test_editions_without_a_release_are_none(client: Client) -> None:
    released(status=Release.Status.REQUESTED)

    assert read(client, API) == {"editions": []}


def test_editions_name_the_newest_release_and_whether_it_is_synthetic(client: Client) -> None:
    released(number=1)
    released(number=2)
    released(content.content(year=2020, synthetic=False))

    editions = read(client, API)["editions"]

    assert [(e["year"], e["newest_release"], e["synthetic"]) for e in editions] == [
        (2020, 1, False),
        (2019, 2, True),
    ]


def test_links_of_the_api_lead_to_answers(client: Client) -> None:
    released()

    edition = read(client, read(client, API)["editions"][0]["url"])
    release = read(client, edition["releases"][0]["url"])
    figures = read(client, release["figures_url"])["figures"]

    assert read(client, release["content_url"]) == release["content"]
    assert all(read(client, figure["url"])["figure"]["id"] == figure["id"] for figure in figures)


def test_content_is_the_bytes_that_the_hash_is_of(client: Client) -> None:
    release = released()

    response = client.get(f"{FIRST}content.json")

    assert response.content == release.content.encode()
    assert hashlib.sha256(response.content).hexdigest() == read(client, FIRST)["content_hash"]


@pytest.mark.parametrize(
    ("synthetic", "name", "robots"),
    [
        (True, "enquiry-2019-release-1-synthetic.json", "noindex, nofollow"),
        (False, "enquiry-2019-release-1.json", None),
    ],
)
def test_content_of_made_up_answers_says_so_in_its_name_and_is_not_indexed(
    client: Client, synthetic: bool, name: str, robots: str | None
) -> None:
    released(content.content(synthetic=synthetic))

    response = client.get(f"{FIRST}content.json")

    assert response["Content-Disposition"] == f'inline; filename="{name}"'
    assert response.get("X-Robots-Tag") == robots


def test_figure_carries_the_numbers_of_the_release(client: Client) -> None:
    released()

    answer = read(client, f"{FIRST}figures/enterprise.policy/")

    assert answer["figure"] == content.POLICY
    assert answer["synthetic"] is True
    assert answer["release"] == 1


def test_latest_is_the_newest_release(client: Client) -> None:
    released(number=1)
    released(content.content(title="Corrected"), number=2)

    assert read(client, f"{API}2019/releases/latest/")["release"] == 2


@pytest.mark.parametrize(
    "status", [Release.Status.REQUESTED, Release.Status.REJECTED, Release.Status.CANCELLED]
)
@pytest.mark.parametrize("path", [path for path in PATHS if "2019" in path])
def test_release_that_was_not_approved_is_not_found(client: Client, status: str, path: str) -> None:
    released(status=status)

    response = client.get(path)

    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert response.json()["detail"] == "No report has been published for 2019."


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (f"{API}2019/releases/7/", "The report of 2019 has no release 7."),
        (f"{FIRST}figures/enterprise.nothing/", "This release has no figure “enterprise.nothing”."),
        ("/api/v1/nothing/", "There is nothing at this address. The API begins at /api/v1/editions/."),
    ],
)
def test_address_with_nothing_behind_it_is_refused_with_a_sentence(
    client: Client, path: str, sentence: str
) -> None:
    released()

    response = client.get(path)

    assert (response.status_code, response.json()) == (404, {"detail": sentence})


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", PATHS)
def test_method_that_writes_is_refused_in_json(client: Client, method: str, path: str) -> None:
    released()

    response = getattr(client, method)(path)

    assert (response.status_code, list(response.json())) == (405, ["detail"])


@pytest.mark.parametrize("path", [path for path in PATHS if "schema" not in path])
def test_format_other_than_json_is_refused_in_json(client: Client, path: str) -> None:
    released()

    response = client.get(path, headers={"accept": "text/csv"})

    assert (response.status_code, list(response.json())) == (406, ["detail"])


@pytest.mark.parametrize("path", PATHS)
def test_head_and_options_are_answered(client: Client, path: str) -> None:
    released()

    head, options = client.head(path), client.options(path)

    assert (head.status_code, head.content, options.status_code) == (200, b"", 200)


def test_release_that_the_reader_has_is_not_sent_again(client: Client) -> None:
    release = released()

    first = client.get(FIRST)
    again = client.get(FIRST, headers={"if-none-match": first["ETag"]})

    assert first["ETag"] == f'"{release.content_hash}"'
    assert (again.status_code, again.content) == (304, b"")


def test_named_release_is_kept_for_long_and_the_newest_is_not(client: Client) -> None:
    released()

    named, newest = (client.get(path)["Cache-Control"] for path in (FIRST, f"{API}2019/releases/latest/"))

    assert ("max-age=86400" in named, "max-age=300" in newest) == (True, True)


@pytest.mark.parametrize("path", [path for path in PATHS if "schema" not in path])
def test_api_takes_at_most_two_queries(client: Client, path: str) -> None:
    released()

    with CaptureQueriesContext(connection) as queries:
        client.get(path)

    assert len(queries) <= 2


def test_schema_is_without_warnings() -> None:
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=io.StringIO()
    )


@pytest.mark.parametrize("path", [path for path in PATHS if "schema" not in path and "latest" not in path])
def test_answers_agree_with_the_schema(client: Client, path: str) -> None:
    released()

    check_answer(client, path)
