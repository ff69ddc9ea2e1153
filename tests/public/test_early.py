"""Publication at a time, named readers before it, and releases that are withdrawn after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import lxml.html
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports.actions import early_reading, withdrawal
from reports.actions import release as releases
from reports.models import NamedReader, ReaderVisit, Release
from tests.box.people import member_of_staff
from tests.public import content
from tests.public.content import HOSTILE, released
from tests.reports.test_release import NOW, final_wave
from tests.services import acting_as
from tests.staff.people import log_in

pytestmark = pytest.mark.django_db
FOREVER = datetime(2099, 1, 1, 9, tzinfo=UTC)
PATHS = (
    "/2019/",
    "/2019/1/",
    "/2019/1/all/",
    "/2019/1/part/enterprise/",
    "/2019/1/figure/enterprise.policy/",
    "/2019/1/data/",
    "/2019/1/data/tables.csv",
    "/2019/1/method/",
    "/api/v1/editions/2019/",
    "/api/v1/editions/2019/releases/1/",
    "/api/v1/editions/2019/releases/latest/lines/",
    "/api/v1/editions/2019/releases/1/content.json",
)


@pytest.fixture
def analyst() -> User:
    return member_of_staff("analyst")


@pytest.fixture
def publisher() -> User:
    return member_of_staff("publisher")


def test_release_whose_time_has_not_come_is_nowhere(client: Client) -> None:
    future = content.content(year=2030)
    made = released(future)
    hidden = Release.objects.create(
        edition=made.edition,
        number=2,
        status="approved",
        content=made.content.replace("Has a policy", "Not public yet"),
        content_hash="b" * 64,
        requested_by=made.requested_by,
        requested_at=made.requested_at,
        decided_by=made.decided_by,
        decided_at=made.decided_at,
        public_from=FOREVER,
    )

    for path in (*PATHS, "/", "/feed.xml", "/sitemap.xml"):
        body = client.get(path.replace("2019", "2030")).content.decode()
        assert "Not public yet" not in body
        assert hidden.content_hash not in body
    for path in PATHS[1:8]:
        assert client.get(path.replace("/2019/1/", "/2030/2/")).status_code == 404
    assert client.get("/api/v1/editions/2030/releases/2/").status_code == 404
    assert client.get("/api/v1/editions/2030/releases/latest/").json()["release"] == 1


def test_release_is_public_from_its_time_on(client: Client) -> None:
    moment = timezone.now() - timedelta(seconds=1)
    made = released()
    Release.objects.create(
        edition=made.edition,
        number=2,
        status="approved",
        content=made.content,
        content_hash="c" * 64,
        requested_by=made.requested_by,
        requested_at=made.requested_at,
        decided_by=made.decided_by,
        decided_at=moment - timedelta(days=3),
        public_from=moment,
    )

    found = client.get("/api/v1/editions/2019/releases/latest/").json()

    assert found["release"] == 2
    assert datetime.fromisoformat(found["published_at"]) == moment


def test_time_is_asked_for_with_the_release_and_lies_ahead(analyst: User) -> None:
    edition = final_wave().edition

    with pytest.raises(releases.TimeHasPassed):
        releases.request(edition=edition, note="", by=analyst, now=NOW, public_from=NOW)
    made = releases.request(edition=edition, note="", by=analyst, now=NOW, public_from=FOREVER)

    assert made.public_from == FOREVER


def test_time_is_typed_in_a_zone(client: Client, analyst: User) -> None:
    edition = final_wave().edition
    log_in(client, analyst)
    path = f"/staff/editions/{edition.year}/release/"

    unknown = client.post(path, {"note": "", "public_from": "2098-07-01T09:00", "time_zone": "Mars/Base"})
    client.post(
        path,
        {"note": "", "public_from": "2098-07-01T09:00", "time_zone": "Europe/Paris"},
    )

    assert "There is no time zone called “Mars/Base”." in unknown.content.decode()
    assert Release.objects.get().public_from == datetime(2098, 7, 1, 7, tzinfo=UTC)


def let_in(release: Release, by: User, *, days: int = 3) -> str:
    now = timezone.now()
    with acting_as("web"):
        _reader, token = early_reading.let_in(
            release=release,
            name=HOSTILE,
            organisation="A newspaper",
            kind="press",
            expires_at=now + timedelta(days=days),
            by=by,
            now=now,
        )
    return token


def request_of(by: User, **more: datetime) -> Release:
    return releases.request(edition=final_wave().edition, note="", by=by, now=NOW, **more)


def test_named_reader_sees_the_report_with_his_or_her_name_on_every_figure(
    client: Client, analyst: User
) -> None:
    release = request_of(analyst, public_from=FOREVER)
    token = let_in(release, analyst)

    with acting_as("web"):
        answer = client.get(f"/early/{token}/")

    page = lxml.html.fromstring(answer.content.decode())
    figures = page.xpath("//figure")
    assert figures
    assert len(page.xpath("//figure//p[contains(@class, 'watermark')]")) == len(figures)
    assert f"Personal copy of {HOSTILE}, A newspaper, not public yet" in page.text_content()
    assert not page.xpath("//b[@onclick]")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert ReaderVisit.objects.count() == 1
    assert AuditEvent.objects.filter(action="named_reader.let_in").count() == 1
    assert token.encode() not in bytes(NamedReader.objects.get().token_hash)


def test_link_that_ended_was_forged_or_is_of_a_rejected_release_opens_nothing(
    client: Client, analyst: User, publisher: User
) -> None:
    release = request_of(analyst)
    token = let_in(release, analyst)
    reader = NamedReader.objects.get()
    assert client.get(f"/early/{token}/").status_code == 200

    forged = token[:-1] + ("y" if token.endswith("x") else "x")
    assert client.get(f"/early/{forged}/").status_code == 404
    with acting_as("web"):
        early_reading.end(reader=reader, by=analyst, now=timezone.now())
        with pytest.raises(early_reading.AlreadyEnded):
            early_reading.end(reader=reader, by=analyst, now=timezone.now())
    assert client.get(f"/early/{token}/").status_code == 404
    other = let_in(release, analyst)
    releases.reject(release=release, note="No.", by=publisher, now=timezone.now())
    assert client.get(f"/early/{other}/").status_code == 404
    assert ReaderVisit.objects.count() == 1


def test_link_leads_to_the_public_page_once_there_is_one(
    client: Client, analyst: User, publisher: User
) -> None:
    release = request_of(analyst)
    token = let_in(release, analyst)
    releases.approve(release=release, by=publisher, now=timezone.now())

    assert client.get(f"/early/{token}/")["Location"] == "/2019/1/"
    with pytest.raises(early_reading.NothingToReadEarly):
        early_reading.check_can_let_in(analyst, Release.objects.get(), timezone.now())


def test_nobody_is_let_in_for_ever_or_by_whoever_may_not(analyst: User) -> None:
    release = request_of(analyst)

    with pytest.raises(early_reading.BadEnd):
        let_in(release, analyst, days=61)
    with pytest.raises(early_reading.BadEnd):
        let_in(release, analyst, days=-1)
    with pytest.raises(NotPermitted):
        let_in(release, member_of_staff("coder"))


def test_links_are_made_and_ended_on_their_page(client: Client, analyst: User) -> None:
    release = request_of(analyst)
    log_in(client, analyst)
    path = f"/staff/releases/{release.pk}/readers/"
    day = (timezone.now() + timedelta(days=5)).date().isoformat()

    made = client.post(
        path,
        {
            "name": "Ada Example",
            "organisation": "",
            "kind": "expert",
            "expires_at": f"{day}T12:00",
            "time_zone": "UTC",
        },
    )
    page = lxml.html.fromstring(made.content.decode())
    link = page.xpath("//code")[0].text_content()

    assert Client().get(link.removeprefix("http://testserver")).status_code == 200
    assert client.post(f"{path}{NamedReader.objects.get().pk}/end/").status_code == 302
    assert Client().get(link.removeprefix("http://testserver")).status_code == 404


def test_withdrawn_release_says_so_everywhere_and_the_one_before_is_read(
    client: Client, publisher: User
) -> None:
    released(number=1)
    second = released(content.content(title="Second"), number=2)
    with acting_as("web"):
        withdrawal.withdraw_release(
            release=second, note="A weight was wrong.", by=publisher, now=timezone.now()
        )
        with pytest.raises(withdrawal.ReleaseWithdrawn):
            withdrawal.withdraw_release(release=second, note="Again.", by=publisher, now=timezone.now())

    for path in ("/2019/2/", "/2019/2/all/", "/2019/2/figure/enterprise.policy/", "/2019/2/method/"):
        page = client.get(path).content.decode()
        assert "This release has been withdrawn" in page
        assert "A weight was wrong." in page
    newest = client.get("/2019/").content.decode()
    assert "Second" not in newest
    assert "withdrawn" not in newest
    assert "earlier release" not in newest
    assert client.get("/api/v1/editions/2019/releases/latest/").json()["release"] == 1
    assert client.get("/api/v1/editions/2019/releases/2/").json()["withdrawn"] == "A weight was wrong."
    assert "A weight was wrong." in client.get("/feed.xml").content.decode()


def test_edition_whose_only_release_is_withdrawn_shows_it_with_the_note(
    client: Client, publisher: User
) -> None:
    made = released()
    withdrawal.withdraw_release(release=made, note="All of it.", by=publisher, now=timezone.now())

    assert "All of it." in client.get("/2019/").content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        made.withdrawal.delete()


def test_release_is_withdrawn_by_a_publisher_with_a_note(
    client: Client, analyst: User, publisher: User
) -> None:
    made = released()
    with pytest.raises(NotPermitted):
        withdrawal.withdraw_release(release=made, note="x", by=analyst, now=timezone.now())
    with pytest.raises(withdrawal.NoteMissing):
        withdrawal.withdraw_release(release=made, note=" ", by=publisher, now=timezone.now())
    log_in(client, publisher)

    client.post(f"/staff/releases/{made.pk}/withdraw/", {"note": "Wrong."})

    assert Release.objects.get().withdrawal.note == "Wrong."
    assert "Withdrawn" in client.get(f"/staff/releases/{made.pk}/").content.decode()
