from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from surveys.models import KeyCustody, Wave
from tests.services import acting_as
from tests.staff.people import NOW, log_in
from tests.staff.stage import give_key, small_wave
from tests.staff.visits import LogIn, get

CLOSE = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def frozen_clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def keyed(db: None) -> Wave:
    wave = small_wave(time_zone="Europe/Berlin")
    give_key(wave)
    KeyCustody.objects.create(wave=wave, made_on=NOW.date())
    return wave


def path(wave: Wave, page: str = "life") -> str:
    return f"/staff/waves/{wave.pk}/key/{page}/"


def send(log_in: LogIn, user: User, path: str, *ticked: str) -> Any:
    client = log_in(user)
    with acting_as("web"):
        return client.post(path, dict.fromkeys(ticked, "on"))


def test_wave_without_a_recorded_copy_warns_on_its_page_and_before_opening(
    logged_in: LogIn, fieldworker: User, publisher: User, keyed: Wave
) -> None:
    pages = (f"/staff/waves/{keyed.pk}/", f"/staff/waves/{keyed.pk}/open/")
    before = ["No copy of the key is recorded" in get(logged_in(fieldworker), page) for page in pages]

    for user in (fieldworker, publisher):
        assert send(logged_in, user, path(keyed, "part"), "kept").status_code == 302
    after = ["No copy of the key is recorded" in get(logged_in(fieldworker), page) for page in pages]

    assert (before, after) == ([True, True], [False, False])


def test_losing_the_key_is_explained_before_it_can_happen(
    logged_in: LogIn, fieldworker: User, keyed: Wave
) -> None:
    asking = get(logged_in(fieldworker), f"/staff/waves/{keyed.pk}/key/")
    opening = get(logged_in(fieldworker), f"/staff/waves/{keyed.pk}/open/")

    assert "nobody can open the box" in asking
    assert "copy_wave_key" in asking
    assert "the answers in the box are lost with them" in opening
    assert "2 August 2019" in opening.replace("\xa0", " ")


def test_page_of_the_key_shows_days_and_people_and_no_times(
    logged_in: LogIn, fieldworker: User, publisher: User, keyed: Wave
) -> None:
    send(logged_in, fieldworker, path(keyed, "part"), "kept")
    send(logged_in, publisher, path(keyed, "part"), "kept")

    page = get(logged_in(publisher), path(keyed)).replace("\xa0", " ")

    assert "kept by fieldwork@example.org, since 3 June 2019" in page
    assert "kept by publisher@example.org, since 3 June 2019" in page
    assert "09:00" not in page
    assert "11:00" not in page


def test_box_not_ticked_or_second_half_by_the_same_person_is_refused(
    logged_in: LogIn, fieldworker: User, keyed: Wave
) -> None:
    unticked = send(logged_in, fieldworker, path(keyed, "part"))
    send(logged_in, fieldworker, path(keyed, "part"), "kept")
    twice = send(logged_in, fieldworker, path(keyed, "part"), "kept")

    assert unticked.status_code == twice.status_code == 422
    assert "Tick the box when you have locked your part away" in unticked.content.decode()
    assert "Somebody else has to do the second" in twice.content.decode()


def test_destruction_is_offered_after_the_last_opening_to_those_who_may(
    logged_in: LogIn, fieldworker: User, publisher: User, analyst: User, keyed: Wave
) -> None:
    offered = []
    for status in ("open", "final"):
        Wave.objects.update(status=status)
        offered.append("Have the key destroyed" in get(logged_in(fieldworker), path(keyed)))
    early = send(logged_in, fieldworker, path(keyed, "destroy"), "gone")
    both = {
        user.email: "Confirm the destruction" in get(logged_in(user), path(keyed))
        for user in (fieldworker, publisher, analyst)
    }

    assert offered == [False, True]
    assert early.status_code == 302
    assert both == {
        "fieldwork@example.org": False,
        "publisher@example.org": True,
        "analyst@example.org": False,
    }


def test_destruction_before_the_last_opening_is_refused_in_words(
    logged_in: LogIn, fieldworker: User, keyed: Wave
) -> None:
    refused = send(logged_in, fieldworker, path(keyed, "destroy"), "gone")

    assert refused.status_code == 422
    assert "has not been emptied yet" in refused.content.decode()


def test_confirmation_while_redis_is_down_counts(
    logged_in: LogIn, fieldworker: User, publisher: User, keyed: Wave, no_redis: None
) -> None:
    Wave.objects.update(status="final")
    send(logged_in, fieldworker, path(keyed, "destroy"), "gone")

    done = send(logged_in, publisher, path(keyed, "confirm"), "gone")

    assert done.status_code == 302
    assert KeyCustody.objects.get().confirmed_by == publisher


@pytest.mark.parametrize(
    ("days", "shown"), [(19, ""), (20, "has to be destroyed by"), (30, "should have been destroyed by")]
)
def test_dashboard_reminds_from_day_twenty_on_and_more_strongly_from_day_thirty(
    logged_in: LogIn, fieldworker: User, keyed: Wave, frozen_clock: Any, days: int, shown: str
) -> None:
    Wave.objects.update(status="final")
    client = logged_in(fieldworker)
    frozen_clock.move_to(CLOSE + timedelta(days=days))
    log_in(client, fieldworker)

    page = get(client, "/staff/")

    assert ("The key of" in page) == bool(shown)
    assert shown in page
    assert ("notice-bad" in page) == (days >= 30)
