"""The page of a wave's response metrics, and what staff enter by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import html

from accounts.models import AuditEvent, User
from reports.models import KnownByHand
from reports.response_figures import BREAK_OFF, COMPLETION, PARTICIPATION, Caution, Reason
from reports.response_rates import FORMULAS, Found
from reports.response_words import BY_HAND, CAUTIONS, FOUND, HEADLINE, MEANINGS, REASONS, name_of
from surveys.models import Wave
from tests.services import acting_as
from tests.staff.responses import fielded_wave
from tests.staff.stage import small_wave
from tests.staff.visits import LogIn, get

TYPED = {"cases_2_26": "11", "cases_4_1": "2", "stated_e": "", "note": "Replies until 12 June."}


@pytest.fixture
def wave(db: None) -> Wave:
    return fielded_wave()


def address(wave: Wave) -> str:
    return f"/staff/waves/{wave.pk}/response/"


def rows(page: str) -> dict[str, str]:
    """First cell of every line -> the second, as they are read."""
    found = {}
    for row in html.fromstring(page).xpath("//tbody/tr"):
        head, value = (" ".join(cell.text_content().split()) for cell in row)
        found[head] = value
    return found


def value_of(page: str, name: str) -> str:
    return next(value for head, value in rows(page).items() if head.startswith(name))


def test_page_before_the_first_run_says_when_there_are_metrics(
    logged_in: LogIn, analyst: User, db: None
) -> None:
    page = get(logged_in(analyst), address(small_wave(status="open")))

    assert "There are no response metrics yet." in page
    assert not rows(page)


def test_page_shows_the_rates_of_the_list_with_their_meaning(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    page = get(logged_in(analyst), address(wave))

    # Of 160 that were sent the list has 100: 75 I, 15 P, 5 with less, 5 NE. R 12 + 20 + 14 + 5; UO 80 + 14.
    assert value_of(page, "Response rate 2 (RR2)") == "38.3 %"
    assert value_of(page, "Response rate 1 (RR1)") == "31.9 %"
    assert value_of(page, "Break-off rate") == "21.7 %"
    assert "e = 0.966: the share among the cases of which it is known" in page
    assert value_of(page, "Complete (I)") == "75"
    assert value_of(page, "Other eligible cases") == "withheld fewer than 10"
    assert "out of all cases that are or may be eligible. The lowest that it can be." in page
    headings = [name for name in rows(page) if "(RR" in name]
    assert headings[0].startswith("Response rate 2 (RR2)")


def test_page_shows_no_response_rate_of_an_open_door(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    page = get(logged_in(analyst), address(wave))
    portal = page.partition('id="door-portal"')[2].partition("</section>")[0]

    assert "so there is no response rate" in portal
    assert (value_of(portal, "Opened"), value_of(portal, "Started"), value_of(portal, "Finished")) == (
        "100",
        "75",
        "60",
    )
    assert value_of(portal, "Completion rate") == "80.0 %"
    assert "RR" not in portal


def test_page_shows_no_count_below_ten(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    values = [
        value for name, value in rows(get(logged_in(analyst), address(wave))).items() if "%" not in value
    ]

    numbers = [int(value.replace(",", "")) for value in values if value.replace(",", "").isdigit()]
    assert numbers
    assert all(number == 0 or number >= 10 for number in numbers)


def test_page_of_an_imported_wave_says_why_there_is_no_rate(
    logged_in: LogIn, fieldworker: User, db: None
) -> None:
    wave = small_wave(status="final", origin="imported")
    client = logged_in(fieldworker)

    assert "were collected elsewhere" in get(client, address(wave))
    assert post(client, wave).status_code == 422


def test_wave_page_leads_to_the_response(logged_in: LogIn, fieldworker: User, wave: Wave) -> None:
    assert f'href="{address(wave)}"' in get(logged_in(fieldworker), f"/staff/waves/{wave.pk}/")


def post(client: Client, wave: Wave, **typed: str) -> Any:
    with acting_as("web"):
        return client.post(f"{address(wave)}by-hand/", {**TYPED, **typed})


def test_cases_known_by_hand_are_kept_shown_and_filled_in_again(
    logged_in: LogIn, fieldworker: User, wave: Wave
) -> None:
    client = logged_in(fieldworker)

    done = post(client, wave, stated_e="90")

    assert done.headers["Location"] == address(wave)
    page = get(client, address(wave))
    assert value_of(page, "Away for the whole field period (2.26)") == "11"
    assert "Replies until 12 June." in page
    form = html.fromstring(get(client, f"{address(wave)}by-hand/"))
    assert form.xpath("//input[@name='cases_2_26']/@value") == ["11"]
    assert form.xpath("//input[@name='stated_e']/@value") == ["90"]
    assert KnownByHand.objects.get().stated_e == 0.9
    assert AuditEvent.objects.get().action == "response.known_by_hand"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"cases_2_26": "many"}, "Away for the whole field period (2.26): type a whole number"),
        ({"cases_2_26": "-1"}, "Away for the whole field period (2.26): type a whole number"),
        ({"stated_e": "101"}, "The share e: type a whole per cent"),
        ({"note": ""}, "Say where the numbers come from."),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(
    logged_in: LogIn, fieldworker: User, wave: Wave, typed: dict[str, str], sentence: str
) -> None:
    response = post(logged_in(fieldworker), wave, **typed)
    page = response.content.decode()

    assert response.status_code == 422
    assert sentence in page
    assert 'name="cases_4_1" value="2"' in page
    assert not KnownByHand.objects.exists()


def test_analyst_reads_the_response_and_enters_nothing(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)

    assert "Enter cases known by hand" not in get(client, address(wave))
    assert post(client, wave).status_code == 403


def test_every_rate_reason_and_caution_has_its_words() -> None:
    assert set(MEANINGS) == {*FORMULAS, BREAK_OFF, COMPLETION, PARTICIPATION}
    assert set(REASONS) == set(Reason)
    assert set(CAUTIONS) == set(Caution)
    assert set(FOUND) == set(Found)
    assert set(HEADLINE) <= set(MEANINGS)
    assert len({name_of(rate) for rate in MEANINGS}) == len(MEANINGS)
    assert all("{" not in str(words) and "%(" not in str(words) for words in BY_HAND.values())
