"""The staff pages as a browser shows them: log-in, accessibility rules, nothing wider than the screen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from reports import queries
from reports.actions import composing, experts
from reports.models import ExpertLink, Rehearsal, Run, Table
from responses.models import CodeBatch, Portal, PortalKey
from surveys.models import KeyCustody, Wave
from tests import accessibility
from tests.browsing import follow
from tests.respond.doors import with_doors
from tests.services import WebServer
from tests.staff.browsing import sign_in
from tests.staff.people import NOW, member
from tests.staff.stage import counted, give_key, requested, small_content, small_wave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def wave(committed_database: object) -> Wave:
    wave = small_wave(status="final", time_zone="Europe/Berlin")
    counted(wave)
    Run.objects.update(fingerprint=queries.fingerprint(wave, queries.current_policy()))
    give_key(wave)
    # Not yet destroyed, and overdue: every notice is on the pages.
    KeyCustody.objects.create(wave=wave, made_on=NOW.date(), obstacle="The worker finds no file of this key.")
    return wave


@pytest.fixture
def signed_in(page: Page, web_server: WebServer) -> Page:
    user = member("fieldwork", "analyst", "publisher", email="everything@example.org")
    sign_in(page, web_server.url, user)
    return page


def expert_of(wave: Wave) -> ExpertLink:
    """Somebody who has written, with a headline that says too much beside."""
    by = member("analyst", email="inviter@example.org")
    until = timezone.now() + timedelta(days=5)
    link, token = experts.invite(
        edition=wave.edition,
        place="section.small.about",
        name="Ada Example",
        role="Professor",
        organisation="A university",
        language="en",
        expires_at=until,
        by=by,
        now=timezone.now(),
    )
    experts.write(token=token, text="Something to say.", interests="None.", now=timezone.now())
    experts.edit(link=link, text="Something said.", by=by, now=timezone.now())
    composing.write(
        edition=wave.edition,
        place="headline.small.policy",
        language="en",
        text="All have one",
        seen=0,
        by=by,
        now=timezone.now(),
    )
    return link


def paths(wave: Wave, release: int) -> dict[str, str]:
    expert = expert_of(wave)
    root = f"/staff/waves/{wave.pk}/"
    return {
        "dashboard": "/staff/",
        "wave": root,
        "edit": f"{root}edit/",
        "places": f"{root}places/",
        "open": f"{root}open/",
        "key": f"{root}key/",
        "key-life": f"{root}key/life/",
        "key-part": f"{root}key/part/",
        "key-destroy": f"{root}key/destroy/",
        "key-confirm": f"{root}key/confirm/",
        **paths_of_doors(wave),
        "upload": f"{root}invitations/",
        "fieldwork": f"{root}fieldwork/",
        "tables": f"{root}tables/",
        "question": f"{root}tables/policy/",
        "layout": f"{root}tables/policy/size2/layout/",
        "wave-policy": f"{root}policy/",
        "rehearsal": f"/staff/questionnaires/{wave.questionnaire_id}/rehearsal/",
        "rehearsed": f"/staff/questionnaires/{wave.questionnaire_id}/rehearsal/report/",
        "texts": "/staff/editions/2019/texts/",
        "text": "/staff/editions/2019/texts/article.robust_hashing/en/",
        "comment": "/staff/editions/2019/comments/new/",
        "start": f"{root}run/",
        "runs": "/staff/runs/",
        "run": f"/staff/runs/{wave.runs.get().pk}/",
        "new-edition": "/staff/editions/new/",
        "new-wave": "/staff/waves/new/",
        "password": "/staff/password/",
        "policy": "/staff/policy/",
        "change-policy": "/staff/policy/change/",
        "releases": "/staff/releases/",
        "release": f"/staff/releases/{release}/",
        "approve": f"/staff/releases/{release}/approve/",
        "reject": f"/staff/releases/{release}/reject/",
        "request": "/staff/editions/2019/release/",
        "figures": "/staff/editions/2019/figures/",
        "figure": "/staff/editions/2019/figures/small.policy/",
        "experts": "/staff/editions/2019/experts/",
        "expert": f"/staff/editions/2019/experts/{expert.pk}/",
        "readers": f"/staff/releases/{release}/readers/",
    }


def paths_of_doors(wave: Wave) -> dict[str, str]:
    """Pages about access codes and portals, with something on each of them."""
    with_doors(wave)
    batch = CodeBatch.objects.create(wave=wave, contact_point="Front desk", size=40, language="en", used=15)
    portal = Portal.objects.create(name="A portal", issuer="https://portal.example.org", audience="us")
    portal.waves.add(wave)
    key = PortalKey.objects.create(portal=portal, kid="first", public_key=bytes(32))
    codes, portals = f"/staff/waves/{wave.pk}/codes/", f"/staff/portals/{portal.pk}/"
    return {
        "codes": codes,
        "new-codes": f"{codes}new/",
        "revoke": f"{codes}{batch.pk}/revoke/",
        "portals": "/staff/portals/",
        "new-portal": "/staff/portals/new/",
        "portal": portals,
        "portal-waves": f"{portals}waves/",
        "new-portal-key": f"{portals}keys/new/",
        "retire": f"{portals}keys/{key.pk}/retire/",
    }


def faults(page: Page, name: str, folder: Path) -> list[str]:
    """What is wrong with the page at any width. A picture of it is left in `folder`."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    return [f"{name}: {fault}" for fault in accessibility.faults(page)]


