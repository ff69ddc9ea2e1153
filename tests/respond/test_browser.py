"""The whole way in a real browser and against the real web server: no JavaScript, wide, narrow, the axe rules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Page

from responses.models import Ballot, Draft
from tests.respond.fieldwork import ELIGIBLE, new_link, open_wave
from tests.services import WebServer

pytestmark = pytest.mark.browser

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE, NARROW, SMALLEST = 1280, 390, 320
PICTURES = os.environ.get("ENQUIRY_PICTURES")
"""A folder: with it, every page of these tests is drawn into it, for looking at."""


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its console says, violations of the content security policy among it."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_default_timeout(15_000)
    return page, said


def press(page: Page, action: str = "continue") -> None:
    with page.expect_navigation():
        page.locator(f"main form button[name=action][value={action}]:not([tabindex])").first.click()


def walk(page: Page) -> Iterator[str]:
    """Go to the check page, and stop at every page on the way, empty and, where it asks, with what it says then."""
    while "/answer/step/" in page.url:
        yield "empty"
        if page.locator("[name^=q-]").count():
            press(page)
            if page.locator("#errors").count():
                yield "errors"
                fill(page)
                press(page)
        else:
            press(page)


def fill(page: Page) -> None:
    names: set[str] = set()
    for box in page.locator("input[type=radio], input[type=checkbox]").all():
        name, value = box.get_attribute("name") or "", box.get_attribute("value")
        if name not in names and not name.endswith("-special") and ELIGIBLE.get(name, value) == value:
            names.add(name)
            box.check()
    for field in page.locator("input[type=text]:not([name*=-other-])").all():
        field.fill("40")
    for place, select in enumerate(page.locator("select").all(), start=1):
        select.select_option(index=place)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        number = len(list(Path(PICTURES).glob("*.png")))
        page.screenshot(path=f"{PICTURES}/{number:03d}-{name}.png", full_page=True)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_journey_without_javascript_ends_with_a_receipt(
    web_server: WebServer, browser: Browser, key: str, width: int
) -> None:
    wave = open_wave(key)
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
    page, said = watched(context)

    page.goto(web_server.url + new_link(wave))
    picture(page, f"{key}-{width}-consent")
    page.check("#consent_given")
    press(page)
    for state in walk(page):
        picture(page, f"{key}-{width}-{state}")
    picture(page, f"{key}-{width}-check")
    page.click("button:text-is('Send my answers')")
    picture(page, f"{key}-{width}-thanks")

    assert page.inner_text("h1") == "Your answers are sent"
    assert len(page.inner_text(".receipt")) == 19
    assert (Ballot.objects.count(), Draft.objects.count()) == (1, 0)
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_pages_pass_the_axe_rules_and_never_scroll_sideways(
    web_server: WebServer, browser: Browser, key: str
) -> None:
    wave = open_wave(key)
    # The rules are a script of their own, which the pages' policy would keep out.
    context = browser.new_context(viewport={"width": WIDE, "height": 900}, bypass_csp=True)
    page, _said = watched(context)
    seen: set[str] = set()

    page.goto(web_server.url + new_link(wave))
    look_at(page, seen)
    press(page)
    look_at(page, seen)
    page.check("#consent_given")
    press(page)
    for _state in walk(page):
        look_at(page, seen)
    look_at(page, seen)
    for path in ("/answer/later", "/answer/stop", "/withdraw/", "/what-we-store/"):
        page.goto(web_server.url + path)
        look_at(page, seen)
    context.close()


SHAPE = """
  [...new Set([...document.querySelectorAll("main *")].map(e => e.tagName + e.type + e.className))].sort().join()"""


def look_at(page: Page, seen: set[str]) -> None:
    """Every page deep, otherwise one of each shape: built of the same elements, it breaks the same rules."""
    shape = page.evaluate(SHAPE)
    if shape in seen and os.environ.get("DEEP") != "1":
        return
    seen.add(shape)
    for width in (WIDE, NARROW, SMALLEST):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
        if width != SMALLEST:
            found = Axe().run(page, options=AXE).response["violations"]
            assert not found, (page.url, width, [(rule["id"], rule["nodes"][0]["html"]) for rule in found])


def test_errors_have_the_focus_without_javascript(web_server: WebServer, browser: Browser) -> None:
    wave = open_wave("enterprise")
    context = browser.new_context(java_script_enabled=False)
    page, _said = watched(context)
    page.goto(web_server.url + new_link(wave))

    press(page)
    page.keyboard.press("Tab")

    assert page.locator("#errors a:focus").count() == 1
    context.close()


def test_enter_in_a_text_field_continues_and_never_goes_back(web_server: WebServer, page: Page) -> None:
    wave = open_wave("law_enforcement")
    page.goto(web_server.url + new_link(wave))
    page.check("#consent_given")
    press(page)
    for _state in walk(page):
        if page.locator("#q-tech_trends-1").count():
            break
    before = page.url.split("#")[0]

    fill(page)
    page.locator("#q-tech_trends-1").press("Enter")

    assert page.url.split("#")[0] > before


def test_exclusive_answer_takes_the_others_away_and_says_so(web_server: WebServer, page: Page) -> None:
    wave = open_wave("enterprise")
    page.goto(web_server.url + new_link(wave))
    page.check("#consent_given")
    press(page)
    for _state in walk(page):
        if page.locator("[name=q-ent_plan_steps]").count():
            break
    first = page.locator("[name=q-ent_plan_steps]").first
    first.check()

    page.check("#q-ent_plan_steps-dont_know")

    assert not first.is_checked()
    assert page.inner_text("[role=status]") == "The other choices of this question were taken away."


def test_ten_megabytes_sent_to_the_real_server_get_a_plain_page(web_server: WebServer) -> None:
    wave = open_wave("enterprise")
    with httpx.Client(base_url=web_server.url, follow_redirects=True) as client:
        consent = html.document_fromstring(client.get(new_link(wave)).text).forms[0]
        fields = {**dict(consent.form_values()), "consent_given": "yes", "action": "continue"}
        first_page = client.post("/answer/begin", data=fields)

        answer = client.post(str(first_page.url), data={**fields, "q-ent_size": "x" * 10_000_000})

    assert answer.status_code == 400
    assert "That could not be taken" in answer.text
