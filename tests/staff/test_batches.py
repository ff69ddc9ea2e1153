"""Staff pages for access codes: shown once, printed in the batch's language, counted from ten up, withdrawn."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from responses.actions.batches import BatchSizeOutOfRange, WaveTakesNoCodes, make_batch
from responses.codes import read_code
from responses.fieldwork import count, forget_contacts
from responses.models import CodeBatch, FieldworkCount, Invitation
from responses.peppers import entry_of_code
from responses.sealing import session_key, token_hash
from surveys.models import Door, Wave
from tests.respond.doors import new_codes, with_doors
from tests.respond.fieldwork import new_link, open_wave, speak
from tests.services import acting_as
from tests.staff.people import member
from tests.staff.visits import LogIn, get

STATE = Invitation.State


@pytest.fixture
def wave(db: None) -> Wave:
    return with_doors(open_wave("law_enforcement"), Door.EMAIL, Door.CODE)


@pytest.fixture
def browser_(logged_in: LogIn, fieldworker: User) -> Client:
    return logged_in(fieldworker)


def post(client: Client, path: str, typed: dict[str, Any] | None = None) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, typed or {})
    return response.status_code, response.headers.get("Location") or response.content.decode()


def make(client: Client, wave: Wave, **typed: Any) -> tuple[int, str]:
    fields = {"contact_point": "Front desk", "size": "12", "language": "en", **typed}
    return post(client, f"/staff/waves/{wave.pk}/codes/new/", fields)


def codes_on(page: str) -> list[str]:
    return re.findall(r'class="slip-code" dir="ltr">([^<]+)<', page)


def test_codes_are_shown_once_on_a_sheet_and_in_a_file(browser_: Client, wave: Wave) -> None:
    status, page = make(browser_, wave)

    codes = codes_on(page)
    assert status == 200
    assert len(set(codes)) == 12
    assert all(read_code(code) == code for code in codes)
    assert page.count("http://testserver/code/") == 12
    file = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    assert file is not None
    lines = base64.b64decode(file[1]).decode("utf-8-sig").splitlines()
    assert lines == ["code,address", *(f"{code},http://testserver/code/" for code in codes)]
    assert not any(code in get(browser_, f"/staff/waves/{wave.pk}/codes/") for code in codes)


def test_codes_are_stored_as_keyed_hashes_in_another_order_than_the_sheet(
    browser_: Client, wave: Wave
) -> None:
    _status, page = make(browser_, wave, size="40")

    on_sheet = [token_hash(session_key(entry_of_code(code))) for code in codes_on(page)]
    stored = [
        bytes(one.entry_hash or b"")
        for one in Invitation.objects.raw("SELECT * FROM responses_invitation ORDER BY ctid")
    ]
    assert sorted(stored) == sorted(on_sheet)
    assert stored != on_sheet
    event = AuditEvent.objects.get()
    batch = CodeBatch.objects.get()
    assert (event.action, event.details) == ("codes.made", {"batch": str(batch.pk), "count": 40})


def test_sheet_is_in_the_language_of_the_batch(browser_: Client, wave: Wave) -> None:
    speak(wave, "ar")

    _status, page = make(browser_, wave, language="ar")

    assert '<ul class="slips" lang="ar" dir="rtl">' in page
    assert Invitation.objects.filter(language="ar").count() == 12


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"contact_point": ""}, "Type who hands the codes out"),
        ({"size": "0"}, "at least one code"),
        ({"size": "1001"}, "at most 1,000"),
        ({"size": "many"}, "as a whole number"),
        ({"language": "xx"}, "not one of the available"),
    ],
)
def test_batch_that_cannot_be_made_says_why(
    browser_: Client, wave: Wave, typed: dict[str, str], sentence: str
) -> None:
    status, page = make(browser_, wave, **typed)

    assert status == 422
    assert sentence in page
    assert not Invitation.objects.exists()


def test_wave_whose_door_is_shut_or_that_has_closed_gets_no_codes(wave: Wave, fieldworker: User) -> None:
    def attempt(**changes: Any) -> None:
        make_batch(
            **{
                "wave": wave,
                "contact_point": "x",
                "size": 1,
                "language": "en",
                "now": wave.opens_at,
                **changes,
            },
            by=fieldworker,
        )

    attempt()
    with pytest.raises(WaveTakesNoCodes):
        attempt(now=wave.closes_at)
    with pytest.raises(BatchSizeOutOfRange):
        attempt(size=0)
    with_doors(wave, Door.EMAIL)
    with pytest.raises(WaveTakesNoCodes):
        attempt()

    assert Invitation.objects.count() == 1


def use(batch: CodeBatch, number: int, state: str = STATE.FINISHED) -> None:
    some = list(Invitation.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True)[:number])
    Invitation.objects.filter(pk__in=some).update(state=state)


def cells(page: str, contact_point: str) -> list[str]:
    row = page.split(f">{contact_point}</th>")[1].split("</tr>")[0]
    return re.findall(r'<td class="number">([^<]+)</td>', row)


def test_counts_of_a_batch_are_of_the_last_night_and_from_ten_up(browser_: Client, wave: Wave) -> None:
    large, small, third = (
        new_codes(wave, size, contact_point=name)[0]
        for size, name in ((40, "Large"), (30, "Small"), (60, "Third"))
    )
    before = get(browser_, f"/staff/waves/{wave.pk}/codes/")
    for batch, number in ((large, 15), (small, 4), (third, 30)):
        use(batch, number)
    with acting_as("worker"):
        count(wave)

    page = get(browser_, f"/staff/waves/{wave.pk}/codes/")

    assert cells(before, "Large") == ["40", "withheld", "withheld"]
    assert cells(page, "Third") == ["60", "30", "30"]
    # With the total of the door, the four would follow from the other two: the smaller one goes with them.
    assert cells(page, "Small") == ["30", "withheld", "withheld"]
    assert cells(page, "Large") == ["40", "withheld", "withheld"]


def test_fieldwork_keeps_doors_apart_once_each_can_be_shown(browser_: Client, wave: Wave) -> None:
    for number in range(30):
        new_link(wave, email=f"{number}@example.org", state=STATE.FINISHED if number < 12 else STATE.INVITED)
    batch, _codes = new_codes(wave, 50)
    use(batch, 9)
    with acting_as("worker"):
        count(wave)
    together = get(browser_, f"/staff/waves/{wave.pk}/fieldwork/")
    use(batch, 20)
    with acting_as("worker"):
        count(wave)
    apart = get(browser_, f"/staff/waves/{wave.pk}/fieldwork/")

    assert "The same by door" not in together
    assert '<th scope="row">sent</th><td class="number">21</td>' in together
    assert '<th scope="row">sent</th><td class="number">20</td><td class="number">12</td>' in apart
    assert '<th scope="row">sent</th><td class="number">32</td>' in apart
    assert '<td class="number">50</td><td class="number">30</td>' in apart
    assert '<td class="number">40 %</td><td class="number">40 %</td>' in apart
    assert FieldworkCount.objects.filter(door="code", state="finished", count=20).exists()


def test_batch_is_withdrawn_after_a_second_look(browser_: Client, wave: Wave) -> None:
    batch, _codes = new_codes(wave, 12)
    use(batch, 3)
    AuditEvent.objects.all()
    path = f"/staff/waves/{wave.pk}/codes/{batch.pk}/revoke/"

    asked = get(browser_, path)
    untouched = Invitation.objects.filter(state=STATE.INVITED).count()
    status, place = post(browser_, path)

    assert "That cannot be undone" in asked
    assert untouched == 9
    assert (status, place) == (302, f"/staff/waves/{wave.pk}/codes/")
    assert sorted(set(Invitation.objects.values_list("state", flat=True))) == ["finished", "revoked"]
    event = AuditEvent.objects.get(action="codes.revoked")
    assert event.details == {"batch": str(batch.pk)}
    assert "withdrawn" in get(browser_, place)


def test_batch_of_another_wave_is_not_found(browser_: Client, wave: Wave) -> None:
    batch, _codes = new_codes(with_doors(open_wave("enterprise"), Door.CODE))

    status, _page = post(browser_, f"/staff/waves/{wave.pk}/codes/{batch.pk}/revoke/")

    assert status == 404
    assert Invitation.objects.get().state == STATE.INVITED


def test_contact_points_and_codes_are_forgotten_with_the_contacts(wave: Wave) -> None:
    batch, _codes = new_codes(wave, 3)
    due = wave.closes_at + timedelta(days=30)

    with acting_as("worker"):
        forgotten = [forget_contacts(wave, due) for _ in range(2)]

    batch.refresh_from_db()
    assert forgotten == [3, 0]
    assert batch.contact_point == ""
    assert not Invitation.objects.exclude(entry_hash=None, batch=None).exists()


def test_wave_is_made_with_its_doors_and_shows_them(browser_: Client, wave: Wave) -> None:
    other = open_wave("enterprise", status=Wave.Status.DRAFT)
    typed = {
        "edition": other.edition_id,
        "questionnaire": other.questionnaire_id,
        "time_zone": "UTC",
        "opens_at": "2026-06-10T09:00",
        "closes_at": "2026-07-10T18:00",
        "min_batch": "10",
        "doors": ["code", "portal"],
    }

    status, place = post(browser_, f"/staff/waves/{other.pk}/edit/", typed)

    other.refresh_from_db()
    assert status == 302
    assert other.doors == ["code", "portal"]
    page = get(browser_, place)
    assert "access code, portal of a partner" in page
    assert f"/staff/waves/{other.pk}/codes/" in page
    assert 'value="portal" id="id_doors_2" checked' in get(browser_, f"/staff/waves/{other.pk}/edit/")


def test_outsider_makes_no_codes(logged_in: LogIn, wave: Wave) -> None:
    client = logged_in(member("analyst", email="other@example.org"))

    assert make(client, wave)[0] == 403
    assert not CodeBatch.objects.exists()
