"""The whole way in a real browser and against the real web server: no JavaScript, wide, narrow, the axe rules."""

from __future__ import annotations

from typing import Literal

import httpx
import pytest
from lxml import html
from playwright.sync_api import Browser, Page

from responses.models import Ballot, Draft
from tests.accessibility import NARROW, SMALLEST, WIDE, overflow
from tests.browsing import follow
from tests.respond.browsing import answer_all, fill, fill_by_keyboard, look_at, picture, press, walk, watched
from tests.respond.fieldwork import new_link, open_wave, speak
from tests.services import WebServer

pytestmark = pytest.mark.browser

OTHER_PAGES = (
    "/answer/later",
    "/answer/stop",
    "/answer/whole",
    "/withdraw/",
    "/what-we-store/",
    "/genuine/",
)


@pytest.mark.parametrize(
    ("key", "width"),
    [
        ("law_enforcement", NARROW),
        ("enterprise", WIDE),
        pytest.param("law_enforcement", WIDE, marks=pytest.mark.deep),
        pytest.param("enterprise", NARROW, marks=pytest.mark.deep),
    ],
)
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
    follow(page.locator("button:text-is('Send my answers')"))
    picture(page, f"{key}-{width}-thanks")

    assert page.inner_text("h1") == "Your answers are sent"
    assert len(page.inner_text(".receipt")) == 19
    assert (Ballot.objects.count(), Draft.objects.count()) == (1, 0)
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()


@pytest.mark.parametrize(
    ("key", "language"),
    [
        ("law_enforcement", "en"),
        ("enterprise", "ar"),
        pytest.param("law_enforcement", "ar", marks=pytest.mark.deep),
        pytest.param("enterprise", "en", marks=pytest.mark.deep),
    ],
)
def test_pages_pass_the_axe_rules_and_never_scroll_sideways(
    web_server: WebServer, browser: Browser, key: str, language: str
) -> None:
    wave = speak(open_wave(key), "ar")
    # The rules are a script of their own, which the pages' policy would keep out.
    context = browser.new_context(viewport={"width": WIDE, "height": 900}, bypass_csp=True)
    page, _said = watched(context)
    seen: set[str] = set()

    page.goto(web_server.url + new_link(wave, language=language))
    look_at(page, seen)
    press(page)
    look_at(page, seen)
    page.check("#consent_given")
    press(page)
    for _state in walk(page):
        look_at(page, seen)
    look_at(page, seen)
    for path in OTHER_PAGES:
        page.goto(web_server.url + path)
        look_at(page, seen)
    page.goto(web_server.url + "/answer/check")
    follow(page.locator("form[action$='/answer/send'] button"))
    look_at(page, seen)
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    context.close()


def test_errors_have_the_focus_without_javascript(web_server: WebServer, browser: Browser) -> None:
    wave = open_wave("enterprise")
    context = browser.new_context(java_script_enabled=False)
    page, _said = watched(context)
    page.goto(web_server.url + new_link(wave))

    press(page)
    page.keyboard.press("Tab")

    assert page.locator("#errors a:focus").count() == 1
    context.close()


@pytest.mark.parametrize("how", [{"forced_colors": "active"}, {"media": "print"}, {"color_scheme": "dark"}])
def test_chosen_answer_is_seen_without_our_colours(
    web_server: WebServer, page: Page, how: dict[str, Literal["active", "print", "dark"]]
) -> None:
    page.goto(web_server.url + new_link(open_wave("law_enforcement")))
    page.check("#consent_given")
    press(page)
    for _state in walk(page):
        if page.locator("input[type=radio]").count():
            break
    page.emulate_media(**how)  # type: ignore[arg-type]
    box = page.locator("input[type=radio]").first

    before = box.screenshot()
    box.check()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")

    assert box.screenshot() != before
    assert page.locator("main h1").is_visible()


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
    follow(page.locator("#q-tech_trends-1"), "Enter")

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


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_longer_texts_in_either_direction_keep_the_pages_in_their_width(
    web_server: WebServer, browser: Browser, language: str
) -> None:
    wave = speak(open_wave("enterprise"), language)
    context = browser.new_context(viewport={"width": SMALLEST, "height": 800})
    page, _said = watched(context)

    page.goto(web_server.url + new_link(wave, language=language))
    page.check("#consent_given")
    press(page)
    for state in walk(page):
        picture(page, f"{language}-{state}")
        assert not overflow(page), page.url
        assert not page.evaluate(UNTRANSLATED), page.url
    context.close()


# Texts of the pages that stand outside the brackets of the made-up language: they have missed the catalogue.
UNTRANSLATED = """
  [...document.querySelectorAll("main h1, main h2, main legend, main label, main button, main p, footer a")]
    .filter(e => !e.lang).map(e => e.innerText.trim())
    .filter(t => /[a-z]{3}/i.test(t) && !t.includes("⟦"))"""


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_journey_by_keyboard_alone_ends_with_a_receipt(web_server: WebServer, page: Page, key: str) -> None:
    wave = open_wave(key)
    page.goto(web_server.url + new_link(wave))

    for _page in range(120):
        if page.locator(".receipt").count():
            break
        fill_by_keyboard(page)

    assert page.inner_text("h1") == "Your answers are sent"


@pytest.mark.deep
def test_journey_on_a_slow_connection_ends_with_a_receipt(web_server: WebServer, browser: Browser) -> None:
    wave = open_wave("enterprise")
    context = browser.new_context(viewport={"width": NARROW, "height": 800})
    page, _said = watched(context)
    # A train between two stations: 400 ms there and back, 6 kB a second, which is the slow end of 2G.
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)

    page.goto(web_server.url + new_link(wave))
    page.check("#consent_given")
    press(page)
    answer_all(page)
    follow(page.locator("form[action$='/answer/send'] button"))

    assert page.inner_text("h1") == "Your answers are sent"
    context.close()


SLOW = {"offline": False, "latency": 400, "downloadThroughput": 6_000, "uploadThroughput": 3_000}
