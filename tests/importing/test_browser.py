"""The import as a browser shows it, without JavaScript as well, at every width and from right to left."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from responses.models import Response
from surveys.models import Wave
from tests import accessibility
from tests.browsing import follow
from tests.importing.stage import MAPPING, csv_of, good_rows, past_wave
from tests.importing.test_bad_input import ROW, changed
from tests.services import Database, WebServer, Worker, wait_until
from tests.staff.browsing import sign_in
from tests.staff.people import member

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


# What runs from right to left is the harder one.
LANGUAGES = ("en", "ar-xb") if os.environ.get("DEEP") == "1" else ("ar-xb",)


@pytest.fixture
def wave(committed_database: Database) -> Wave:
    return past_wave()


def choose(page: Page, folder: Path, *rows: str, tolerated: str = "0") -> None:
    (folder / "file.csv").write_bytes(csv_of(*rows))
    (folder / "mapping.yaml").write_text(MAPPING)
    page.locator("input[name=file]").set_input_files(folder / "file.csv")
    page.locator("input[name=mapping]").set_input_files(folder / "mapping.yaml")
    page.locator("input[name=tolerated]").fill(tolerated)
    follow(page.locator("main form[enctype] button"))


def test_file_is_looked_at_corrected_and_imported_without_a_script(
    wave: Wave, web_server: WebServer, worker: Worker, browser: Browser, tmp_path: Path
) -> None:
    page = browser.new_context(java_script_enabled=True).new_page()
    sign_in(page, web_server.url, member("fieldwork"))
    state = page.context.storage_state()
    plain = browser.new_context(java_script_enabled=False, storage_state=state).new_page()
    address = f"{web_server.url}/staff/waves/{wave.pk}/import/"

    plain.goto(address)
    choose(plain, tmp_path, ROW, ROW, changed(Region="west"))
    refused = plain.locator("main").inner_text()
    choose(plain, tmp_path, *good_rows(12), changed(Region="west"), tolerated="10")
    follow(plain.get_by_role("button", name="Import these answers"))
    wait_until(lambda: Response.objects.filter(wave=wave).count() == 12)
    plain.goto(address)

    assert "1 of 3 rows have something to correct" in refused
    assert "12 responses were imported." in plain.locator("main").inner_text()
    for one in (page, plain):
        one.context.close()


def test_pages_of_the_import_break_no_rule_and_fit_their_screen(
    wave: Wave, web_server: WebServer, page: Page, tmp_path: Path
) -> None:
    sign_in(page, web_server.url, member("fieldwork"))
    address = f"{web_server.url}/staff/waves/{wave.pk}/import/"
    faults: dict[str, list[str]] = {}

    for language in LANGUAGES:
        page.context.add_cookies([{"name": "enquiry_language", "value": language, "url": web_server.url}])
        page.goto(address)
        faults[f"form {language}"] = accessibility.faults(page)
        choose(page, tmp_path, *good_rows(12), changed(Region="west"))
        assert page.locator("#problems").is_visible()
        faults[f"problems {language}"] = accessibility.faults(page)
        choose(page, tmp_path, *good_rows(12), changed(Region="west"), tolerated="10")
        assert page.locator("input[name=kept]").count() == 1
        faults[f"preview {language}"] = accessibility.faults(page)

    assert faults == {name: [] for name in faults}
