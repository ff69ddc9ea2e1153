"""python -m docs.take_screenshots: pictures of the running demo, at the width of a desk and of a telephone."""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from config.embedded import ensure
from config.embedded.places import default_base
from tests.chromium import HOW_TO_GET_IT, OPTIONS
from tests.chromium import find as find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from reports.demo.client import Respondent

FOLDER = Path(__file__).resolve().parent / "screenshots"
SIZES = {"1280": {"width": 1280, "height": 900}, "390": {"width": 390, "height": 844}}
QUESTION, GRID = "q-ls_trend", "q-ls_forms_common-distant"
# A language of each direction. Names of pictures carry that of the second one.
LANGUAGES = {"en": "", "ar": "-ar"}
REPORT = {
    "report": "/2019/",
    "part": "/2019/1/part/law_enforcement/",
    "figure": "/2019/1/figure/law_enforcement.ls_trend/",
    "enterprise": "/2019/1/part/enterprise/",
    "technologies": "/2019/1/technologies/",
    "method": "/2019/1/method/",
    "data": "/2019/1/data/",
    "api": "/api/",
}


def main() -> int:
    running = default_base() / "demo/running.json"
    if not running.exists():
        print(
            "The demo does not run. Start it with: make demo; then take the pictures beside it.",
            file=sys.stderr,
        )
        return 1
    chromium = find_chromium()
    if chromium is None:
        print(HOW_TO_GET_IT, file=sys.stderr)
        return 1
    set_up()
    base_url = json.loads(running.read_text())["base_url"]
    FOLDER.mkdir(exist_ok=True)
    take(chromium, base_url)
    return 0


def set_up() -> None:
    os.environ["ENQUIRY_ENV"] = "demo"
    # Playwright keeps an event loop in this thread; the database is used between its calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    ensure(process="web")
    import django

    django.setup()


def take(chromium: str, base_url: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        for name in SIZES:
            for language in LANGUAGES:
                take_questionnaire(browser, name, language, base_url)
                take_report(browser, name, language, base_url)
        browser.close()


def take_questionnaire(browser: Browser, size: str, language: str, base_url: str) -> None:
    link, respondent = visitor(base_url, language)
    page = browser.new_context(viewport=SIZES[size]).new_page()
    direction = LANGUAGES[language]
    page.goto(base_url + link)
    picture(page, f"consent{direction}", size)
    asked = respondent.walk(respondent.open(link), lambda seen: shows(seen, QUESTION))
    page.goto(base_url + link)
    page.goto(asked.url)
    picture(page, f"question{direction}", size)
    page.click("button.button[name=action][value=continue]")
    picture(page, f"error{direction}", size)
    grid = respondent.walk(respondent.open(asked.url), lambda seen: shows(seen, GRID))
    page.goto(grid.url)
    picture(page, f"grid{direction}", size)
    respondent.walk(respondent.open(grid.url), lambda seen: seen.form_to("/answer/send") is not None)
    page.goto(f"{base_url}/answer/check")
    picture(page, f"check{direction}", size)
    page.click("form[action$='/answer/send'] button.button")
    picture(page, f"thanks{direction}", size)


def take_report(browser: Browser, size: str, language: str, base_url: str) -> None:
    context = browser.new_context(viewport=SIZES[size], extra_http_headers={"Accept-Language": language})
    page = context.new_page()
    for name, place in REPORT.items():
        page.goto(base_url + place)
        picture(page, f"{name}{LANGUAGES[language]}", size)


def picture(page: Page, name: str, size: str) -> None:
    page.screenshot(path=str(FOLDER / f"{name}-{size}.png"))


def shows(page: object, field: str) -> bool:
    from reports.demo.client import STEP, Page, question_names

    assert isinstance(page, Page)
    form = page.form_to(STEP)
    return form is not None and field in question_names(form)


def visitor(base_url: str, language: str) -> tuple[str, Respondent]:
    """A fresh link of the open wave, and a made-up officer who fills in what no picture is taken of."""
    import httpx
    from django.utils import timezone

    from accounts.models import User
    from reports.demo.casts import LAW_ENFORCEMENT, SEED
    from reports.demo.client import Respondent, fields_of
    from reports.demo.persons import draw
    from reports.demo.show import NEXT_YEAR
    from reports.demo.stage import STAFF, row_for
    from responses.actions.invite import invite
    from surveys.models import Wave
    from surveys.queries import definition_of

    wave = Wave.objects.get(edition__year=NEXT_YEAR, questionnaire__key=LAW_ENFORCEMENT.questionnaire)
    manager = User.objects.get(email=STAFF["fieldwork"])
    row = replace(row_for(wave, f"visitor.{secrets.token_hex(4)}@example.org"), language=language)
    [(_address, token)] = invite(wave=wave, rows=[row], by=manager, now=timezone.now())
    definition = definition_of(wave.questionnaire)
    people = draw(definition, LAW_ENFORCEMENT.plan, size=20, seed=SEED)
    # Somebody who has met every form, so that the grid is asked.
    person = next(p for p in people if "ls_forms_common:distant" in p.answers)
    return f"/i/{token}", Respondent(httpx.HTTPTransport(), base_url, fields_of(definition, person.answers))


if __name__ == "__main__":
    raise SystemExit(main())
