from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from pytest_django import Settings

from accounts.models import AuditEvent, User
from responses.mail.keys import SEALED_BYTES, open_token
from responses.models import FieldworkCount, Invitation, MailKey
from responses.sealing import generate_key_pair, read_token, session_key, token_hash
from responses.staff import upload as upload_views
from surveys.definition import Unit
from surveys.models import Wave
from tests.services import acting_as
from tests.staff.people import NOW, member
from tests.staff.stage import small_wave

LIST = b"email,language\nfirst@example.org,en\nsecond@example.org,\n"


@pytest.fixture(autouse=True)
def frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def wave(db: None) -> Wave:
    return small_wave(status="open")


@pytest.fixture
def browser_(logged_in: Callable[[User], Client], fieldworker: User) -> Client:
    return logged_in(fieldworker)


def upload(client: Client, wave: Wave, content: bytes) -> Any:
    with acting_as("web"):
        file = SimpleUploadedFile("list.csv", content, "text/csv")
        return client.post(f"/staff/waves/{wave.pk}/invitations/", {"file": file})


def confirm(client: Client, wave: Wave, page: str, way: str = "own", **more: Any) -> Any:
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    assert kept is not None
    with acting_as("web"):
        return client.post(
            f"/staff/waves/{wave.pk}/invitations/confirm/", {"kept": kept[1], "way": way, **more}
        )


def taken(client: Client, wave: Wave, content: bytes, way: str = "own") -> Any:
    """The list as it is uploaded and then confirmed."""
    return confirm(client, wave, upload(client, wave, content).content.decode(), way)


def test_list_that_is_looked_at_says_what_it_holds_and_writes_nothing(browser_: Client, wave: Wave) -> None:
    Invitation.objects.create(wave=wave, email="second@example.org", token_hash=bytes(32))

    response = upload(browser_, wave, LIST)

    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing has been written yet" in page
    assert "<dt>New people</dt><dd>1</dd>" in page
    assert "<dt>Invited already</dt><dd>1 " in page
    assert "first@example.org" not in page
    assert Invitation.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_list_of_another_wave_or_person_cannot_be_taken_up(
    browser_: Client, wave: Wave, logged_in: Callable[[User], Client]
) -> None:
    page = upload(browser_, wave, LIST).content.decode()
    colleague = logged_in(member("fieldwork", email="colleague@example.org"))

    refused = confirm(colleague, wave, page)
    damaged = confirm(browser_, wave, page.replace('name="kept" value="', 'name="kept" value="A'))
    accepted = confirm(browser_, wave, page)

    assert (refused.status_code, damaged.status_code, accepted.status_code) == (422, 422, 200)
    assert "not the list that you looked at" in refused.content.decode()
    assert Invitation.objects.count() == 2


def test_list_too_long_for_the_page_is_chosen_once_more(
    browser_: Client, wave: Wave, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024
    lines = b"".join(b"%s@example.org\n" % secrets.token_hex(12).encode() for _ in range(200))
    page = upload(browser_, wave, b"email\n" + lines).content.decode()

    def again(content: bytes) -> Any:
        return confirm(browser_, wave, page, file=SimpleUploadedFile("list.csv", content, "text/csv"))

    other = again(b"email\n" + lines + b"more@example.org\n")
    same = again(b"email\n" + lines)

    assert "The same list once more" in page
    assert (other.status_code, same.status_code) == (422, 200)
    assert Invitation.objects.count() == 200


def test_list_taken_for_e_mail_keeps_links_sealed_and_shows_none(browser_: Client, wave: Wave) -> None:
    private, public = generate_key_pair()
    MailKey.objects.create(public_key=public)

    response = taken(browser_, wave, LIST, "mail")

    assert response.status_code == 302
    assert response.headers["Location"].endswith("/mailings/")
    for invitation in Invitation.objects.all():
        token = open_token(invitation.mailed_token, private)
        assert token is not None
        assert token_hash(session_key(token)) == bytes(invitation.token_hash)
        assert (len(invitation.mailed_token), invitation.mail) == (SEALED_BYTES, "mailed")


def test_list_taken_for_e_mail_without_a_mail_key_is_refused(browser_: Client, wave: Wave) -> None:
    response = taken(browser_, wave, LIST, "mail")

    assert response.status_code == 422
    assert "There is no mail key yet. Ask for one" in response.content.decode()
    assert not Invitation.objects.exists()


def test_list_with_time_zones_keeps_them_and_refuses_unknown_ones(browser_: Client, wave: Wave) -> None:
    refused = upload(browser_, wave, b"email,time_zone\na@example.org,Europe/Nowhere\n")
    taken(browser_, wave, b"email,time_zone\na@example.org,Asia/Tokyo\nb@example.org,\n")

    assert "no such time zone" in refused.content.decode()
    zones = Invitation.objects.order_by("email").values_list("time_zone", flat=True)
    assert list(zones) == ["Asia/Tokyo", ""]


def test_upload_shows_a_link_for_each_person_and_a_file_of_all(browser_: Client, wave: Wave) -> None:
    response = taken(browser_, wave, LIST)

    page = response.content.decode()
    links = re.findall(r"http://testserver/i/([\w-]{22})<", page)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert len(set(links)) == Invitation.objects.filter(wave=wave).count() == 2
    file = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    assert file is not None
    rows = base64.b64decode(file[1]).decode("utf-8-sig").splitlines()
    assert rows == [
        "address,link",
        f"first@example.org,http://testserver/i/{links[0]}",
        f"second@example.org,http://testserver/i/{links[1]}",
    ]


def test_upload_stores_hashes_and_no_link(browser_: Client, wave: Wave) -> None:
    page = taken(browser_, wave, LIST).content.decode()

    found = re.search(r"/i/([\w-]{22})<", page)
    token = read_token(found[1]) if found else None
    assert token is not None
    assert Invitation.objects.get(token_hash=token_hash(session_key(token))).email == "first@example.org"
    event = AuditEvent.objects.get()
    assert (event.action, event.details) == ("invitations.added", {"count": 2, "mailed": False})


def test_upload_with_problems_lists_them_all_and_writes_nothing(browser_: Client, wave: Wave) -> None:
    content = b"email,language\n=cmd@example.org,en\nnobody,en\na@example.org,xx\na@example.org,en\n"

    response = upload(browser_, wave, content)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nobody was invited: there are" in page
    assert "begins like a formula" in page
    assert "not an e-mail address" in page
    assert '<td class="number">4</td>' in page
    assert not Invitation.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        ("email\né@example.org\n".encode("latin-1"), "not saved as UTF-8"),
        (b"name\nsomebody\n", "This column is missing."),
        (b"email\nfirst@example.org\nfirst@example.org\n", "stands on line 2 already"),
    ],
)
def test_upload_of_a_file_that_cannot_be_taken_says_why(
    browser_: Client, wave: Wave, content: bytes, sentence: str
) -> None:
    response = upload(browser_, wave, content)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Invitation.objects.exists()


