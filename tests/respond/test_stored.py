"""The page What we store: whole, true to the database, and about one's own survey where one is open."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils.translation import override

from accounts.models import User
from config.columns import About, classified
from config.grants import GRANTS
from responses.days import days_of
from responses.stored import ABOUT_RESPONDENTS, LINES, UNTIL, Line
from surveys.models import KeyCustody, Wave, WavePlace
from tests import accessibility
from tests.respond.fieldwork import Respondent, new_link, open_wave, speak
from tests.services import WebServer, acting_as

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROLES = ("web", "worker")


def shown(respondent: Respondent | None = None) -> str:
    found = respondent or Respondent("/what-we-store/")
    with acting_as("web"):
        return " ".join(found.get("/what-we-store/").text().split())


def test_page_has_a_line_for_every_column_about_respondents_and_no_other() -> None:
    stored = {place for place, about in classified().items() if about in ABOUT_RESPONDENTS}
    said = [place for line in LINES for place in line.places]

    assert stored - set(said) == set(), "say in responses/stored.py what these are"
    assert set(said) - stored == set()
    assert len(said) == len(set(said))


def test_classes_without_a_line_are_about_no_respondent() -> None:
    others = {About.STAFF, About.AUDIT, About.PUBLISHED, About.DEFINITION, About.SYSTEM, About.IMPORT}

    assert set(About) == others | set(ABOUT_RESPONDENTS)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.table} {line.columns}")
def test_line_is_about_one_class_and_has_one_end(line: Line) -> None:
    assert len({classified()[place] for place in line.places}) == 1
    assert set(line.columns.split()) <= set(line.rule.columns.split())
    assert bool(line.stays) == (line.rule.ends is None)
    assert line.rule.ends is None or line.rule.ends in UNTIL


def may_read(role: str, table: str, column: str) -> bool:
    rights = GRANTS[table][ROLES.index(role)]
    if found := re.search(r"SELECT \(([^)]*)\)", rights):
        return column in found[1].split(", ")
    return "SELECT" in rights


@pytest.mark.parametrize("role", ROLES)
def test_readers_are_those_whom_the_database_lets_read(role: str) -> None:
    wrong = [
        (line.table, column)
        for line in LINES
        for column in line.columns.split()
        if may_read(role, line.table, column) != any(reader.role == role for reader in line.readers)
    ]

    assert wrong == []


def test_page_in_general_names_no_day_and_every_line(db: None) -> None:
    text = shown()

    for line in LINES:
        assert " ".join(str(line.what).split()) in text
    assert "At most 30 days after the survey has closed" in text
    assert "The survey that is open in this browser" not in text
    assert text.count("What we cannot protect you from") == 1
    for remains in (
        "before that key is destroyed",
        "moment in which you send",
        "took part",
        "recognises you",
    ):
        assert remains in text


def test_page_of_an_open_visit_names_its_days_and_settings(db: None) -> None:
    wave = open_wave("law_enforcement", min_batch=14, closes_at=datetime(2031, 3, 1, 17, 0, tzinfo=UTC))
    WavePlace.objects.filter(wave=wave, place="retention years").update(text="10")
    speak(wave, "sv")

    text = shown(Respondent(new_link(wave)).open())

    assert text.count("March 1, 2031, 18:00 (Europe/Stockholm)") == 3
    assert "is destroyed at the latest on March 31, 2031" in text
    assert "At the latest on March 31, 2031" in text
    assert "13 other people" in text
    assert "those of at least 13 others" in text
    assert "Until 2041, 10 years after the close" in text
    assert "Svenska" in text
    assert "a personal link in an e-mail" in text


def test_page_names_the_doors_of_a_wave_that_has_them(db: None) -> None:
    wave = open_wave("law_enforcement")
    wave.doors = ["email", "code"]

    assert days_of(wave).doors == ("a personal link in an e-mail", "an access code from a contact point")


def test_page_says_when_the_key_is_gone(db: None) -> None:
    wave = open_wave("law_enforcement")
    one, other = (User.objects.create_user(f"{name}@example.org") for name in ("one", "other"))
    days = dict.fromkeys(
        ("asked_on", "confirmed_on", "destroyed_on"), datetime(2031, 3, 9, tzinfo=UTC).date()
    )
    listed = days_of(wave).title in shown()

    KeyCustody.objects.create(wave=wave, asked_by=one, confirmed_by=other, **days)

    assert "was destroyed on March 9, 2031" in shown(Respondent(new_link(wave)).open())
    assert (listed, days_of(wave).title in shown()) == (True, False)


def test_page_without_a_visit_names_the_last_day_of_every_key_that_is_there(db: None) -> None:
    waves = [open_wave("law_enforcement"), open_wave("enterprise")]
    Wave.objects.filter(pk=waves[1].pk).update(closes_at=datetime(2031, 1, 1, 12, tzinfo=UTC))

    text = shown()

    for wave in waves:
        wave.refresh_from_db()
        assert days_of(wave).title in text
        assert days_of(wave).key_gone in text


def test_page_is_in_the_language_of_the_browser_even_where_the_survey_is_not(db: None) -> None:
    respondent = Respondent(new_link(open_wave("law_enforcement"))).open()
    respondent.client.cookies["enquiry_language"] = "sv"

    respondent.get("/what-we-store/")

    assert respondent.page.get("lang") == "sv"
    with override("sv"):
        assert str(LINES[0].what) in respondent.text()


def test_page_changes_nothing_and_keeps_the_visit(db: None) -> None:
    respondent = Respondent(new_link(open_wave("law_enforcement"))).begin()
    before = Counter(respondent.client.cookies.output().split("\n"))

    shown(respondent)

    assert before == Counter(respondent.client.cookies.output().split("\n"))
    assert respondent.response["Cache-Control"] == "no-store"


@pytest.mark.browser
def test_page_keeps_the_rules_at_every_width_with_and_without_a_visit(
    page: Page, web_server: WebServer, committed_database: object
) -> None:
    wave = open_wave("law_enforcement", closes_at=datetime.now(UTC) + timedelta(days=3))
    speak(wave, "ar")
    found = []
    for language in ("en", "ar"):
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "enquiry_language", "value": language, "url": web_server.url}])
        page.goto(f"{web_server.url}/what-we-store/")
        found += [f"{language} general: {fault}" for fault in accessibility.faults(page)]
        page.goto(f"{web_server.url}{new_link(wave)}")
        page.goto(f"{web_server.url}/what-we-store/")
        found += [f"{language} own: {fault}" for fault in accessibility.faults(page)]

    assert found == []
