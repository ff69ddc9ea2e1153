"""How tests of pages in a real browser go from one page to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def follow(found: Locator, key: str = "") -> None:
    """Click what opens another page or another place of this one, or press a key on it, and wait for what it opens.

    Without the wait a busy machine shows a test the page that it is about to leave.
    """
    with found.page.expect_navigation():
        if key:
            found.press(key)
        else:
            found.click()


def press_key(page: Page, key: str) -> None:
    """Press a key that opens another page, wherever the focus is, and wait for that page."""
    with page.expect_navigation():
        page.keyboard.press(key)
