from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent, User
from surveys.models import Edition, Wave
from tests.services import acting_as
from tests.staff.people import NOW
from tests.staff.stage import give_key, small_questionnaire, small_wave
from tests.staff.visits import LogIn, get


@pytest.fixture(autouse=True)
def frozen_clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser_(logged_in: LogIn, fieldworker: User) -> Client:
    return logged_in(fieldworker)


def post(client: Client, path: str, typed: dict[str, Any] | None = None) -> tuple[int, str]:
    """Status, and the page or the place that it leads to."""
    with acting_as("web"):
        response = client.post(path, typed or {})
    return response.status_code, response.headers.get("Location") or response.content.decode()


def typed_wave(**fields: Any) -> dict[str, Any]:
    edition = Edition.objects.create(year=2019, title="The report")
    return {
        "edition": edition.pk,
        "questionnaire": small_questionnaire().pk,
        "time_zone": "Europe/Berlin",
        "opens_at": "2019-06-10T09:00",
        "closes_at": "2019-07-10T18:00",
        "min_batch": "12",
        "synthetic": "on",
        **fields,
    }


def test_dashboard_without_editions_says_so(browser_: Client) -> None:
    assert "There is no edition yet" in get(browser_, "/staff/")


def test_dashboard_of_somebody_without_role_shows_nothing(logged_in: LogIn, outsider: User) -> None:
    small_wave()

    page = get(logged_in(outsider), "/staff/")

    assert "Your account has no role yet" in page
    assert "small v1" not in page


def test_dashboard_shows_waves_with_their_times_and_zone(browser_: Client) -> None:
    small_wave(time_zone="Europe/Berlin")

    page = get(browser_, "/staff/")

    assert "2 June 2019, 11:00 (Europe/Berlin)" in page
    assert "being prepared" in page
    assert "none yet" in page


def test_new_edition_is_made_and_recorded(browser_: Client) -> None:
    status, place = post(browser_, "/staff/editions/new/", {"year": "2020", "title": "Next"})

    assert (status, place) == (302, "/staff/")
    assert Edition.objects.get().title == "Next"
    assert AuditEvent.objects.get().action == "edition.created"


def test_new_edition_of_a_year_that_exists_is_refused(browser_: Client) -> None:
    Edition.objects.create(year=2020, title="There")

    status, page = post(browser_, "/staff/editions/new/", {"year": "2020", "title": "Next"})

    assert status == 422
    assert "There is already an edition 2020." in page
    assert not AuditEvent.objects.exists()


def test_new_wave_is_made_with_instants_of_its_zone(browser_: Client) -> None:
    status, place = post(browser_, "/staff/waves/new/", typed_wave())

    wave = Wave.objects.get()
    assert (status, place) == (302, f"/staff/waves/{wave.pk}/")
    assert wave.opens_at.isoformat() == "2019-06-10T07:00:00+00:00"
    assert (wave.min_batch, wave.synthetic, wave.status) == (12, True, "draft")
    assert AuditEvent.objects.get().action == "wave.created"


def test_new_wave_like_one_there_is_is_refused(browser_: Client) -> None:
    typed = typed_wave()
    post(browser_, "/staff/waves/new/", typed)

    status, page = post(browser_, "/staff/waves/new/", typed)

    assert status == 422
    assert "already has a wave with this version" in page
    assert Wave.objects.count() == 1


def test_new_wave_refused_keeps_what_was_typed(browser_: Client) -> None:
    status, page = post(browser_, "/staff/waves/new/", typed_wave(min_batch="3"))

    assert status == 422
    assert 'value="2019-06-10T09:00"' in page
    assert '<a href="#id_min_batch">The smallest batch is 10' in page


def test_wave_changed_while_it_is_prepared_is_saved(browser_: Client) -> None:
    wave = small_wave(time_zone="Europe/Berlin")
    page = get(browser_, f"/staff/waves/{wave.pk}/edit/")
    assert 'value="2019-06-02T11:00"' in page

    typed = {
        "edition": wave.edition_id,
        "questionnaire": wave.questionnaire_id,
        "time_zone": "Asia/Tokyo",
        "opens_at": "2019-06-10T09:00",
        "closes_at": "2019-07-10T18:00",
        "min_batch": "15",
    }
    status, _place = post(browser_, f"/staff/waves/{wave.pk}/edit/", typed)

    wave.refresh_from_db()
    assert status == 302
    assert (wave.time_zone, wave.min_batch, wave.synthetic) == ("Asia/Tokyo", 15, False)


