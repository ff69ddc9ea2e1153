"""The pages about requested tables as a browser shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.models import TableRequest
from tests.browsing import follow
from tests.reports.stage import wave_of
from tests.services import WebServer
from tests.staff.test_browser import faults, signed_in  # noqa: F401
from tests.staff.test_requests import counted

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_table_is_asked_for_without_a_mouse_and_every_page_passes_the_rules(
    committed_database: object,
    signed_in: Page,  # noqa: F811
    web_server: WebServer,
    tmp_path: Path,
) -> None:
    page, wave = signed_in, wave_of("law_enforcement")
    root = f"{web_server.url}/staff/waves/{wave.pk}/requests/"
    found = []

    page.goto(root)
    follow(page.get_by_role("link", name="Ask for another table"))
    found += faults(page, "choose", tmp_path)
    page.get_by_label("Question").select_option("ls_frequency")
    follow(page.get_by_role("button", name="Go on"), "Enter")
    page.get_by_label("Title").fill("Hardly ever, by area")
    page.get_by_label("Break down by").select_option("area3")
    page.get_by_label("What sum 1 is called").fill("Hardly ever")
    follow(page.get_by_role("button", name="Ask for this table"), "Enter")

    assert page.evaluate("document.activeElement.id") == "problems"
    follow(page.get_by_role("link", name="Say what the table is for."), "Enter")
    assert page.evaluate("document.activeElement.id") == "id_reason"
    found += faults(page, "refused", tmp_path)
    page.get_by_label("What it is for").fill("For the annual talk")
    follow(page.get_by_role("button", name="Ask for this table"), "Enter")
    assert page.get_by_role("alert").get_by_text("Choose the answers that this sum is made of.").is_visible()
    first = page.get_by_role("group", name="Answers that sum 1 is made of")
    first.get_by_label("Very uncommon").press("Space")
    first.get_by_label("Very common").press("Space")
    follow(page.get_by_role("button", name="Ask for this table"), "Enter")
    page.wait_for_url(f"{root}1/**")

    counted(TableRequest.objects.get())
    page.reload()
    assert page.get_by_text("42 %").is_visible()
    found += faults(page, "result", tmp_path)
    page.goto(f"{root}1/withdraw/")
    found += faults(page, "withdraw", tmp_path)
    page.goto(root)
    found += faults(page, "list", tmp_path)
    page.goto(f"{web_server.url}/staff/waves/{wave.pk}/export/")
    found += faults(page, "export", tmp_path)
    page.get_by_label("CSV: one line for each figure").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file").press("Enter")
    assert download.value.suggested_filename == "tables-law_enforcement-2019.csv"

    assert not found
