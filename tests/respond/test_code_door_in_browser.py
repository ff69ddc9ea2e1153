"""The doors by code and from a portal in a real browser: without scripts, by the rules, and from another site."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route

from responses.codes import new_code
from responses.models import Ballot
from tests.accessibility import NARROW
from tests.browsing import follow
from tests.respond.browsing import answer_all, look_at, picture, press, watched
from tests.respond.doors import SigningPortal, new_codes
from tests.respond.fieldwork import open_wave, speak
from tests.services import WebServer

pytestmark = pytest.mark.browser


def type_code(page: Page, code: str) -> None:
    page.fill("#code", code)
    follow(page.locator("main form button"))


def violations_of_policy(said: list[str]) -> list[str]:
    """A console also names answers with a status of refusal, and focus that was elsewhere already."""
    return [line for line in said if "Policy" in line]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_way_by_an_access_code_in_a_browser(web_server: WebServer, browser: Browser, scripts: bool) -> None:
    wave = open_wave("law_enforcement")
    _batch, (code,) = new_codes(wave)
    context = browser.new_context(viewport={"width": NARROW, "height": 844}, java_script_enabled=scripts)
    page, said = watched(context)
    seen: set[str] = set()

    def look(name: str) -> None:
        picture(page, name)
        if scripts:
            look_at(page, seen)

    page.goto(f"{web_server.url}/code/")
    look("code")
    type_code(page, new_code())
    assert page.locator("#errors").is_visible()
    look("code-wrong")
    type_code(page, code)
    page.check("#consent_given")
    press(page)
    look("come-back-code")
    assert page.locator("button[data-copy]").is_visible() is scripts
    shown = page.inner_text("#come-back-code")
    follow(page.locator("main a.button >> nth=-1"))
    context.clear_cookies()
    page.goto(f"{web_server.url}/code/")
    type_code(page, code)
    look("return")
    follow(page.locator("text=Begin anew without the code"))
    look("anew")
    follow(page.locator("main a.back"))
    type_code(page, new_code())
    look("return-wrong")
    type_code(page, shown)
    assert page.inner_text("h1") == "Welcome back"
    look("welcome-back")
    follow(page.locator("main a.button"))
    answer_all(page)
    press(page, "send") if page.locator("button[value=send]").count() else page.click(
        "main form button.button"
    )
    page.wait_for_selector("#receipt")

    assert Ballot.objects.count() == 1
    assert not violations_of_policy(said)
    context.close()


def test_code_pages_in_arabic_fit_and_pass_the_rules(web_server: WebServer, browser: Browser) -> None:
    wave = speak(open_wave("law_enforcement"), "ar")
    _batch, (code,) = new_codes(wave, language="ar")
    context = browser.new_context(viewport={"width": NARROW, "height": 844}, locale="ar")
    page, said = watched(context)

    page.goto(f"{web_server.url}/code/")
    look_at(page, set())
    type_code(page, code)
    page.check("#consent_given")
    press(page)
    look_at(page, set())

    assert page.get_attribute("html", "dir") == "rtl"
    assert not violations_of_policy(said)
    context.close()


def test_form_of_a_portal_on_another_site_leads_to_the_consent_page(
    web_server: WebServer, browser: Browser
) -> None:
    wave = open_wave("law_enforcement")
    portal = SigningPortal.of(wave)
    context = browser.new_context()
    page, _said = watched(context)
    form = (
        f'<!doctype html><title>Portal</title><form method="post" action="{web_server.url}/portal/{wave.pk}">'
        f'<input type="hidden" name="token" value="{portal.token()}"><button>Survey</button></form>'
    )

    def serve(route: Route) -> None:
        route.fulfill(body=form, content_type="text/html")

    page.route("http://portal.example/**", serve)
    page.goto("http://portal.example/")
    follow(page.locator("button"))
    page.wait_for_url("**/answer/")
    page.check("#consent_given")
    press(page)
    shown = page.inner_text("h1")
    # The token has been used: going back to the portal's page and pressing again opens nothing anew.
    page.goto("http://portal.example/")
    follow(page.locator("button"))

    assert shown == "Your come-back code"
    page.wait_for_selector("text=This entry could not be opened")
    look_at(page, set())
    context.close()
