"""Coding by keyboard in a real browser: suggestions accepted and overruled, agreement, adjudication, the figures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from reports.actions.tables import count_wave
from responses.actions.code import decide_many
from responses.coding import texts
from responses.coding.models import Agreement, CodingRound
from responses.codings import apply_codings
from responses.extracts import codebook_of
from tests.accessibility import faults
from tests.browsing import follow, press_key
from tests.coding.stage import NOW, QUESTION, Stage, coder, coding_stage
from tests.reports.stage import marks
from tests.services import Database, WebServer
from tests.staff.browsing import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

DEEP = os.environ.get("DEEP") == "1"
MENTIONS = 300 if DEEP else 30
# What people write, and by which keys a coder gives it its code: a suggestion's number, or letters of a label.
TYPED = {
    "web filter": ("1", "filter"),
    "Firewal": ("1", "firewall"),
    "DLP": ("1", "dlp"),
    "a locked cage": ("physical", "physical"),
    "antivirus": ("training", "organisational"),
}
SLIP = "a locked cage"
PAUSE = "(a batch is done)"
LOOK = f"""() => document.querySelector("button[value=go_on]")
    ? "{PAUSE}" : (document.querySelector("[data-said]") || {{textContent: ""}}).textContent"""
PICTURES = os.environ.get("CODING_PICTURES")


@pytest.fixture
def stage(committed_database: Database) -> Stage:
    words = [list(TYPED)[n % len(TYPED)] for n in range(MENTIONS)]
    return coding_stage(words)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def signed_in(browser: Browser, server: WebServer, user: User) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, server.url, user)
    return page


def code_all(page: Page, *, slip: str = "") -> int:
    """Everything by keyboard. Returns how many answers were coded; `slip`: what is coded otherwise."""
    done = 0
    while True:
        words = page.evaluate(LOOK)
        if words == PAUSE:
            press_key(page, "Enter")
            continue
        if not words:
            return done
        keys, _code = TYPED[words] if words != slip else ("another", "other")
        if keys.isdigit():
            page.keyboard.press(keys)
        else:
            page.keyboard.type(keys)
            page.keyboard.press("Enter")
        press_key(page, "Enter")
        done += 1


def code_by_list(round_: CodingRound, user: User) -> None:
    """What the second coder would type, without the browser."""
    said = texts.texts_of(round_).values_list("pk", "text")
    codes_of = {key: ["other" if words == SLIP else TYPED[words][1]] for key, words in said}
    decide_many(coding_round=round_, codes_of=codes_of, by=user, now=NOW)


def test_mentions_are_coded_by_keyboard_and_counted(
    browser: Browser, web_server: WebServer, stage: Stage
) -> None:
    round_ = stage.begin()
    where = f"{web_server.url}/staff/coding/rounds/{round_.pk}/"
    errors: list[str] = []
    by_hand = [(stage.first, "")]
    if DEEP:
        by_hand.append((stage.second, SLIP))
    else:
        code_by_list(round_, stage.second)
    for user, slip in by_hand:
        page = signed_in(browser, web_server, user)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(where)
        follow(page.get_by_role("button", name="Show the first answer"))
        picture(page, f"code-{user.name}")

        assert code_all(page, slip=slip) == MENTIONS
        page.context.close()
    lead = signed_in(browser, web_server, stage.lead)
    lead.goto(where + "agreement/")
    found = faults(lead) if DEEP else []
    follow(lead.get_by_role("button", name="Write the agreement down"))
    third = signed_in(browser, web_server, stage.third)
    third.goto(where + "decide/")
    follow(third.get_by_role("button", name="Show the first answer"))
    found += faults(third) if DEEP else []
    third.set_viewport_size({"width": 1280, "height": 900})
    picture(third, "decide")
    while third.locator("[data-said]").count():
        third.keyboard.type("/physical")
        third.keyboard.press("Enter")
        press_key(third, "Enter")

    picture(lead, "agreement")
    assert errors == found == []
    per_word = MENTIONS // len(TYPED)
    assert texts.proposals(round_, 1) == {
        "accepted": 3 * per_word,
        "overruled": per_word,
        "none": per_word,
    }
    written = Agreement.objects.get()
    assert (written.units, written.same) == (MENTIONS, 4 * per_word)
    apply_codings(wave=stage.wave)
    counted = count_wave(stage.wave, marks(stage.wave))
    book = codebook_of(stage.wave)
    for _keys, code in TYPED.values():
        assert counted.of(book.mentions(QUESTION, code)) == per_word


@pytest.fixture
def page_of_coder(browser: Browser, web_server: WebServer, stage: Stage) -> tuple[Page, CodingRound]:
    round_ = stage.begin()
    page = signed_in(browser, web_server, stage.first)
    page.goto(f"{web_server.url}/staff/coding/rounds/{round_.pk}/")
    follow(page.get_by_role("button", name="Show the first answer"))
    return page, round_


def test_keys_undo_hide_filter_and_can_be_turned_off(page_of_coder: tuple[Page, CodingRound]) -> None:
    page, round_ = page_of_coder
    said = page.locator("[data-said]")
    first = said.inner_text()
    page.keyboard.type("/another")
    visible = page.locator("label[data-names]:visible").count()
    page.keyboard.press("Enter")
    press_key(page, "Enter")
    after = texts.progress(round_, round_.first, 1).done
    press_key(page, "u")
    undone = said.inner_text()
    press_key(page, "h")
    hidden = said.count()
    press_key(page, "h")
    page.get_by_text("Ask the lead about this answer").click()
    page.get_by_label("Your question").press_sequentially("hus 1")
    written = page.get_by_label("Your question").input_value()
    follow(page.get_by_role("button", name="Turn the keys off"))
    page.locator("label[data-names] input").first.check()
    follow(page.get_by_role("button", name="Save and go on"))
    page.keyboard.press("u")
    page.keyboard.press("1")

    assert visible == 1
    assert after == 1
    assert undone == first
    assert hidden == 0
    assert written == "hus 1"
    assert page.locator("input[name=codes]:checked").count() == 0
    assert texts.progress(round_, round_.first, 1).done == 1


@pytest.mark.parametrize("language", ["ar", pytest.param("en", marks=pytest.mark.deep)])
def test_pages_keep_the_rules_in_both_directions(
    browser: Browser, web_server: WebServer, stage: Stage, language: str
) -> None:
    round_ = stage.begin()
    coder("dee")
    found: dict[str, list[str]] = {}
    visits = {
        stage.first: ["", f"rounds/{round_.pk}/"],
        stage.lead: [
            f"waves/{stage.wave.pk}/",
            f"waves/{stage.wave.pk}/frames/protection_technology/",
        ],
    }
    if DEEP:
        visits[stage.lead] += [
            f"waves/{stage.wave.pk}/start/",
            f"waves/{stage.wave.pk}/frames/protection_technology/revise/",
            f"waves/{stage.wave.pk}/quotations/",
            f"waves/{stage.wave.pk}/close/",
            f"rounds/{round_.pk}/queries/",
            f"rounds/{round_.pk}/replace/",
        ]
    for user, paths in visits.items():
        page = signed_in(browser, web_server, user)
        page.context.add_cookies([{"name": "enquiry_language", "value": language, "url": web_server.url}])
        for path in paths:
            page.goto(f"{web_server.url}/staff/coding/{path}")
            if path == f"rounds/{round_.pk}/":
                found[path + "warning"] = faults(page)
                follow(page.locator("button[value=begin]"))
            found[path] = faults(page)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                picture(page, f"{language}-{width}-{path.replace('/', '_') or 'mine'}")
            page.set_viewport_size({"width": 1280, "height": 900})
        page.context.close()

    assert {path: sentences for path, sentences in found.items() if sentences} == {}
