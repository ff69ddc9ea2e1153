"""The response metrics as a browser shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from surveys.models import Wave
from tests.accessibility import NARROW, WIDE, faults
from tests.browsing import follow
from tests.services import WebServer
from tests.staff.browsing import sign_in
from tests.staff.people import member
from tests.staff.responses import make_fielded
from tests.staff.stage import small_wave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
WIDTHS = (WIDE, NARROW)


@pytest.fixture
def signed_in(page: Page, web_server: WebServer) -> Page:
    sign_in(page, web_server.url, member("fieldwork", "analyst", email="everything@example.org"))
    return page


def test_response_pages_pass_the_accessibility_rules(
    committed_database: object, signed_in: Page, web_server: WebServer, tmp_path: Path
) -> None:
    empty: Wave = small_wave(status="open")
    messages: list[str] = []
    signed_in.on("console", lambda message: messages.append(message.text))

    signed_in.goto(f"{web_server.url}/staff/waves/{empty.pk}/response/")
    assert signed_in.get_by_text("There are no response metrics yet.").is_visible()
    assert not faults(signed_in)

    wave = make_fielded(empty)
    signed_in.goto(f"{web_server.url}/staff/waves/{wave.pk}/")
    follow(signed_in.get_by_role("link", name="Response rates"))
    assert signed_in.get_by_role("heading", level=1).inner_text() == "Response of small 2019"
    assert not faults(signed_in, ruled=WIDTHS)
    picture(signed_in, tmp_path / "response")

    follow(signed_in.get_by_role("link", name="Enter cases known by hand"))
    signed_in.get_by_label("Away for the whole field period").fill("some")
    follow(signed_in.get_by_role("button", name="Keep these numbers"))
    assert signed_in.evaluate("document.activeElement.id") == "problems"
    assert not faults(signed_in, ruled=WIDTHS)
    picture(signed_in, tmp_path / "refused")

    signed_in.get_by_label("Away for the whole field period").fill("12")
    signed_in.get_by_label("Where the numbers come from").fill("Replies to the office.")
    follow(signed_in.get_by_role("button", name="Keep these numbers"))
    assert signed_in.get_by_role("status").inner_text().startswith("The numbers are kept.")
    assert not [message for message in messages if "Content Security Policy" in message]


def picture(page: Page, name: Path) -> None:
    """At both widths, for whoever wants to look."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{name}-{width}.png", full_page=True)
