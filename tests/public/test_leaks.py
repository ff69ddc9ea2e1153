"""Everything that is served of a release, searched for the numbers that it withholds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import lxml.html
import pytest
from django.test import Client
from lxml.html import HtmlElement

from reports.content import content_of
from reports.estimates import whole_percent
from reports.models import Release
from tests.public.content import released
from tests.public.test_real_content import tabulate
from tests.reports.stage import wave_of

Key = tuple[str, str, str, str, str, str, str]
"""Figure, class, part, row, kind, code and statistic."""
STAGED: list[tuple[dict[str, Any], dict[Key, tuple[int, int]]]] = []


@pytest.fixture
def staged(db: None) -> tuple[dict[str, Any], dict[Key, tuple[int, int]]]:
    """The content of a release, and (count, per cent) of each number that it withholds."""
    if not STAGED:
        wave = wave_of("law_enforcement")
        decisions = tabulate(wave, 260)
        hidden = {
            (
                f"law_enforcement.{d.table.question}",
                d.table.breakdown,
                v.block.part,
                v.block.row,
                v.measure.kind,
                v.measure.code,
                v.block.statistic,
            ): (v.measure.count, whole_percent(100 * v.measure.count / v.block.base))
            for d in decisions
            for v in d.verdicts
            if v.is_withheld and v.measure.count is not None and v.block.base
        }
        STAGED.append((content_of(wave.edition), hidden))
    return STAGED[0]


@dataclass(frozen=True)
class Served:
    path: str
    body: str

    @property
    def is_json(self) -> bool:
        return self.body.startswith("{")


def served(client: Client) -> list[Served]:
    """Every public address of the release."""
    api = "/api/v1/editions/2019/"
    paths = ["/", "/2019/", "/2019/1/", "/api/v1/", api, f"{api}releases/1/", f"{api}releases/1/figures/"]
    content = json.loads(Release.objects.get().content)
    paths += [f"{api}releases/1/content.json"]
    paths += [f"{api}releases/1/figures/{figure['id']}/" for figure in figures_of(content)]
    paths += ["/2019/1/all/", "/2019/1/part/law_enforcement/", "/2019/1/method/"]
    paths += [f"/2019/1/figure/{figure['id']}/" for figure in figures_of(content)]
    answers = [(path, client.get(path)) for path in paths]
    found = [Served(path, answer.content.decode()) for path, answer in answers if answer.status_code == 200]
    assert len(found) > len(list(figures_of(content)))
    return found


def figures_of(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in content["parts"]:
        for section in part["sections"]:
            yield from section["figures"]


def lines_of(figure: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """A line says its code; the figure and the breakdown that it stands in are above it."""
    blocks = [("", figure["lines"]), *((one["class"], one["lines"]) for one in figure.get("breakdowns", ()))]
    for breakdown, lines in blocks:
        for line in lines:
            place = (line.get("part", ""), line["row"], line["kind"], line["code"], line["statistic"])
            yield (figure["id"], breakdown, *place), line


def leaks(found: list[Served], hidden: dict[Key, tuple[int, int]]) -> set[tuple[str, str, str]]:
    """(path, figure, code) of everything in which a withheld number stands in its context."""
    return {
        (one.path, key[0], key[5])
        for one in found
        for key in (_in_json(json.loads(one.body), hidden) if one.is_json else _in_html(one.body, hidden))
    }


def _in_json(body: Any, hidden: dict[Key, tuple[int, int]]) -> Iterator[Key]:
    for figure in _dicts(body, lambda one: "lines" in one and "id" in one):
        for key, line in lines_of(figure):
            told = {name: v for name, v in line.items() if isinstance(v, int | float) or name == "percent"}
            if key in hidden and any(v is not None for name, v in told.items() if name != "base"):
                yield key
        headline = figure.get("headline")
        if headline:
            label = headline["label"].rpartition(": ")[2]
            for key, (_count, percent) in hidden.items():
                lines = [one for one in figure["lines"] if (one["code"], one["label"]) == (key[5], label)]
                if key[0] == figure["id"] and not key[1] and lines and headline["percent"] == percent:
                    yield key


def _dicts(body: Any, wanted: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
    if isinstance(body, dict):
        if wanted(body):
            yield body
        for value in body.values():
            yield from _dicts(value, wanted)
    elif isinstance(body, list):
        for value in body:
            yield from _dicts(value, wanted)


def _in_html(body: str, hidden: dict[Key, tuple[int, int]]) -> Iterator[Key]:
    page = lxml.html.fromstring(body)
    labels = _labels()
    for figure in page.xpath("//figure"):
        name = figure.get("id").removeprefix("fig-")
        own = {key: numbers for key, numbers in hidden.items() if key[0] == name}
        words = _words_of(figure)
        for key, (_count, percent) in own.items():
            label = labels[key]
            said = [f"{label}: {percent} %", f"{label}: {percent}%"]
            if not key[1] and key[6] == "percent_of_respondents" and not key[3]:
                if any(text in words for text in said):
                    yield key
                yield from (key for row in _rows(figure, label) if _tells(row))
            if key[1]:
                yield from (key for cell in _group_cells(figure, key, label) if re.search(r"\d", cell))


def _words_of(figure: HtmlElement) -> str:
    """Text and attributes, without what belongs to breakdowns, whose groups share the labels."""
    texts = [
        " ".join(element.itertext()) if element.tag == "title" else " ".join(element.attrib.values())
        for element in figure.iter()
        if isinstance(element.tag, str) and not element.xpath("ancestor-or-self::details[@class='breakdown']")
    ]
    return " | ".join(texts)


def _rows(figure: HtmlElement, label: str) -> Iterator[HtmlElement]:
    """Rows of the table of everybody by the first statistic."""
    tables = figure.xpath(".//table[not(contains(@class, 'by-group'))]")
    for row in tables[0].xpath(".//tbody/tr[td]") if tables else ():
        if row.xpath("string(./th)").strip() == label:
            yield row


def _tells(row: HtmlElement) -> bool:
    """Any number but the base, which stands last."""
    return any(re.search(r"\d", cell.xpath("string(.)")) for cell in row.xpath("./td")[:-1])


def _group_cells(figure: HtmlElement, key: Key, label: str) -> Iterator[str]:
    content = json.loads(Release.objects.get().content)
    found = next(one for one in figures_of(content) if one["id"] == key[0])
    breakdown = next(one for one in found["breakdowns"] if one["class"] == key[1])
    column = [part["code"] for part in breakdown["parts"]].index(key[2])
    row_labels = {line["row"]: line["row_label"] for line in breakdown["lines"]}
    for table in figure.xpath(f".//details[@id='{figure.get('id')}-by-{key[1]}']//table"):
        for body in table.xpath("./tbody"):
            if body.xpath("string(.//th[@scope='rowgroup'])").strip() != row_labels[key[3]]:
                continue
            for row in body.xpath("./tr[th[@scope='row']]"):
                if row.xpath("string(./th)").strip() == label:
                    yield row.xpath("./td")[column].xpath("string(.)")


def _labels() -> dict[Key, str]:
    found: dict[Key, str] = {}
    for figure in figures_of(json.loads(Release.objects.get().content)):
        found |= {key: line["label"] for key, line in lines_of(figure)}
    return found


def test_nothing_that_is_served_holds_a_withheld_number(
    staged: tuple[dict[str, Any], dict[Key, tuple[int, int]]], client: Client
) -> None:
    content, hidden = staged
    released(content)

    assert len(hidden) > 20
    assert {bool(key[1]) for key in hidden} == {True, False}
    assert leaks(served(client), hidden) == set()


@pytest.mark.parametrize("of_group", [False, True])
def test_planted_number_is_found_wherever_it_is_served(
    staged: tuple[dict[str, Any], dict[Key, tuple[int, int]]], client: Client, of_group: bool
) -> None:
    content, hidden = json.loads(json.dumps(staged[0])), staged[1]
    key, line = next(
        (key, line)
        for key, line in _lines(content)
        if key in hidden and bool(key[1]) == of_group and key[6] == "percent_of_respondents" and not key[3]
    )
    line.update(status="shown", percent=hidden[key][1] or "<1", low=0, high=99)
    released(content)

    found = {path.split("/")[1] for path, _figure, code in leaks(served(client), hidden) if code == key[5]}

    assert found == {"2019", "api"}


def _lines(content: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    for figure in figures_of(content):
        yield from lines_of(figure)
