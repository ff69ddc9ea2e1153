"""The rules of axe on a page, and whether it fits its screen: one place for every browser test."""

from __future__ import annotations

import json
import os

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDE, NARROW, SMALLEST = 1280, 390, 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything else that the rules find out is long to gather and never looked at.
OPTIONS = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
RUN = f"axe.run({OPTIONS}).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 160))))"


def violations(page: Page) -> list[str]:
    """The name of each rule that the page breaks, and where."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN)
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its screen."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(wider, 0)


# The rules take a second for a page and a width; how wide it is changes little of what they see.
RULED = (WIDE, NARROW) if os.environ.get("DEEP") == "1" else (NARROW,)


def faults(page: Page, *, ruled: tuple[int, ...] = RULED) -> list[str]:
    """What is wrong with the page at every width; the rules of axe are asked at the widths `ruled`."""
    # After a click the next page may have begun and hold nothing yet.
    page.locator("body").wait_for(state="attached")
    page.wait_for_load_state()
    found = []
    for width in (WIDE, NARROW, SMALLEST):
        page.set_viewport_size({"width": width, "height": 900})
        if overflow(page):
            found.append(f"wider than {width} px")
        if width in ruled:
            found += [f"{width} px: {violation}" for violation in violations(page)]
    return found
