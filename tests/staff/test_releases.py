from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from reports import queries
from reports.models import Release, Run
from reports.queries import fingerprint
from surveys.models import Wave
from tests.services import acting_as
from tests.staff.people import member
from tests.staff.stage import counted, requested, small_wave
from tests.staff.visits import LogIn, get


@pytest.fixture
def wave(db: None) -> Wave:
    """Closed, emptied and counted, so that a release can be asked for."""
    wave = small_wave(status="final")
    counted(wave)
    Run.objects.update(fingerprint=fingerprint(wave, queries.current_policy()))
    return wave


@pytest.fixture
def asked(logged_in: LogIn, analyst: User, wave: Wave) -> Release:
    status, _place = post(logged_in(analyst), "/staff/editions/2019/release/", note="First release")
    assert status == 302
    return Release.objects.get()


def post(client: Client, path: str, **typed: Any) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, typed)
    return response.status_code, response.headers.get("Location") or response.content.decode()


def test_releases_without_edition_say_so(logged_in: LogIn, analyst: User) -> None:
    assert "There is no edition yet" in get(logged_in(analyst), "/staff/releases/")


def test_request_freezes_the_content_and_waits(logged_in: LogIn, analyst: User, asked: Release) -> None:
    assert (asked.status, asked.requested_by, asked.note) == ("requested", analyst, "First release")
    assert asked.content_hash in get(logged_in(analyst), f"/staff/releases/{asked.pk}/")
    assert AuditEvent.objects.get().action == "release.requested"
    assert "waiting for a second person" in get(logged_in(analyst), "/staff/releases/")


def test_request_before_the_wave_is_final_says_what_is_missing(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    Wave.objects.update(status="open")

    assert "Not finished yet: small 2019" in get(logged_in(analyst), "/staff/editions/2019/release/")
    status, page = post(logged_in(analyst), "/staff/editions/2019/release/", note="")

    assert status == 422
    assert "Not finished yet: small 2019" in page
    assert not Release.objects.exists()


def test_request_while_another_waits_is_refused(logged_in: LogIn, publisher: User, asked: Release) -> None:
    status, page = post(logged_in(publisher), "/staff/editions/2019/release/", note="")

    assert status == 422
    assert "Another request for this edition waits" in page


def test_preview_shows_the_frozen_content_and_is_not_published(
    logged_in: LogIn, publisher: User, asked: Release
) -> None:
    page = get(logged_in(publisher), f"/staff/releases/{asked.pk}/preview/")

    assert "Preview. This is not published." in page
    assert "Has a policy" in page
    assert "noindex" in page
    assert Client().get("/2019/").status_code == 404


def test_approve_publishes_under_the_first_number(logged_in: LogIn, publisher: User, asked: Release) -> None:
    assert asked.content_hash in get(logged_in(publisher), f"/staff/releases/{asked.pk}/approve/")

    status, place = post(logged_in(publisher), f"/staff/releases/{asked.pk}/approve/")

    assert (status, place) == (302, f"/staff/releases/{asked.pk}/")
    asked.refresh_from_db()
    assert (asked.status, asked.number, asked.decided_by) == ("approved", 1, publisher)
    assert Client().get("/2019/").status_code == 200
    assert AuditEvent.objects.last().action == "release.approved"


def test_approve_by_the_one_who_asked_is_refused(logged_in: LogIn, wave: Wave) -> None:
    both = member("analyst", "publisher")
    client = logged_in(both)
    post(client, "/staff/editions/2019/release/", note="")
    release = Release.objects.get()

    assert "somebody else has to decide" in get(client, f"/staff/releases/{release.pk}/")
    status, page = post(client, f"/staff/releases/{release.pk}/approve/")

    assert status == 422
    assert "somebody else has to decide" in page
    release.refresh_from_db()
    assert release.status == "requested"


def test_approve_after_the_tables_changed_is_refused(
    logged_in: LogIn, publisher: User, asked: Release, wave: Wave
) -> None:
    wave.tables.filter(breakdown="").get().cells.filter(code="has_policy").update(value=20.0, count=100)

    status, page = post(logged_in(publisher), f"/staff/releases/{asked.pk}/approve/")

    assert status == 422
    assert "The tables have changed" in page


def test_reject_needs_a_reason_and_keeps_it(logged_in: LogIn, publisher: User, asked: Release) -> None:
    client = logged_in(publisher)
    path = f"/staff/releases/{asked.pk}/reject/"

    assert "Say why" in post(client, path, note="")[1]
    assert post(client, path, note="A label is wrong.")[0] == 302

    asked.refresh_from_db()
    assert (asked.status, asked.number, asked.decision_note) == ("rejected", None, "A label is wrong.")
    assert "A label is wrong." in get(client, f"/staff/releases/{asked.pk}/")
    assert "A label is wrong." not in str(AuditEvent.objects.last().details)


def test_take_back_by_the_one_who_asked_is_done_and_by_others_refused(
    logged_in: LogIn, analyst: User, publisher: User, asked: Release
) -> None:
    path = f"/staff/releases/{asked.pk}/take-back/"

    status, page = post(logged_in(publisher), path)
    assert status == 422
    assert "Only the person who asked" in page

    assert post(logged_in(analyst), path)[0] == 302
    asked.refresh_from_db()
    assert asked.status == "cancelled"


def test_release_that_was_decided_offers_nothing_more(
    logged_in: LogIn, publisher: User, asked: Release
) -> None:
    client = logged_in(publisher)
    post(client, f"/staff/releases/{asked.pk}/approve/")

    page = get(client, f"/staff/releases/{asked.pk}/")

    assert f"/staff/releases/{asked.pk}/approve/" not in page
    status, refusal = post(client, f"/staff/releases/{asked.pk}/approve/")
    assert status == 422
    assert "published already" in refusal


def test_release_page_counts_parts_figures_and_withheld(
    logged_in: LogIn, publisher: User, analyst: User, wave: Wave
) -> None:
    release = requested(wave, analyst)

    page = get(logged_in(publisher), f"/staff/releases/{release.pk}/")

    assert "responses: 120; figures: 1; breakdowns shown: 0, dropped: 0; numbers withheld: 1" in page


def test_releases_page_names_who_asked_and_decided(logged_in: LogIn, publisher: User, asked: Release) -> None:
    client = logged_in(publisher)
    post(client, f"/staff/releases/{asked.pk}/approve/")

    page = get(client, "/staff/releases/")

    assert "Release 1" in page
    assert "analyst@example.org" in page
    assert str(timezone.now().year) in page
