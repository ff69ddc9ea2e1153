"""The pages of mailings and of leaving the list, by the rules of axe, narrow and wide."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from responses.actions import mailings
from responses.mail.leaving import leaving_text
from responses.mail.models import MailKey, Message
from responses.models import Invitation
from responses.sealing import generate_key_pair
from tests import accessibility
from tests.browsing import follow
from tests.mail.post_office import add_people, sender
from tests.respond.fieldwork import open_wave
from tests.services import Database, WebServer
from tests.staff.browsing import sign_in
from tests.staff.people import member

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_pages_about_mail_pass_the_accessibility_rules(
    page: Page,
    committed_database: Database,
    web_server: WebServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailings, "ask_worker", lambda mailing_id: None)
    MailKey.objects.create(public_key=generate_key_pair()[1])
    wave = open_wave("law_enforcement")
    add_people(wave, 3)
    now = datetime.now(UTC)
    running = mailings.prepare(wave=wave, kind="invitation", by=sender(), now=now)
    mailings.start(mailing=running, site=web_server.url, by=sender(), now=now)
    Message.objects.filter(invitation__email="person0@agency.example").update(state="unsure")
    draft = mailings.prepare(wave=wave, kind="reminder", by=sender(), now=now, soft_launch=2)
    user = member("fieldwork", email="mailer@example.org")
    sign_in(page, web_server.url, user)
    invitation = Invitation.objects.order_by("email")[0]
    root = f"/staff/waves/{wave.pk}/"
    leave = f"/leave/{leaving_text(invitation.pk, invitation.email)}"
    paths = [
        f"{root}mailings/",
        f"{root}mailings/new/",
        f"{root}extend/",
        f"/staff/mailings/{running.pk}/",
        f"/staff/mailings/{draft.pk}/",
        f"/staff/mailings/{draft.pk}/text/",
        f"/staff/mailings/{draft.pk}/start/",
        "/staff/mail-key/",
        leave,
    ]

    found = {path: faults for path in paths if (faults := faults_of(page, web_server.url + path))}
    page.goto(f"{web_server.url}{root}mailings/new/")
    follow(page.get_by_role("button", name="Prepare the mailing"))
    found |= {"errors": faults} if (faults := accessibility.faults(page)) else {}
    page.goto(web_server.url + leave)
    follow(page.get_by_role("button", name="Send me no more e-mail"))
    found |= {"left": faults} if (faults := accessibility.faults(page)) else {}
    file = tmp_path / "list.csv"
    file.write_text("email\nfirst@example.org\nperson1@agency.example\n")
    page.goto(f"{web_server.url}{root}invitations/")
    page.get_by_label("List of those invited").set_input_files(file)
    follow(page.get_by_role("button", name="Look at the list"))
    found |= {"preview": faults} if (faults := accessibility.faults(page)) else {}
    page.get_by_label("Enquiry sends them by e-mail").check()
    follow(page.get_by_role("button", name="Add these people"))

    assert found == {}
    assert page.get_by_text("One person was added.").is_visible()
    assert Invitation.objects.get(pk=invitation.pk).mail == "opted_out"


def faults_of(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    return accessibility.faults(page) if answer.ok else [f"status {answer.status}"]
