"""What the read API says of editions, releases and figures, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from reports.api.lines import LinePage
from reports.models import Release
from reports.public.published import Published, signed, withdrawn
from surveys.definition import Definition
from surveys.writing import data_of

JSON = dict[str, Any]


def edition_link(release: Release) -> JSON:
    year = release.edition.year
    return {
        "year": year,
        "title": release.edition.title,
        "synthetic": is_synthetic(release),
        "newest_release": release.number,
        "url": reverse("reports:api-edition", args=[year]),
    }


def edition(releases: list[Release]) -> JSON:
    newest = releases[0]
    return {
        "year": newest.edition.year,
        "title": newest.edition.title,
        "synthetic": is_synthetic(newest),
        "releases": [release_link(release) for release in releases],
    }


def is_synthetic(release: Release) -> bool:
    """Of a release from the shelf, whose query reads this one word out of the content."""
    return bool(getattr(release, "synthetic", None) == "true")


def release_link(release: Release) -> JSON:
    place = [release.edition.year, release.number]
    return {
        "number": release.number,
        "published_at": release.published_at,
        "note": release.note,
        "withdrawn": withdrawn(release),
        "content_hash": release.content_hash,
        "url": reverse("reports:api-release", args=place),
        "content_url": reverse("reports:api-content", args=place),
    }


def release_facts(found: Published, content: Mapping[str, Any]) -> JSON:
    return {
        "synthetic": content["synthetic"],
        "year": found.release.edition.year,
        "release": found.release.number,
        "published_at": found.release.published_at,
        "withdrawn": withdrawn(found.release),
        "content_hash": found.release.content_hash,
    }


def signature(release: Release) -> JSON | None:
    found = signed(release)
    if found is None:
        return None
    return {"algorithm": "Ed25519", "signature": found.signature, "public_key": found.public_key}


def whole_release(found: Published) -> JSON:
    content = found.content
    place = [found.release.edition.year, found.release.number]
    return release_facts(found, content) | {
        "note": found.release.note,
        "signature": signature(found.release),
        "content_url": reverse("reports:api-content", args=place),
        "figures_url": reverse("reports:api-figures", args=place),
        "content": content,
    }


def figure_list(found: Published) -> JSON:
    content = found.content
    place = (found.release.edition.year, found.release.number)
    summaries = [figure_summary(part, section, figure, place) for part, section, figure in figures(content)]
    return release_facts(found, content) | {"figures": summaries}


def figure_summary(part: JSON, section: JSON, figure: JSON, place: tuple[int, int | None]) -> JSON:
    return {
        "id": figure["id"],
        "number": figure["number"],
        "title": figure["title"],
        "part": part["questionnaire"],
        "section": section["key"],
        "headline": figure["headline"],
        "url": reverse("reports:api-figure", args=[*place, figure["id"]]),
    }


def one_figure(found: Published, figure_id: str) -> JSON | None:
    content = found.content
    for part, _section, figure in figures(content):
        if figure["id"] == figure_id:
            return release_facts(found, content) | {"part": part["questionnaire"], "figure": figure}
    return None


def line_list(found: Published, page: LinePage, path: str, wanted: Mapping[str, str]) -> JSON:
    """One page of lines, with the addresses of the one before and the one after."""

    def address(number: int) -> str | None:
        if not 1 <= number <= page.last:
            return None
        return f"{path}?{urlencode({**wanted, 'page': number})}"

    return release_facts(found, found.content) | {
        "total": page.total,
        "page": page.number,
        "pages": page.last,
        "previous": address(page.number - 1),
        "next": address(page.number + 1),
        "lines": list(page.rows),
    }


def figures(content: Mapping[str, Any]) -> Iterator[tuple[JSON, JSON, JSON]]:
    for part in content["parts"]:
        for section in part["sections"]:
            for figure in section["figures"]:
                yield part, section, figure


def codebook(found: Published, definitions: Mapping[str, Definition]) -> JSON:
    return release_facts(found, found.content) | {
        "questionnaires": [data_of(definition) for _key, definition in sorted(definitions.items())]
    }