def test_wave_changed_after_it_was_opened_is_refused(browser_: Client) -> None:
    wave = small_wave(status="open")

    status, page = post(
        browser_,
        f"/staff/waves/{wave.pk}/edit/",
        {
            "edition": wave.edition_id,
            "questionnaire": wave.questionnaire_id,
            "time_zone": "UTC",
            "opens_at": "2019-06-10T09:00",
            "closes_at": "2019-07-10T18:00",
            "min_batch": "15",
        },
    )

    assert status == 422
    assert "This wave has been opened" in page


def test_places_form_has_a_field_for_each_free_place_and_shows_those_of_the_system(browser_: Client) -> None:
    wave = small_wave(time_zone="Europe/Berlin")

    page = get(browser_, f"/staff/waves/{wave.pk}/places/")

    assert page.count('name="place-') == 2
    assert "Withdrawal date" in page
    assert "July 3, 2019" in page


def test_places_are_saved_and_recorded_without_their_texts(browser_: Client) -> None:
    wave = small_wave()

    status, _place = post(
        browser_, f"/staff/waves/{wave.pk}/places/", {"place-0": "desk@example.org", "place-1": "112"}
    )

    assert status == 302
    assert dict(wave.places.values_list("place", "text")) == {
        "contact": "desk@example.org",
        "helpline": "112",
    }
    assert "desk" not in str(AuditEvent.objects.get().details)


def test_place_of_an_open_wave_cannot_be_emptied(browser_: Client) -> None:
    wave = small_wave(status="open")

    status, page = post(browser_, f"/staff/waves/{wave.pk}/places/", {"place-0": "desk", "place-1": ""})

    assert status == 422
    assert "[helpline] cannot be left empty" in page


def test_wave_page_lists_everything_that_is_missing(browser_: Client) -> None:
    wave = small_wave(closes_at=NOW - timedelta(hours=1), opens_at=NOW - timedelta(days=2))

    page = get(browser_, f"/staff/waves/{wave.pk}/")

    for sentence in ("Its closing time has passed", "It has no key yet", "[contact]", "[helpline]"):
        assert sentence in page


def test_open_with_something_missing_is_refused_with_all_of_it(browser_: Client) -> None:
    wave = small_wave()

    status, page = post(browser_, f"/staff/waves/{wave.pk}/open/")

    assert status == 422
    assert page.count("<li>The place [") == 2
    wave.refresh_from_db()
    assert wave.status == "draft"


def test_open_and_close_follow_each_other(browser_: Client) -> None:
    wave = small_wave()
    give_key(wave)
    post(browser_, f"/staff/waves/{wave.pk}/places/", {"place-0": "desk", "place-1": "112"})

    assert post(browser_, f"/staff/waves/{wave.pk}/open/")[0] == 302
    wave.refresh_from_db()
    assert wave.status == "open"

    assert "Close it now" in get(browser_, f"/staff/waves/{wave.pk}/close/")
    assert post(browser_, f"/staff/waves/{wave.pk}/close/")[0] == 302
    wave.refresh_from_db()
    assert wave.closes_at == NOW
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["wave.places", "wave.opened", "wave.closed"]


def test_close_of_a_wave_that_is_not_open_is_refused(browser_: Client) -> None:
    wave = small_wave()

    status, page = post(browser_, f"/staff/waves/{wave.pk}/close/")

    assert status == 422
    assert "nothing to close" in page


def test_wave_page_offers_an_analyst_nothing_to_change(logged_in: LogIn, analyst: User) -> None:
    wave = small_wave()

    page = get(logged_in(analyst), f"/staff/waves/{wave.pk}/")

    for place in ("edit", "places", "open", "key", "invitations", "fieldwork"):
        assert f"/staff/waves/{wave.pk}/{place}/" not in page
    assert f"/staff/waves/{wave.pk}/tables/" in page
