from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import lxml.html
import pytest
from django.test import Client

from reports.models import Release
from tests.public.content import content, released
from tests.public.test_pages import with_breakdowns

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def xml(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)  # noqa: S314 (made by us)


def test_feed_names_each_release_and_correction_newest_first(client: Client) -> None:
    released(number=1)
    released(content(title="Corrected"), number=2, note="A label was corrected.")
    released(status=Release.Status.REQUESTED)

    feed = xml(client, "/feed.xml")

    entries = feed.findall("a:entry", ATOM)
    links = [entry.find("a:link", ATOM).get("href") for entry in entries]
    assert links == ["http://testserver/2019/2/", "http://testserver/2019/1/"]
    assert entries[0].findtext("a:summary", namespaces=ATOM) == "A label was corrected."
    assert "synthetic demonstration" in entries[0].findtext("a:title", namespaces=ATOM)
    assert all(entry.findtext("a:updated", namespaces=ATOM) for entry in entries)
    assert len({entry.findtext("a:id", namespaces=ATOM) for entry in entries}) == 2


def test_feed_without_a_release_is_empty(client: Client) -> None:
    assert xml(client, "/feed.xml").findall("a:entry", ATOM) == []


def test_sitemap_leads_to_the_newest_releases_that_are_no_demonstration(client: Client) -> None:
    released()
    released(content(year=2020, synthetic=False), number=1)
    released(content(year=2020, synthetic=False, title="Corrected"), number=2)

    places = [found.text for found in xml(client, "/sitemap.xml").findall("m:url/m:loc", MAP)]

    assert "http://testserver/" in places
    assert "http://testserver/2020/2/part/enterprise/" in places
    assert not any("/2019/" in place or "/2020/1/" in place for place in places)
    assert all(client.get(place.removeprefix("http://testserver")).status_code == 200 for place in places)


def test_robots_names_the_sitemap_and_keeps_personal_links_out(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /i/" in text


def test_data_set_is_described_with_its_files(client: Client) -> None:
    made = released(with_breakdowns())

    found = client.get("/2019/1/dataset.jsonld").json()

    assert (found["@type"], found["version"]) == ("Dataset", "1")
    assert found["identifier"] == f"sha256:{made.content_hash}"
    assert "synthetic" in found["name"]
    for file in found["distribution"]:
        assert client.get(file["contentUrl"].removeprefix("http://testserver")).status_code == 200
    assert client.get("/2019/7/dataset.jsonld").status_code == 404


def crawl(client: Client) -> Iterator[str]:
    """Every public address that a reader can get to from the home page; each is there, and so is each fragment."""
    seen: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        yield path
        if "text/html" not in answer["Content-Type"]:
            continue
        page = lxml.html.fromstring(answer.content.decode())
        ids = set(page.xpath("//@id"))
        for link in page.xpath("//a/@href | //link/@href"):
            place, _hash, fragment = link.removeprefix("http://testserver").partition("#")
            assert place or fragment in ids, (path, link)
            if place.startswith("/") and not place.startswith("/static/") and place not in seen:
                ahead.append(place)
        # Leaves already in the list are visited once.
        ahead = [place for place in dict.fromkeys(ahead) if place not in seen]


def test_every_link_of_every_public_page_leads_somewhere(client: Client) -> None:
    released(number=1)
    released(with_breakdowns(), number=2)
    seen = set(crawl(client))

    assert {"/2019/2/part/enterprise/", "/2019/2/data/tables.csv", "/feed.xml"} <= seen
    assert len(seen) > 30