def test_staff_pages_pass_the_accessibility_rules_at_every_width(
    signed_in: Page, web_server: WebServer, wave: Wave, tmp_path: Path
) -> None:
    asker = member(email="asker@example.org")
    release = requested(wave, asker)
    Table.objects.update(tried=["full small|large: gaps", "nets small|large: clear"])
    played = Rehearsal.objects.create(
        questionnaire=wave.questionnaire,
        responses=120,
        draws=3,
        status="done",
        policy=queries.current_policy(),
        asked_by=asker,
        asked_at=NOW,
        finished_at=NOW,
        content=json.dumps(small_content(wave)),
    )
    for breakdown in ("", "size2"):
        played.tables.create(
            position=1, question="policy", breakdown=breakdown, stood=3, base_low=50, base_high=60
        )
    messages: list[str] = []
    signed_in.on("console", lambda message: messages.append(message.text))

    found = []
    for name, path in paths(wave, release.pk).items():
        signed_in.goto(web_server.url + path)
        found += faults(signed_in, name, tmp_path)

    assert not found
    assert not [message for message in messages if "Content Security Policy" in message]


def test_staff_page_refused_puts_the_reader_at_the_reasons(
    signed_in: Page, web_server: WebServer, tmp_path: Path
) -> None:
    signed_in.goto(f"{web_server.url}/staff/editions/new/")
    follow(signed_in.get_by_role("button", name="Make the edition"))

    assert signed_in.title().startswith("Error:")
    assert signed_in.evaluate("document.activeElement.id") == "problems"
    assert not faults(signed_in, "refused", tmp_path)
    follow(signed_in.get_by_role("link", name="Type the year of the edition."))
    assert signed_in.evaluate("document.activeElement.id") == "id_year"


def test_links_of_those_invited_can_be_saved_as_a_file(
    signed_in: Page, web_server: WebServer, wave: Wave, tmp_path: Path
) -> None:
    Wave.objects.update(status="open", closes_at="2100-01-01T00:00Z")
    file = tmp_path / "list.csv"
    file.write_text("email\nfirst@example.org\nsecond@example.org\n")

    signed_in.goto(f"{web_server.url}/staff/waves/{wave.pk}/invitations/")
    signed_in.get_by_label("List of those invited").set_input_files(file)
    follow(signed_in.get_by_role("button", name="Look at the list"))
    assert not faults(signed_in, "upload-preview", tmp_path)
    signed_in.get_by_label("I send the links myself").check()
    follow(signed_in.get_by_role("button", name="Add these people"))
    assert not faults(signed_in, "links", tmp_path)
    with signed_in.expect_download() as download:
        signed_in.get_by_role("link", name="Save addresses and links as CSV").click()

    saved = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert download.value.suggested_filename == "invitations-small-2019.csv"
    assert saved[1].startswith(f"first@example.org,{web_server.url}/i/")
    assert len(saved) == 3


def test_sheet_of_access_codes_can_be_printed_and_saved(
    signed_in: Page, web_server: WebServer, wave: Wave, tmp_path: Path
) -> None:
    Wave.objects.update(status="open", closes_at="2100-01-01T00:00Z", doors=["code"])

    signed_in.goto(f"{web_server.url}/staff/waves/{wave.pk}/codes/new/")
    signed_in.get_by_label("Contact point").fill("Front desk")
    signed_in.get_by_label("How many codes").fill("8")
    follow(signed_in.get_by_role("button", name="Make the codes and show them"))
    assert not faults(signed_in, "sheet", tmp_path)
    codes = signed_in.locator(".slip-code").all_inner_texts()
    with signed_in.expect_download() as download:
        signed_in.get_by_role("link", name="Save the codes as CSV").click()
    signed_in.emulate_media(media="print")
    signed_in.screenshot(path=tmp_path / "sheet-print.png", full_page=True)

    assert len(set(codes)) == 8
    saved = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert saved[1:] == [f"{code},{web_server.url}/code/" for code in codes]
    assert not signed_in.get_by_text("These codes are shown once").is_visible()


def test_log_in_page_passes_the_accessibility_rules(
    page: Page, web_server: WebServer, tmp_path: Path
) -> None:
    page.goto(f"{web_server.url}/staff/login/")

    assert not faults(page, "log-in", tmp_path)
