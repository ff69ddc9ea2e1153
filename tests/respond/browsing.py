"""What tests of the respondent's pages do in a real browser: walk, fill in, look at every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.accessibility import faults
from tests.browsing import follow, press_key
from tests.respond.fieldwork import ELIGIBLE

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
    follow(page.locator(f"main form button[name=action][value={action}]:not([tabindex])").first)


def walk(page: Page) -> Iterator[str]:
    """Go to the check page, and stop at every page on the way, empty and, where it asks, with what it says then."""
    while "/answer/step/" in page.url:
        yield "empty"
        if page.locator("[name^=q-]").count():
            press(page)
            if page.locator("#errors").count():
                yield "errors"
                fill(page)
                yield "filled"
                press(page)
        else:
            press(page)


# The id of the first radio button or checkbox of each group, the suitable one where the choice leads somewhere.
FIRST_OF_EACH = """eligible => {
  const ids = {};
  for (const box of document.querySelectorAll("input[type=radio], input[type=checkbox]"))
    if (!(box.name in ids) && !box.name.endsWith("-special") && (eligible[box.name] ?? box.value) === box.value)
      ids[box.name] = box.id;
  return Object.values(ids); }"""


def fill(page: Page) -> None:
    for found in page.evaluate(FIRST_OF_EACH, ELIGIBLE):
        page.check(f"[id='{found}']")
    for field in page.locator("input[type=text]:not([name*=-other-])").all():
        field.fill("40")
    for place, select in enumerate(page.locator("select").all(), start=1):
        select.select_option(index=place)


def answer_all(page: Page) -> None:
    """From the first page to the check page, each page filled in at once."""
    while "/answer/step/" in page.url:
        fill(page)
        press(page)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        number = len(list(Path(PICTURES).glob("*.png")))
        page.screenshot(path=f"{PICTURES}/{number:03d}-{name}.png", full_page=True)


ELEMENTS = """
  [...new Set([...document.querySelectorAll("main *")].map(e =>
    [e.parentElement.tagName, e.tagName, e.type, e.className, e.getAttribute("role")].join()))]"""


# Whole rows of answers can be hit with a thumb; of other targets axe sees to it that they have 24 pixels.
LOW_ROWS = """
  [...document.querySelectorAll("main label.choice")].filter(e => e.offsetParent && e.offsetHeight < 44)
    .map(e => e.htmlFor)"""


def look_at(page: Page, seen: set[str]) -> None:
    """Every page deep; otherwise those that hold an element such as no page before held in such a place."""
    elements = set(page.evaluate(ELEMENTS))
    if elements <= seen and os.environ.get("DEEP") != "1":
        return
    seen |= elements
    assert not faults(page), page.url
    assert not page.evaluate(LOW_ROWS), page.url


FOCUSED = """
  (() => { const e = document.activeElement; const r = e.getBoundingClientRect();
    return {tag: e.tagName, type: e.type || "", name: e.name || "", value: e.value || "", id: e.id,
            text: e.innerText || "", seen: r.width > 1 && r.height > 1,
            chosen: !!(e.name && document.querySelector(`input[name="${CSS.escape(e.name)}"]:checked`))}; })()"""


def fill_by_keyboard(page: Page) -> None:
    """Answer what the focus reaches with Tab, and press the main button with Enter."""
    done: set[str] = set()
    for _key in range(150):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        if focus["tag"] == "BUTTON" and "button" in (page.evaluate(CLASSES) or []):
            press_key(page, "Enter")
            return
        if focus["name"] not in done and "-other-" not in focus["name"] and "special" not in focus["name"]:
            type_into(page, focus, done)
    raise AssertionError(f"the keyboard does not reach the button of {page.url}")


CLASSES = "[...document.activeElement.classList]"


def type_into(page: Page, focus: dict[str, str], done: set[str]) -> None:
    if focus["type"] == "radio":
        page.keyboard.press("Space")
        while ELIGIBLE.get(focus["name"], focus["value"]) != focus["value"]:
            page.keyboard.press("ArrowDown")
            focus = page.evaluate(FOCUSED)
    elif focus["type"] == "checkbox":
        page.keyboard.press("Space")
    elif focus["tag"] == "SELECT":
        for _place in range(len(done) + 1):
            page.keyboard.press("ArrowDown")
    elif focus["type"] == "text":
        page.keyboard.type("40")
    else:
        return
    done.add(focus["name"])
