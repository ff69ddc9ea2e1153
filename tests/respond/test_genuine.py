"""The page on which somebody compares an e-mail with what was announced, and the letter for their agency."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from surveys.models import Wave, WavePlace
from tests.respond.fieldwork import Respondent, new_link, open_wave

pytestmark = pytest.mark.django_db

HOSTILE = "<b onclick=alert(1)>Survey</b>"
ANNOUNCED = {
    "sender domain": "survey.example.org",
    "subject lines": f"Your invitation\n\n{HOSTILE}",
    "telephone": "+46 8 000 00",
}


def announce(wave: Wave, **texts: str) -> None:
    for place, text in texts.items():
        WavePlace.objects.update_or_create(
            wave=wave, place=place.replace("_", " "), language="en", defaults={"text": text}
        )


def page() -> Respondent:
    return Respondent("/genuine/").open()


def letter(wave: Wave) -> Respondent:
    return Respondent(f"/genuine/{wave.pk}/letter").open()


def test_page_without_a_wave_says_that_no_survey_is_open(db: None) -> None:
    found = page()

    assert found.response.status_code == 200
    assert found.heading == "Is this invitation genuine?"
    assert "No survey is open at present" in found.text()


def test_open_wave_shows_what_its_manager_announced(wave: Wave) -> None:
    announce(wave, **{place.replace(" ", "_"): text for place, text in ANNOUNCED.items()})

    text = page().text()

    for said in ("the organisation", "the contact", "survey.example.org", "Your invitation", "+46 8 000 00"):
        assert said in text
    assert text.count("(Europe/Stockholm)") == 2
    assert HOSTILE in text
    assert b"<b onclick" not in page().response.content


def test_wave_about_which_nothing_is_announced_says_how_to_check(wave: Wave) -> None:
    text = page().text()

    assert "nothing has been written here yet" in text
    assert "The sender’s address ends with" not in text


def test_page_shows_how_a_link_of_this_very_host_begins(wave: Wave, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["survey.example.org"]
    response = Client(headers={"host": "survey.example.org"}).get("/genuine/")

    content = response.content.decode()
    assert ">http://survey.example.org/i/</strong>" in content
    assert "22 letters" in content
    assert len(new_link(wave)) == len("/i/") + 22


@pytest.mark.parametrize(
    ("opens", "closes", "status", "is_shown"),
    [
        (-1, 20, Wave.Status.OPEN, True),
        (29, 40, Wave.Status.OPEN, True),
        (31, 40, Wave.Status.OPEN, False),
        (-9, -1, Wave.Status.OPEN, False),
        (5, 40, Wave.Status.DRAFT, False),
        (-9, 5, Wave.Status.FINAL, False),
    ],
)
def test_wave_is_announced_while_it_is_open_and_thirty_days_before(
    db: None, opens: int, closes: int, status: str, is_shown: bool
) -> None:
    now = datetime.now(UTC)
    times = {"opens_at": now + timedelta(days=opens), "closes_at": now + timedelta(days=closes)}
    wave = open_wave("enterprise", status=status, **times)

    shown = "No survey is open at present" not in page().text()
    found = letter(wave).response.status_code

    assert shown is is_shown
    assert found == (200 if is_shown else 404)


def test_page_says_what_is_never_asked_and_sends_nobody_back_to_the_e_mail(wave: Wave) -> None:
    found = page()

    text = found.text()
    for said in ("a password", "attachment", "names of people", "details of a case"):
        assert said in text
    assert not found.page.xpath("//main//a[starts-with(@href, 'http') or starts-with(@href, 'mailto')]")


def test_letter_of_its_own_text_is_markdown_with_its_places_filled(wave: Wave) -> None:
    announce(wave, letter=f"Dear agency,\n\n**[organisation]** asks you. {HOSTILE}")

    found = letter(wave)

    assert found.page.xpath("string(//main//strong)") == "the organisation"
    assert b"<b onclick" not in found.response.content
    assert "Points to check" not in found.text()


def test_letter_without_a_text_of_its_own_is_built_from_the_wave(either_wave: Wave) -> None:
    found = letter(either_wave)

    text = found.text()
    for said in (
        "the organisation",
        "the data protection contact",
        "Points to check",
        "Its sections:",
        "minutes",
    ):
        assert said in text
    assert "[" not in text
    assert found.page.xpath("//button[@data-print and @hidden]")
    assert found.page.xpath("//main//a[contains(@href, '/what-we-store/')]")


def test_letter_of_an_unknown_wave_is_not_found(wave: Wave) -> None:
    assert Respondent(f"/genuine/{uuid4()}/letter").open().response.status_code == 404


def test_pages_set_no_cookie_and_are_linked_from_the_foot_of_every_page(wave: Wave) -> None:
    found = page()
    public = Respondent("/").open()
    respondent = Respondent(new_link(wave)).open()

    assert not found.client.cookies
    for one in (public, respondent):
        assert one.page.xpath("//footer//a[@href='/genuine/']")


def test_handed_on_mail_is_described_where_mail_is_set_up_alone(wave: Wave, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "survey@example.org"
    shown = "survey@example.org" in page().text()
    settings.MAIL_IS_SET_UP = False

    assert shown
    assert "survey@example.org" not in page().text()
