"""Trends as a browser shows them, in both directions of writing, with and without anything to show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from surveys.models import Wave
from tests.accessibility import NARROW, WIDE, faults
from tests.browsing import follow
from tests.reports.editions import AREA, POLICY, definition, edition, reworded, table
from tests.services import Database, WebServer
from tests.staff.browsing import sign_in
from tests.staff.people import member

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SERIES = "/staff/trends/small/test.policy/"


def three_editions() -> None:
    """The first two are compared, the third has another wording."""
    first = edition(2018, origin=Wave.Origin.IMPORTED, source="A report of 2018")
    second, third = edition(2019), edition(2020, definition(2, AREA, reworded()))
    for wave, written in ((first, 270), (second, 180), (third, 200)):
        table(wave, {"written": (written, 450), "spoken": None, ("net", "has_policy"): (400, 450)})
    for wave in (first, second):
        parts = {part: {"written": (100, 225)} for part in ("us", "else")}
        table(wave, parts, breakdown="area2")


def test_trend_pages_are_accessible_and_fit_in_both_directions(
    page: Page, web_server: WebServer, committed_database: Database, tmp_path: Path
) -> None:
    sign_in(page, web_server.url, member("analyst", email="analyst@example.org"))
    page.goto(f"{web_server.url}/staff/trends/")
    found = [f"empty: {fault}" for fault in faults(page, ruled=(NARROW,))]

    three_editions()
    wave = Wave.objects.get(edition__year=2019)
    words = f"/staff/waves/{wave.pk}/tables/policy/words/"
    judge = f"{SERIES}judge/1/2/"
    # The widths differ in style alone, and the languages in direction: each is asked with one of the other.
    for language, width, paths in (
        ("en", WIDE, (SERIES, words)),
        ("ar", NARROW, ("/staff/trends/", SERIES, judge)),
    ):
        page.context.add_cookies([{"name": "enquiry_language", "value": language, "url": web_server.url}])
        for path in paths:
            page.goto(web_server.url + path)
            found += [f"{language} {path}: {fault}" for fault in faults(page, ruled=(width,))]
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(
                path=tmp_path / f"{language}-{path.strip('/').replace('/', '-')[-12:]}.png", full_page=True
            )

    assert not found
    assert page.locator("html").get_attribute("dir") == "rtl"


def test_difference_is_judged_from_the_series(
    page: Page, web_server: WebServer, committed_database: Database
) -> None:
    three_editions()
    sign_in(page, web_server.url, member("analyst", email="analyst@example.org"))

    page.goto(f"{web_server.url}/staff/")
    follow(page.get_by_role("link", name="Trends"))
    follow(page.get_by_role("link", name="Does your office have a policy?"))
    follow(page.get_by_role("link", name="Judge 2019 to 2020"))
    follow(page.get_by_role("button", name="Keep this judgement"))
    assert page.evaluate("document.activeElement.id") == "problems"
    page.get_by_label("minor: the editions are compared").check()
    page.get_by_label("Why").fill("The same question, asked of the office.")
    follow(page.get_by_role("button", name="Keep this judgement"))

    written = page.get_by_role("table", name="Written policy")
    assert "+4" in written.get_by_role("row", name="2020").inner_text()
    assert page.get_by_text("The same question, asked of the office.").is_visible()
    assert POLICY.text in page.get_by_role("table", name="Both wordings").inner_text()
