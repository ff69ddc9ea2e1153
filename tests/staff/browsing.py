"""A member of staff logs in at a browser, through both steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accounts.models import User
from tests.browsing import follow
from tests.staff.people import PASSWORD, code_now, with_second_factor

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Browsers keep the fragment of a form's address through the redirect.
ARRIVED = re.compile(r"/staff/(#problems)?$")


def sign_in(page: Page, url: str, user: User) -> None:
    """Give the account a password and a second step, and log in with them."""
    user.set_password(PASSWORD)
    user.save()
    secret = with_second_factor(user)
    type_password(page, url, user)
    page.get_by_label("Code").fill(code_now(secret))
    follow(page.get_by_role("button", name="Log in"))
    page.wait_for_url(ARRIVED)


def type_password(page: Page, url: str, user: User) -> None:
    page.goto(f"{url}/staff/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Log in"))
    page.wait_for_url("**/staff/login/*/")
