"""The pages about weights in a real browser: accessible and never wider than the screen, empty, refused and filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from reports.actions import weights
from reports.models import Run
from reports.weighting import Margin, rake
from surveys.models import Wave
from tests.accessibility import NARROW, WIDE, faults
from tests.browsing import follow
from tests.services import Database, WebServer
from tests.staff.browsing import sign_in
from tests.staff.people import NOW, member
from tests.staff.stage import small_wave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def wave(committed_database: Database) -> Wave:
    return small_wave(status=Wave.Status.OPEN)


@pytest.fixture
def fieldwork(committed_database: Database) -> User:
    return member("fieldwork")


def complaints(page: Page) -> list[str]:
    found = faults(page, ruled=(WIDE, NARROW))
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found


def test_weights_are_fixed_and_read_at_a_browser(
    page: Page, web_server: WebServer, wave: Wave, fieldwork: User
) -> None:
    sign_in(page, web_server.url, fieldwork)
    page.goto(f"{web_server.url}/staff/waves/{wave.pk}/")
    follow(page.get_by_role("link", name="Weights"))
    found = {"before": complaints(page)}

    follow(page.get_by_role("link", name="Give the shares"))
    page.get_by_label("Small, in per cent").fill("40")
    page.get_by_label("Large, in per cent").fill("50")
    page.get_by_label("Where the shares are from").fill("List of those invited")
    follow(page.get_by_role("button", name="Save"))
    assert page.get_by_text("The shares add to 90 per cent").is_visible()
    found["shares refused"] = complaints(page)
    page.get_by_label("Large, in per cent").fill("60")
    follow(page.get_by_role("button", name="Save"))

    follow(page.get_by_role("link", name="Change the method"))
    page.get_by_label("Weighted ones, if").check()
    follow(page.get_by_role("button", name="Save"))
    assert page.get_by_text("Choose the class by which response is compared").first.is_visible()
    found["method refused"] = complaints(page)
    page.get_by_label("Response is compared by").select_option(label="Size")
    follow(page.get_by_role("button", name="Save"))
    assert page.get_by_text("groups of “Size” by more than a factor 1.5").is_visible()

    run = Run.objects.create(wave=wave, claim_number=1, started_at=NOW, status=Run.Status.DONE, opened=600)
    raked = rake([60, 540], [[0], [1]], [Margin("size2", ("small", "large"), (0.52, 0.48))])
    weights.keep(wave=wave, run=run, result=raked, published=True)
    page.reload()
    assert page.get_by_text("Nothing can be changed now").is_visible()
    assert page.get_by_text("216 of 600").is_visible()
    found["after the run"] = complaints(page)

    assert {state: sentences for state, sentences in found.items() if sentences} == {}
