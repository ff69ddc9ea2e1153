"""The page that explains the read API, and its examples as a newcomer would run them."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys

import httpx
import lxml.html
import pytest
from django.test import Client

from tests.public.content import HOSTILE, released
from tests.public.test_pages import INLINE, with_breakdowns
from tests.services import WebServer
from tests.surveys.build import shipped


def page_of(body: bytes) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(body.decode())


@pytest.mark.django_db
def test_page_names_every_operation_of_the_schema(client: Client) -> None:
    released()
    paths = client.get("/api/v1/schema/").json()["paths"]

    page = page_of(client.get("/api/").content)

    told = [one.text_content() for one in page.xpath("//section[@class='operation']/h3")]
    assert told == [f"GET {path}" for path in paths]
    assert not page.xpath(INLINE)
    assert "429" in page.text_content()


@pytest.mark.django_db
def test_page_without_a_release_says_so(client: Client) -> None:
    assert "Nothing has been published yet" in client.get("/api/").content.decode()


def test_examples_give_the_numbers_of_the_release(web_server: WebServer) -> None:
    released(with_breakdowns())
    page = page_of(client_get(f"{web_server.url}/api/"))
    python, r, sheet = (
        page.get_element_by_id(f"example-{name}").text_content() for name in ("python", "r", "sheet")
    )

    done = subprocess.run(
        [sys.executable, "-c", python], capture_output=True, text=True, check=True, timeout=60
    )

    assert "enterprise.policy Has a policy 90 % of 100" in done.stdout
    addresses = {re.search(r'"(http[^"]+)"', example)[1] for example in (python, r, sheet)}  # type: ignore[index]
    assert len(addresses) == 1
    rows = list(csv.DictReader(io.StringIO(client_get(addresses.pop()).decode())))
    assert {row["kind"] for row in rows} == {"net"}
    assert {"figure", "label", "value", "base"} <= rows[0].keys()


def client_get(address: str) -> bytes:
    answer = httpx.get(address, timeout=20, trust_env=False)
    assert answer.status_code == 200
    return answer.content


@pytest.mark.django_db
def test_codebook_holds_the_questionnaires_of_the_release(client: Client) -> None:
    released()

    found = client.get("/api/v1/editions/2019/releases/1/codebook/").json()

    (questionnaire,) = found["questionnaires"]
    assert questionnaire["questionnaire"]["key"] == "enterprise"
    keys = [q["key"] for section in questionnaire["sections"] for q in section["questions"]]
    assert keys == [question.key for question in shipped("enterprise").questions]
    assert HOSTILE not in str(found)
