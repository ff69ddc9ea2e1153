"""Checking an invitation, handing it on, sending and what comes after it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from responses.models import Ballot, Invitation
from surveys.models import Wave, WavePlace
from tests.accessibility import NARROW, SMALLEST, WIDE
from tests.browsing import follow
from tests.respond.browsing import answer_all, look_at, picture, press, watched
from tests.respond.fieldwork import new_link, open_wave
from tests.respond.test_beside import published_wave, this_wave
from tests.services import WebServer

pytestmark = pytest.mark.browser

OWN, COLLEAGUE = "anna@agency.example", "bertil@agency.example"
TEXTS = {
    "organisation": "Institute for Online Safety",
    "sender domain": "survey.example.org",
    "subject lines": "Your invitation to the yearly survey\nReminder: the yearly survey closes soon",
    "telephone": "+46 8 000 00 00",
}


def announced_wave(key: str = "law_enforcement") -> Wave:
    wave = open_wave(key)
    for place, text in TEXTS.items():
        WavePlace.objects.update_or_create(wave=wave, place=place, language="en", defaults={"text": text})
    return wave


def newest_mail() -> str:
    return max(
        (Path(settings.ENQUIRY_VAR) / "mail").iterdir(), key=lambda path: path.stat().st_mtime
    ).read_text()


def in_context(browser: Browser, **options: object) -> BrowserContext:
    return browser.new_context(**{"viewport": {"width": NARROW, "height": 844}, **options})  # type: ignore[arg-type]


def hand_on(page: Page, address: str) -> None:
    follow(page.locator("text=Hand this invitation on to the right colleague"))
    page.fill("#email", address)
    follow(page.locator("main form button"))


def to_check(page: Page, link: str) -> None:
    page.goto(link)
    page.check("#consent_given")
    press(page)
    answer_all(page)


def test_invitation_is_handed_on_by_phone_without_javascript(web_server: WebServer, browser: Browser) -> None:
    wave = announced_wave()
    context = in_context(browser, java_script_enabled=False)
    page, said = watched(context)

    page.goto(web_server.url + new_link(wave, email=OWN))
    hand_on(page, "bertil@elsewhere.example")
    picture(page, "forward-error-390")
    error = page.locator("#errors li").inner_text()
    page.fill("#email", COLLEAGUE)
    follow(page.locator("main form button"))
    picture(page, "forward-confirm-390")
    follow(page.locator("main form button"))
    picture(page, "forwarded-390")

    (link,) = {word for word in newest_mail().split() if "/i/" in word}
    assert error == "The address must end with “@agency.example”, like the one that was invited."
    assert page.inner_text("h1") == "The invitation is handed on"
    assert Invitation.objects.get().email == COLLEAGUE
    page.goto(link)
    assert page.locator("#consent_given").count() == 1
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()


def test_receipt_can_be_kept_and_a_refresh_shows_it_without_the_comparison(
    web_server: WebServer, browser: Browser
) -> None:
    published_wave("law_enforcement")
    context = in_context(browser)
    page, said = watched(context)
    to_check(page, web_server.url + new_link(this_wave("law_enforcement")))
    picture(page, "check-390")
    follow(page.locator("button:text-is('Send my answers')"))
    receipt = page.inner_text("#receipt")
    picture(page, "thanks-390")

    with page.expect_download() as download:
        page.click("text=Download the receipt")
    file = Path(download.value.path()).read_text(encoding="utf-8-sig")
    compared = page.locator("#beside").count()
    page.reload()

    assert (download.value.suggested_filename, receipt in file) == ("receipt.txt", True)
    assert f"{web_server.url}/withdraw/" in file
    assert compared == 1
    assert (page.inner_text("h1"), page.inner_text("#receipt")) == ("Your answers are sent", receipt)
    assert page.locator("#beside").count() == 0
    assert not [cookie for cookie in context.cookies() if cookie["name"] == "enquiry_answer"]
    assert Ballot.objects.count() == 1
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()


def test_copy_and_print_are_there_with_a_script_alone(web_server: WebServer, browser: Browser) -> None:
    link = web_server.url + new_link(open_wave("enterprise"))
    seen = []
    for scripted in (True, False):
        context = in_context(browser, java_script_enabled=scripted)
        page, _said = watched(context)
        page.goto(f"{web_server.url}/genuine/{Wave.objects.get().pk}/letter")
        seen.append(page.locator("button[data-print]").is_visible())
        context.close()

    assert link
    assert seen == [True, False]


@pytest.mark.parametrize("key", ["law_enforcement", pytest.param("enterprise", marks=pytest.mark.deep)])
def test_pages_of_the_doors_pass_the_axe_rules(web_server: WebServer, browser: Browser, key: str) -> None:
    published_wave(key)
    wave = this_wave(key)
    for place, text in TEXTS.items():
        WavePlace.objects.update_or_create(wave=wave, place=place, language="en", defaults={"text": text})
    context = in_context(browser, bypass_csp=True)
    page, _said = watched(context)
    seen: set[str] = set()

    for path in ("/genuine/", f"/genuine/{wave.pk}/letter"):
        page.goto(web_server.url + path)
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            picture(page, f"{path.replace('/', '_')[:12]}-{key}-{width}")
        look_at(page, seen)
    page.goto(web_server.url + new_link(wave, email=OWN))
    hand_on(page, "x")
    look_at(page, seen)
    page.fill("#email", COLLEAGUE)
    follow(page.locator("main form button"))
    look_at(page, seen)
    to_check(page, web_server.url + new_link(wave))
    page.set_viewport_size({"width": WIDE, "height": 900})
    picture(page, f"check-{key}-{WIDE}")
    look_at(page, seen)
    page.set_viewport_size({"width": NARROW, "height": 900})
    follow(page.locator("button:text-is('Send my answers')"))
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        picture(page, f"thanks-{key}-{width}")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    picture(page, f"thanks-open-{key}-{NARROW}")
    look_at(page, seen)
    context.close()


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_doors_with_longer_texts_in_either_direction_stay_in_their_width(
    web_server: WebServer, browser: Browser, language: str
) -> None:
    wave = announced_wave()
    context = in_context(browser, viewport={"width": SMALLEST, "height": 800})
    context.add_cookies([{"name": "enquiry_language", "value": language, "url": web_server.url}])
    page, _said = watched(context)

    for path in ("/genuine/", f"/genuine/{wave.pk}/letter"):
        page.goto(web_server.url + path)
        picture(page, f"{language}{path.replace('/', '_')[:12]}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("h1").inner_text().startswith("⟦")
    context.close()