def test_upload_without_file_asks_for_one(browser_: Client, wave: Wave) -> None:
    with acting_as("web"):
        response = browser_.post(f"/staff/waves/{wave.pk}/invitations/", {})

    assert response.status_code == 422
    assert "Choose the file with the addresses" in response.content.decode()


@override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_upload_larger_than_memory_allows_is_never_written_to_disk(browser_: Client, wave: Wave) -> None:
    response = upload(browser_, wave, LIST + b"x@example.org,\n" * 200)

    assert response.status_code == 422
    assert "at most 8 MB" in response.content.decode()


def test_upload_to_a_wave_that_closed_is_refused(browser_: Client, wave: Wave) -> None:
    Wave.objects.update(opens_at=NOW - timedelta(days=2), closes_at=NOW - timedelta(days=1))

    response = taken(browser_, wave, LIST)

    assert response.status_code == 422
    assert "This wave has closed" in response.content.decode()


def test_upload_page_names_the_unit_only_where_one_answers_for_all(browser_: Client, db: None) -> None:
    wave = small_wave(unit=Unit.ORGANISATION)

    with acting_as("web"):
        page = browser_.get(f"/staff/waves/{wave.pk}/invitations/").content.decode()

    assert "<code>unit</code>" in page


def test_upload_of_many_shows_the_first_and_keeps_all_in_the_file(
    browser_: Client, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_views, "LINKS_SHOWN", 1)

    page = taken(browser_, wave, LIST).content.decode()

    assert "The first 1 of 2 links" in page
    assert page.count("<code dir=") == 1


def fieldwork(client: Client, wave: Wave) -> str:
    with acting_as("web"):
        response = client.get(f"/staff/waves/{wave.pk}/fieldwork/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_fieldwork_before_any_count_says_so(browser_: Client, wave: Wave) -> None:
    assert "There is no number from ten up yet" in fieldwork(browser_, wave)


def test_fieldwork_shows_numbers_from_ten_up_and_nobody(browser_: Client, wave: Wave) -> None:
    taken(browser_, wave, LIST)
    FieldworkCount.objects.create(wave=wave, state="finished", count=57)

    page = fieldwork(browser_, wave)

    assert "57" in page
    assert page.count(">withheld<") == 5
    assert "@example.org" not in page.replace("fieldwork@example.org", "")


def test_key_asked_for_without_redis_says_so_and_records_nothing(
    browser_: Client, wave: Wave, no_redis: None
) -> None:
    with acting_as("web"):
        response = browser_.post(f"/staff/waves/{wave.pk}/key/")

    assert response.status_code == 422
    assert "Redis does not answer" in response.content.decode()
    assert not AuditEvent.objects.exists()


def test_key_page_says_what_losing_it_means(browser_: Client, wave: Wave) -> None:
    with acting_as("web"):
        page = browser_.get(f"/staff/waves/{wave.pk}/key/").content.decode()

    assert "loses the answers that are still in the box" in page
