"""What the small script adds to a page, and that it adds nothing where a browser lacks what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).resolve().parents[2] / "static/enquiry.js"
PAUSE = 1_800
TEXT = """<form data-left-note="Characters left:">
  <p id="hint">Up to 20 characters.</p>
  <textarea id="words" data-most="20" aria-describedby="hint">{text}</textarea>
  <input type="text" id="short" data-most="8"></form>"""
RANKING = """<form><div class="places" data-ranking>{places}</div><button>Send</button></form>"""
PLACE = """<select name="place-{number}"><option value="">Nothing chosen</option>
  <option value="a">Laptop</option><option value="b">Tablet</option></select>"""
DIALOG = """<main data-ends-in-seconds="{seconds}"><form><input id="typed"></form>
  <dialog class="ending"><p>Almost over</p><button type="button">Go on</button></dialog></main>"""
RECEIPT = """<div><strong id="receipt"> AB12-CD34 </strong>
  <button type="button" data-copy="#receipt" data-copied="Copied" hidden>Copy</button>
  <button type="button" data-print hidden>Print</button></div>"""


def with_script(page: Page, body: str, *, before: str = "0") -> Page:
    page.goto("about:blank")
    page.set_content(f"<!doctype html><html lang=en><title>A page</title>{body}</html>")
    page.evaluate(before)
    page.add_script_tag(path=SCRIPT)
    return page


def ranked(page: Page) -> Page:
    return with_script(page, RANKING.format(places="".join(PLACE.format(number=n) for n in (1, 2, 3))))


def offered(page: Page, number: int) -> list[str]:
    """What can be chosen in a place and what cannot, the latter in brackets."""
    options = page.locator(f"[name=place-{number}] option").all()
    return [f"[{o.inner_text()}]" if o.is_disabled() else o.inner_text() for o in options]


@pytest.mark.parametrize(
    ("text", "left"), [("", "20"), ("two\nlines", "11"), ("👩 كلمة", "14"), ("x" * 23, "\u22123")]
)
def test_counter_shows_what_is_left_and_is_part_of_the_description(page: Page, text: str, left: str) -> None:
    with_script(page, TEXT.format(text=text))

    assert page.inner_text("#words-left") == f"Characters left: {left}"
    assert page.get_attribute("#words", "aria-describedby") == "hint words-left"
    assert ("is-over" in str(page.get_attribute("#words-left", "class"))) == left.startswith("\u2212")


def test_counter_is_said_aloud_only_in_a_pause_close_to_the_limit(page: Page) -> None:
    with_script(page, TEXT.format(text=""))

    page.locator("#words").press_sequentially("x" * 5)
    page.wait_for_timeout(PAUSE)
    far = page.inner_text("[role=status]")
    page.locator("#words").press_sequentially("x" * 14)
    at_once = page.inner_text("[role=status]")
    page.wait_for_timeout(PAUSE)

    assert (far, at_once) == ("", "")
    assert page.inner_text("[role=status]") == "Characters left: 1"


def test_counter_of_a_short_field_appears_towards_its_end(page: Page) -> None:
    with_script(page, TEXT.format(text=""))

    page.fill("#short", "12345")
    early = page.locator("#short-left").is_visible()
    page.fill("#short", "123456")

    assert not early
    assert page.inner_text("#short-left") == "Characters left: 2"


def test_ranked_choice_is_taken_elsewhere_and_says_where(page: Page) -> None:
    ranked(page)

    page.select_option("[name=place-2]", "a")

    assert offered(page, 1) == ["Nothing chosen", "[Laptop (2)]", "Tablet"]
    assert offered(page, 2) == ["Nothing chosen", "Laptop", "Tablet"]
    page.select_option("[name=place-2]", "")
    assert offered(page, 1) == ["Nothing chosen", "Laptop", "Tablet"]


def test_ranking_works_by_keyboard_and_passes_over_what_is_taken(page: Page) -> None:
    ranked(page)
    page.select_option("[name=place-1]", "a")

    page.locator("[name=place-2]").focus()
    page.keyboard.press("ArrowDown")

    assert page.input_value("[name=place-2]") == "b"
    assert offered(page, 3) == ["Nothing chosen", "[Laptop (1)]", "[Tablet (2)]"]


def test_ranking_that_arrives_with_one_choice_twice_still_sends_both(page: Page) -> None:
    """A disabled choice would silently be lost from the form."""
    places = [PLACE.format(number=n).replace('value="a"', 'value="a" selected') for n in (1, 2)]
    with_script(page, RANKING.format(places="".join(places)))

    sent = page.evaluate("new URLSearchParams(new FormData(document.querySelector('form'))).toString()")

    assert sent == "place-1=a&place-2=a"


@pytest.mark.parametrize(("seconds", "is_open"), [(60, True), (119, True), (3600, False), (0, False)])
def test_warning_opens_two_minutes_before_the_end(page: Page, seconds: int, is_open: bool) -> None:
    with_script(page, DIALOG.format(seconds=seconds))

    assert page.locator("dialog").is_visible() == is_open


def test_warning_opens_while_the_page_waits_and_gives_the_focus_back(page: Page) -> None:
    page.clock.install()
    with_script(page, DIALOG.format(seconds=600))
    page.locator("#typed").focus()

    page.clock.fast_forward("07:50")
    early = page.locator("dialog").is_visible()
    page.clock.fast_forward("00:20")
    page.locator("dialog").wait_for()
    page.get_by_role("button", name="Go on").click()
    page.clock.fast_forward("01:00")

    assert not early
    assert not page.locator("dialog").is_visible()
    assert page.evaluate("document.activeElement.id") == "typed"


def test_browser_without_dialogs_is_left_as_it_is(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    with_script(page, DIALOG.format(seconds=60), before="delete HTMLDialogElement.prototype.showModal; 0")

    assert not errors
    assert not page.locator("dialog").is_visible()


def test_buttons_that_need_the_script_appear_with_it(page: Page) -> None:
    page.set_content(RECEIPT)
    without = page.locator("button:visible").count()

    with_script(page, RECEIPT, before="window.print = () => { document.title = 'Printed'; }; 0")
    page.click("[data-print]")

    assert without == 0
    assert page.locator("button:visible").count() == 2
    assert page.title() == "Printed"


def test_copy_button_copies_the_receipt_and_says_so(page: Page) -> None:
    with_script(page, RECEIPT + "<textarea id=paste></textarea>")

    page.click("[data-copy]")
    said = page.inner_text("[role=status]"), page.inner_text("[data-copy]")
    page.locator("#paste").focus()
    page.keyboard.press("Control+V")

    assert said == ("Copied", "Copied")
    assert page.input_value("#paste").strip() == "AB12-CD34"


def test_copy_button_without_permission_marks_the_receipt_for_copying_by_hand(page: Page) -> None:
    with_script(page, RECEIPT, before="document.execCommand = () => false; 0")

    page.click("[data-copy]")

    assert page.evaluate("getSelection().toString().trim()") == "AB12-CD34"
    assert page.inner_text("[data-copy]") == "Copy"


def test_very_old_browser_gets_no_script_and_no_error(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    with_script(page, TEXT.format(text=""), before="delete Element.prototype.closest; 0")

    assert not errors
    assert page.locator(".left-count").count() == 0


def test_answer_with_others_taken_away_is_said_once_per_form(page: Page) -> None:
    """Counter and exclusive answers of one form share one voice."""
    boxes = """<form data-exclusive-note="Taken away." data-left-note="Left:"><div data-exclusive>
      <input type="checkbox" id="a"><input type="checkbox" id="none" data-alone></div></form>"""
    with_script(page, boxes)

    page.check("#a")
    page.check("#none")

    assert not page.is_checked("#a")
    assert page.locator("[role=status]").all_inner_texts() == ["Taken away."]
