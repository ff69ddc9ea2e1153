from __future__ import annotations

import pytest

from accounts.models import User
from surveys.models import Wave
from tests.reports.editions import edition, table
from tests.staff.visits import LogIn, get


@pytest.fixture
def wave(db: None) -> Wave:
    found = edition(2019)
    table(found, {"written": (405, 450), "spoken": None})
    parts = {"us": {"written": (160, 200)}, "else": {"written": (100, 200)}}
    table(found, parts, breakdown="area2")
    return found


def test_words_of_a_question_are_reached_from_its_tables(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)
    path = f"/staff/waves/{wave.pk}/tables/policy/"

    assert f'href="{path}words/"' in get(client, path)
    shown = get(client, f"{path}words/").translate(str.maketrans("", "", "\u2066\u2069"))

    assert "Nine in ten respondents (90\N{NO-BREAK SPACE}%, base 450)" in shown
    assert "A large majority of the respondents" in shown
    assert "from US to Elsewhere" in shown
    assert "<strong>−30</strong>" in shown
    assert "Spoken policy" not in shown
    assert "draft until a native speaker" not in shown


def test_words_in_another_language_say_that_they_are_a_draft(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)
    client.cookies["enquiry_language"] = "sv"

    response = client.get(f"/staff/waves/{wave.pk}/tables/policy/words/")

    shown = response.content.decode()
    assert response.context["is_draft"]
    assert "Nio av tio svarande (90\N{NO-BREAK SPACE}%, bas 450)" in shown


def test_words_of_what_is_not_asked_are_not_found(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)

    assert client.get(f"/staff/waves/{wave.pk}/tables/other/words/").status_code == 404
    assert client.get(f"/staff/waves/{wave.pk}/tables/area/words/").status_code == 404
