"""The whole questionnaire, its outline and its preview in a real browser: accessible, never wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from surveys.models import Wave
from surveys.storage import write_wordings
from tests.accessibility import WIDE, faults
from tests.browsing import follow
from tests.respond.fieldwork import new_link, open_wave
from tests.services import Database, WebServer
from tests.staff.browsing import sign_in
from tests.staff.people import member

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

EACH_IN_BOTH_LANGUAGES = pytest.mark.parametrize(
    ("key", "language"),
    [
        ("law_enforcement", "en"),
        ("enterprise", "ar-xb"),
        pytest.param("law_enforcement", "ar-xb", marks=pytest.mark.deep),
        pytest.param("enterprise", "en", marks=pytest.mark.deep),
    ],
)


@pytest.fixture
def wave(key: str, committed_database: Database) -> Wave:
    wave = open_wave(key, languages=["ar-xb"])
    write_wordings(wave.questionnaire, "ar-xb", {"questionnaire.title": "[Šūřvēý]"})
    return wave


@pytest.fixture
def signed_in(page: Page, web_server: WebServer, wave: Wave) -> Page:
    user = member("analyst", email="analyst@example.org")
    sign_in(page, web_server.url, user)
    return page


def speak(page: Page, web_server: WebServer, language: str) -> None:
    page.context.add_cookies([{"name": "enquiry_language", "value": language, "url": web_server.url}])


def complaints(page: Page) -> list[str]:
    """The widths differ in their style alone here, so that the rules are asked at one."""
    return faults(page, ruled=(WIDE,))


@EACH_IN_BOTH_LANGUAGES
def test_whole_questionnaire_is_accessible_and_fits(
    page: Page, web_server: WebServer, wave: Wave, language: str
) -> None:
    speak(page, web_server, language)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(web_server.url + new_link(wave))
    page.goto(f"{web_server.url}/answer/whole")

    assert page.locator("html").get_attribute("lang") == language
    assert complaints(page) + refused == []
    assert page.locator("[data-print]").is_visible()


@EACH_IN_BOTH_LANGUAGES
def test_outline_and_preview_are_accessible_and_fit(
    signed_in: Page, web_server: WebServer, wave: Wave, language: str
) -> None:
    speak(signed_in, web_server, language)
    found = {}
    for path in (
        f"/staff/waves/{wave.pk}/outline/",
        f"/staff/questionnaires/{wave.questionnaire_id}/outline/",
        "/staff/questionnaires/",
        f"/staff/waves/{wave.pk}/try/",
    ):
        signed_in.set_viewport_size({"width": 1280, "height": 900})
        signed_in.goto(web_server.url + path)
        found[path] = complaints(signed_in)
    for number in range(5):
        signed_in.set_viewport_size({"width": 1280, "height": 900})
        follow(signed_in.locator("main button.button").first)
        found[f"page {number} of the preview"] = complaints(signed_in)

    assert {path: sentences for path, sentences in found.items() if sentences} == {}
