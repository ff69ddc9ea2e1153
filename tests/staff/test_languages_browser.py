"""The pages about a wave's languages as a browser shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from surveys.actions.waves import set_places
from tests.services import WebServer
from tests.staff.people import NOW
from tests.staff.stage import small_wave
from tests.staff.test_browser import faults, signed_in  # noqa: F401
from tests.staff.test_languages import translate

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_pages_about_languages_pass_the_accessibility_rules_at_every_width(
    committed_database: object,
    signed_in: Page,  # noqa: F811
    web_server: WebServer,
    tmp_path: Path,
) -> None:
    wave = small_wave(status="open", languages=["ar", "sv"])
    translate(wave, without="question.policy.text")
    translate(wave, "ar", reviewed_by="Layla")
    wave.questionnaire.wordings.filter(language="sv", path="question.size.text").update(
        source_hash="00000000"
    )
    letter = {"letter": "To whom it may concern\n\nThis is a letter.", "subject lines": "One\nTwo"}
    set_places(wave=wave, places=letter, by=User.objects.get(email="everything@example.org"), now=NOW)
    root = f"{web_server.url}/staff/waves/{wave.pk}/"

    found = []
    for name in ("", "languages/", "languages/sv/open/", "languages/ar/close/", "announcement/?language=sv"):
        signed_in.goto(root + name)
        signed_in.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found += faults(signed_in, name.replace("/", "-").replace("?", ""), tmp_path)
    signed_in.goto(f"{root}places/?language=ar")
    found += faults(signed_in, "places-ar", tmp_path)

    assert not found
