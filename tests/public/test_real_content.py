"""The pages and the API over content that the real engine made of both shipped questionnaires."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
import pytest
from django.test import Client

from reports import claims, queries
from reports.actions import tables
from reports.content import content_of
from reports.disclosure import Decision
from reports.models import Run
from reports.public.bars import value_text
from reports.public.figures import figure_view
from reports.public.pages import ReleaseFacts, report_page
from reports.public.reading import Figure, read_report
from reports.public.wording import AMONG, STATISTICS
from surveys.models import Edition, Wave
from tests.api.shapes import check_answer
from tests.public.content import released
from tests.reports.stage import NOW, answer, code_everything, eligible_seeds, marks, wave_of
from tests.surveys.build import KEYS

RESPONSES = {"law_enforcement": 150, "enterprise": 100}
CONTENT: list[dict[str, Any]] = []


@pytest.fixture
def content(db: None) -> dict[str, Any]:
    """Made once. It is plain data, so that the tests after the first need not count again."""
    if not CONTENT:
        for key in KEYS:
            tabulate(wave_of(key), RESPONSES[key])
        CONTENT.append(content_of(Edition.objects.get()))
    return CONTENT[0]


def tabulate(wave: Wave, responses: int) -> tuple[Decision, ...]:
    answer(wave, eligible_seeds(wave, responses))
    code_everything(wave)
    held = claims.claim(wave_id=wave.pk, now=NOW)
    assert held is not None
    run = Run.objects.create(wave=wave, claim_number=held.number, started_at=NOW)
    policy = queries.current_policy()
    decisions = tables.decided(tables.count_wave(wave, marks(wave)), policy)
    tables.replace(wave=wave, run=run, policy=policy, decisions=decisions, eligible=responses, held=held)
    return decisions


def figures(content: dict[str, Any]) -> list[Figure]:
    return [f for part in read_report(content).parts for section in part.sections for f in section.figures]


def test_report_of_the_real_engine_draws_every_figure(content: dict[str, Any], client: Client) -> None:
    released(content)

    response = client.get("/2019/1/all/")

    drawn = lxml.html.fromstring(response.content.decode()).xpath("//figure/@id")
    assert response.status_code == 200
    assert sorted(drawn) == sorted(figure.anchor for figure in figures(content))


def test_report_of_the_real_engine_holds_no_number_of_a_withheld_line(
    content: dict[str, Any], client: Client
) -> None:
    released(content)

    found = lxml.html.fromstring(client.get("/2019/1/all/").content.decode())

    hidden = found.xpath("//li[contains(@class, 'is-withheld')]")
    tables = found.xpath("//table[not(contains(@class, 'by-group'))]")
    rows = [row for table in tables for row in table.xpath(".//td[contains(@class, 'is-withheld')]/..")]
    assert hidden or rows
    assert all(not item.xpath(".//rect") for item in hidden)
    assert all(item.xpath("string(.//*[@class='bar-value'])").strip() in ("withheld", "") for item in hidden)
    assert all("%" not in row.xpath("string(./td[1])") + row.xpath("string(./td[2])") for row in rows)


def test_statistics_of_the_real_engine_all_have_their_words(content: dict[str, Any]) -> None:
    used = {line.statistic for figure in figures(content) for line in figure.lines}

    assert {name for name in used if not name.startswith(AMONG)} <= set(STATISTICS)


def test_shares_among_a_net_of_the_real_engine_name_its_label(content: dict[str, Any]) -> None:
    page = report_page(content, facts=ReleaseFacts(1, "", None), right_to_left=False)

    captions = [t.caption for p in page.parts for s in p.sections for v in s.figures for t in v.tables]

    assert "Share of those in the group “Has a policy”" in captions
    assert not any(re.search("“[a-z_]+”", caption) for caption in captions)


def test_tables_of_the_real_engine_hold_every_line_once(content: dict[str, Any]) -> None:
    for figure in figures(content):
        view = figure_view(figure, {}, False)

        printed = [row.value for table in view.tables for body in table.bodies for row in body.rows]

        assert sorted(printed) == sorted(value_text(line) for line in figure.lines), figure.id


def test_api_over_the_real_engine_agrees_with_its_schema(content: dict[str, Any], client: Client) -> None:
    released(content)

    for path in ("", "content.json", "figures/", *(f"figures/{figure.id}/" for figure in figures(content))):
        check_answer(client, f"/api/v1/editions/2019/releases/1/{path}")
