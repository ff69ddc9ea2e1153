"""A member of the demo's staff at a browser: logs in, fills in the one form of a page and posts it."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from lxml import html

from reports.demo.client import FIRST_ERROR, Page, hidden_values, read


class StaffPageRefused(Exception):
    """A staff page did not do what was asked of it; says what it answered."""


class StaffBrowser:
    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60, trust_env=False)

    def log_in(self, email: str, password: str, code: str) -> None:
        """Both steps: the password, and a code that a device would show."""
        page = self.submit("/staff/login/", {"username": email, "password": password})
        if not page.url.endswith("/login/code/"):
            raise StaffPageRefused(page.says())
        page = self.submit("/staff/login/code/", {"code": code})
        if "/login/" in page.url:
            raise StaffPageRefused(page.says())

    def submit(self, path: str, values: Mapping[str, str] | None = None) -> Page:
        """Open a page, fill in its form and send it. Forms of the page's head, such as the log-out, are left alone."""
        page = read(self.http.get(path))
        form = main_form(page)
        if form is None:
            raise StaffPageRefused(page.says())
        data = {name: values_of[0] for name, values_of in hidden_values(form).items()} | dict(values or {})
        after = read(self.http.post(form.get("action") or page.url, data=data))
        if after.status >= FIRST_ERROR:
            raise StaffPageRefused(after.says())
        return after


def main_form(page: Page) -> html.FormElement | None:
    found = page.tree.xpath("//main//form[translate(@method, 'POST', 'post')='post']")
    return found[0] if found else None
