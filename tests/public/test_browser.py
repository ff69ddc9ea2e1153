"""The report in a real browser: accessible, nothing blocked, no page that scrolls sideways."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from reports.actions import early_reading, experts
from reports.actions.composing import keep_portrait
from reports.public.palette import FILLS
from surveys.models import Edition
from tests.accessibility import NARROW, SMALLEST, WIDE, overflow, violations
from tests.box.people import member_of_staff
from tests.public.content import released
from tests.public.test_pages import with_breakdowns
from tests.public.test_portraits import picture
from tests.services import Database, WebServer

pytestmark = pytest.mark.browser
WORDS: dict[str, Any] = {
    "texts": {
        "summary": {"en": "In short, with a [link](https://example.org/)."},
        "part.enterprise": {"en": "About **companies**."},
        "article.robust_hashing": {"en": "# Robust hashing\n\nFingerprints of looks.\n\n- one\n- two"},
    },
    "articles": ["robust_hashing"],
    "comments": [
        {
            "place": "section.enterprise.policy",
            "name": "Ada Example",
            "role": "Researcher",
            "organisation": "Institute",
            "text": "What matters here.",
            "language": "en",
            "interests": "None that are known.",
            "example": True,
        }
    ],
}


@pytest.fixture
def report(committed_database: Database, web_server: WebServer) -> str:
    released(number=1)
    portrait = {"portrait": keep_portrait(picture(), timezone.now()).sha256}
    words = WORDS | {"comments": [WORDS["comments"][0] | portrait]}
    corrected = with_breakdowns() | {"edition": {"year": 2019, "title": "Corrected"}, "report": words}
    released(corrected, number=2, note="A label was corrected.")
    other = with_breakdowns()
    other["edition"]["year"] = 2020
    released(other)
    return web_server.url


def opened(page: Page, url: str, *, width: int, language: str) -> list[str]:
    """Go there; returns what the browser complained about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(url)
    return complaints


def early_link() -> str:
    """Of a further release that is asked for."""
    made = released(status="requested", number=None)
    now = timezone.now()
    until = now + timedelta(days=2)
    by = member_of_staff("analyst", "publisher")
    reader = {"name": "Ada", "organisation": "A newspaper", "kind": "press"}
    return early_reading.let_in(release=made, **reader, expires_at=until, by=by, now=now)[1]


def expert_link() -> str:
    """Of somebody whose text an editor has changed."""
    by = User.objects.get(email="analyst-publisher@example.org")
    now = timezone.now()
    link, token = experts.invite(
        edition=Edition.objects.get(year=2019),
        place="article.robust_hashing",
        name="Ada Example",
        role="Professor",
        organisation="",
        language="en",
        expires_at=now + timedelta(days=2),
        by=by,
        now=now,
    )
    experts.write(token=token, text="What I think of it.", interests="", picture=picture(), now=now)
    experts.edit(link=link, text="What she thinks of it.", by=by, now=now)
    return token


@pytest.mark.parametrize(
    ("width", "language"),
    [
        (NARROW, "ar"),
        (WIDE, "en"),
        pytest.param(NARROW, "en", marks=pytest.mark.deep),
        pytest.param(WIDE, "ar", marks=pytest.mark.deep),
    ],
)
def test_public_pages_break_no_rule_of_axe(page: Page, report: str, width: int, language: str) -> None:
    found = {}
    paths = (
        "/",
        "/2019/1/all/",
        "/2019/",
        "/2019/2/part/enterprise/",
        "/2019/2/figure/enterprise.policy/",
        "/2019/2/method/",
        "/2019/2/technologies/",
        "/2019/2/data/",
        "/api/",
        "/compare/",
        "/help/",
        f"/early/{early_link()}/",
        f"/expert/{expert_link()}/",
    )
    for path in paths:
        complaints = opened(page, report + path, width=width, language=language)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        found[path] = complaints + violations(page)

    assert found == {path: [] for path in paths}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_report_on_a_narrow_screen_does_not_scroll_sideways(page: Page, report: str, language: str) -> None:
    for path in ("/2019/1/all/", "/2019/2/part/enterprise/", "/2019/2/method/", "/compare/"):
        opened(page, report + path, width=SMALLEST, language=language)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

        assert not overflow(page), path


def test_bars_in_a_right_to_left_page_begin_at_the_right(page: Page, report: str) -> None:
    opened(page, f"{report}/2019/1/all/", width=1280, language="ar")
    drawing = page.locator("[id='fig-enterprise.policy'] .bar-drawing").first

    track, bar = drawing.bounding_box(), drawing.locator("rect").first.bounding_box()

    assert track
    assert bar
    assert bar["x"] + bar["width"] == pytest.approx(track["x"] + track["width"], abs=1)


def test_fills_are_those_of_the_palette(page: Page, report: str) -> None:
    """The stylesheet may follow a dark page, and must not take a fill's contrast away."""
    opened(page, f"{report}/2019/1/all/", width=1280, language="en")

    drawn = page.eval_on_selector_all(
        ".segment", "all => all.map(one => [one.getAttribute('fill'), getComputedStyle(one).fill])"
    )

    blank = next(fill.colour for fill in FILLS if fill.name == "blank")
    assert drawn
    assert all(rgb(declared) == computed for declared, computed in drawn if declared != blank)


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"
