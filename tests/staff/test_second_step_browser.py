"""Log-in in two steps, and the pages of administrators and auditors, in a browser without JavaScript."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accounts import audit
from accounts.models import User
from tests import accessibility
from tests.browsing import follow
from tests.services import WebServer
from tests.staff.browsing import ARRIVED, type_password
from tests.staff.people import NOW, PASSWORD, code_now, member, with_second_factor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A browser whose pages run no script. The rules of axe are put in by the test and need none of the page's."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def officer(committed_database: object) -> User:
    user = member("administrator", "auditor", email="officer@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def faults(page: Page, name: str, folder: Path) -> list[str]:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    return [f"{name}: {fault}" for fault in accessibility.faults(page)]


def secret_on(page: Page) -> bytes:
    return base64.b32decode(page.locator("code.secret").inner_text().replace(" ", ""))


def test_second_step_is_set_up_and_used_without_javascript(
    plain_page: Page, web_server: WebServer, officer: User
) -> None:
    page = plain_page
    type_password(page, web_server.url, officer)
    assert page.url.endswith("/login/set-up/")
    page.get_by_label("Code").fill(code_now(secret_on(page)))
    follow(page.get_by_role("button", name="Set it up"))

    recovery = page.locator("ol.recovery code").all_inner_texts()
    follow(page.get_by_role("link", name="I have kept them; go on"))
    page.wait_for_url(ARRIVED)
    follow(page.get_by_role("button", name="Log out"))
    type_password(page, web_server.url, officer)
    assert page.url.endswith("/login/code/")
    page.get_by_label("Code").fill(recovery[3])
    follow(page.get_by_role("button", name="Log in"))

    page.wait_for_url(ARRIVED)
    page.goto(f"{web_server.url}/staff/second-step/")
    assert page.locator("dl.summary dd").all_inner_texts() == ["set up", "9"]


def test_pages_of_the_log_in_and_the_accounts_pass_the_accessibility_rules(
    page: Page, web_server: WebServer, officer: User, tmp_path: Path
) -> None:
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    colleague = member("analyst")
    for number in range(60):
        audit.record("staff.changed", by=officer, now=NOW, target=colleague, number=number)

    type_password(page, web_server.url, officer)
    found = faults(page, "set-up", tmp_path)
    page.get_by_label("Code").fill("000000")
    follow(page.get_by_role("button", name="Set it up"))
    found += faults(page, "set-up-refused", tmp_path)
    page.get_by_label("Code").fill(code_now(secret_on(page)))
    follow(page.get_by_role("button", name="Set it up"))
    found += faults(page, "recovery-codes", tmp_path)
    follow(page.get_by_role("link", name="I have kept them; go on"))

    with_second_factor(colleague)
    root = f"/staff/people/{colleague.pk}/"
    for name, path in {
        "second-step": "/staff/second-step/",
        "recovery": "/staff/second-step/codes/",
        "device": "/staff/second-step/device/",
        "people": "/staff/people/",
        "invite": "/staff/people/invite/",
        "own": f"/staff/people/{officer.pk}/",
        "person": root,
        "roles": f"{root}roles/",
        "close": f"{root}close/",
        "reset": f"{root}reset/",
        "audit": "/staff/audit/",
        "audit-filtered": "/staff/audit/?action=nothing&first=x",
    }.items():
        page.goto(web_server.url + path)
        found += faults(page, name, tmp_path)
    page.goto(f"{web_server.url}{root}roles/")
    page.get_by_label("Coder").check()
    follow(page.get_by_role("button", name="Go on"))
    found += faults(page, "roles-confirm", tmp_path)
    page.goto(f"{web_server.url}/staff/people/invite/")
    follow(page.get_by_role("button", name="Make the account"))
    found += faults(page, "invite-refused", tmp_path)
    page.get_by_label("E-mail address").fill("new@example.org")
    follow(page.get_by_role("button", name="Make the account"))
    found += faults(page, "invited", tmp_path)
    follow(page.get_by_role("button", name="Log out"))
    type_password(page, web_server.url, officer)
    found += faults(page, "code", tmp_path)

    assert not found
    assert not [message for message in messages if "Content Security Policy" in message]
