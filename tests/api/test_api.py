from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.models import Release
from reports.opendata.lines import rows_of
from tests.api.shapes import check_answer
from tests.public import content
from tests.public.content import released
from tests.public.test_pages import with_breakdowns
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
    f"{FIRST}lines/",
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


def test_lines_are_those_of_the_content_page_by_page(client: Client) -> None:
    data = with_breakdowns()
    released(data)
    expected = list(rows_of(data))
    found: list[Any] = []

    place = f"{FIRST}lines/?page_size=7"
    while place:
        answer = read(client, place)
        found += answer["lines"]
        place = answer["next"]

    assert found == expected
    assert (answer["total"], answer["page"]) == (len(expected), answer["pages"])
    check_answer(client, f"{FIRST}lines/")


def test_lines_are_filtered_in_json_and_csv_alike(client: Client) -> None:
    released(with_breakdowns())

    asked = "?figure=enterprise.policy&class=size2&status=withheld"
    found = read(client, f"{FIRST}lines/{asked}")["lines"]
    table = client.get(f"{FIRST}lines.csv{asked}")

    assert [(row["group"], row["value"]) for row in found] == [("small", None), ("large+not_stated", None)]
    assert len(list(csv.DictReader(io.StringIO(table.content.decode())))) == 2
    assert table["Content-Type"].startswith("text/csv")
    everybody = read(client, f"{FIRST}lines/?class=")["lines"]
    assert everybody
    assert not any(row["class"] for row in everybody)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "There is no filter “colour”. There are: figure,"),
        ("page=0", "“page” is a whole number from 1 to 100000."),
        ("page_size=many", "“page_size” is a whole number from 1 to 1000."),
    ],
)
def test_lines_that_cannot_be_asked_for_are_refused_in_words(
    client: Client, query: str, sentence: str
) -> None:
    released()

    answer = client.get(f"{FIRST}lines/?{query}")

    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_api_offers_no_way_to_write(client: Client, method: str) -> None:
    """By its own schema and by every address of it: what is released is changed nowhere but in the program."""
    released()
    schema = read(client, "/api/v1/schema/")

    assert all(set(entry) <= {"get"} for entry in schema["paths"].values())
    for path in (*PATHS, "/api/v1/nowhere/"):
        assert getattr(client, method)(path).status_code == 405


def test_pages_of_other_sites_may_read_the_api(client: Client) -> None:
    released()

    assert {client.get(path)["Access-Control-Allow-Origin"] for path in PATHS[:-1]} == {"*"}
    assert client.get("/2019/1/data/tables.csv")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/2019/")
