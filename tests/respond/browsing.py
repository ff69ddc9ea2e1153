"""What tests of the respondent's pages do in a real browser: walk, fill in, look at every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.respond.fieldwork import ELIGIBLE

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
                yield "filled"
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
            with page.expect_navigation():
                page.keyboard.press("Enter")
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
