"""The pages around the questions in a real browser: held forms, another link, stopping, coming back, closed doors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from responses.models import Draft, Invitation
from surveys.models import Wave
from tests.accessibility import NARROW
from tests.browsing import follow
from tests.respond.browsing import look_at, picture, press
from tests.respond.fieldwork import new_link, open_wave
from tests.respond.test_around import open_language
from tests.services import WebServer

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A narrow screen without JavaScript."""
    context = browser.new_context(viewport={"width": NARROW, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def begin(page: Page, address: str) -> None:
    page.goto(address)
    page.check("#consent_given")
    press(page)


def to_region(page: Page, address: str) -> None:
    begin(page, address)
    while not page.locator("#q-le_eligible-main_task").count():
        press(page)
    page.check("#q-le_eligible-main_task")
    press(page)


def forget_link(page: Page) -> None:
    page.context.clear_cookies(name="enquiry_answer")


def click(page: Page, words: str) -> None:
    follow(page.locator(f"main :is(button, a):not([tabindex]):text-is('{words}')"))


def focused(page: Page) -> str:
    return str(page.locator(":focus").get_attribute("id"))


def test_held_answers_are_saved_on_a_phone_without_javascript(web_server: WebServer, phone: Page) -> None:
    link = web_server.url + new_link(open_wave("law_enforcement"))
    to_region(phone, link)
    phone.check("#q-le_region-us")
    forget_link(phone)
    press(phone)
    picture(phone, "held")
    title = phone.inner_text("h1")
    phone.fill("#link", link[:-1])

    follow(phone.locator("#link"), "Enter")
    picture(phone, "held-wrong-link")
    sentence, at = phone.inner_text("#errors li"), focused(phone)
    phone.fill("#link", link)
    follow(phone.locator("#link"), "Enter")
    phone.wait_for_url("**/answer/step/*")
    press(phone, "back")

    assert title == "Not saved yet"
    assert "personal link" in sentence
    assert at == "errors"
    assert phone.is_checked("#q-le_region-us")


def test_answers_of_another_link_are_shown_and_go_where_they_belong(
    web_server: WebServer, phone: Page
) -> None:
    wave = open_wave("law_enforcement")
    first, second = (web_server.url + new_link(wave) for _ in range(2))
    to_region(phone, first)
    other = phone.context.new_page()
    begin(other, second)
    phone.check("#q-le_region-us")

    press(phone)
    picture(phone, "other-draft")
    shown = phone.inner_text("main .summary")
    phone.fill("#link", first)
    click(phone, "Save it there")
    press(phone, "back")

    assert "United States" in shown
    assert phone.is_checked("#q-le_region-us")


def test_every_way_out_leads_somewhere_on_a_phone(web_server: WebServer, phone: Page) -> None:
    link = web_server.url + new_link(open_wave("law_enforcement"))
    seen = []

    def note() -> None:
        picture(phone, f"way-{len(seen)}")
        seen.append(phone.inner_text("h1"))

    begin(phone, link)
    press(phone, "later")
    note()
    click(phone, "Close it in this browser")
    note()
    phone.goto(link)
    note()
    click(phone, "Stop, or delete my answers")
    note()
    click(phone, "Delete my answers")
    note()
    phone.goto(link)
    press(phone, "decline")
    note()
    click(phone, "I do not want to take part")
    note()
    click(phone, "Begin after all")
    note()

    assert seen == [
        "Saved for later",
        "Closed in this browser",
        "Welcome back",
        "Stop here",
        "Your answers are deleted",
        "You do not want to take part?",
        "You will hear no more from us",
        "About this survey and your choice to take part",
    ]
    assert not Draft.objects.exists()


CLOSED = {"closes_at": datetime.now(UTC) - timedelta(hours=3)}
EARLY = {"opens_at": datetime.now(UTC) + timedelta(days=3)}


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.deep), "ar"])
def test_pages_around_the_questions_pass_the_axe_rules(
    web_server: WebServer, browser: Browser, language: str
) -> None:
    wave = open_wave("law_enforcement")
    open_language(wave, "ar", "sv")
    context = browser.new_context(viewport={"width": NARROW, "height": 844}, bypass_csp=True, locale=language)
    page, seen = context.new_page(), set[str]()
    page.set_default_timeout(15_000)

    def look(name: str) -> None:
        look_at(page, seen)
        page.set_viewport_size({"width": NARROW, "height": 844})
        picture(page, f"{language}-{name}")

    def go(path: str, name: str) -> None:
        page.goto(web_server.url + path)
        look(name)

    link = new_link(wave, language=language, email="a@example.org")
    go("/answer/", "no-invitation")
    go(link, "consent")
    go("/answer/decline", "decline")
    to_region(page, web_server.url + link)
    page.check("#q-le_region-us")
    forget_link(page)
    press(page)
    look("held")
    press(page, "save")
    look("held-error")
    to_region_again = new_link(wave, language=language)
    to_region(page, web_server.url + to_region_again)
    other = context.new_page()
    begin(other, web_server.url + new_link(wave, language=language))
    page.check("#q-le_region-us")
    press(page)
    look("other-draft")
    for path in ("/answer/", "/answer/later", "/answer/stop", "/withdraw/", "/what-we-store/"):
        go(path, path.strip("/").replace("/", "-"))
    for state, changes in (("closed", CLOSED), ("early", EARLY)):
        Wave.objects.update(**changes)
        go("/answer/", state)
        Wave.objects.update(opens_at=wave.opens_at, closes_at=wave.closes_at)
    for answered in (Invitation.State.FINISHED, Invitation.State.CLOSED):
        Invitation.objects.update(state=answered)
        go("/answer/", str(answered))
    context.close()
