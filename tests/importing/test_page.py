"""The staff page: what it shows of a file, how the file waits, and what the worker makes of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from responses.actions import import_files
from responses.actions.import_files import forget_files
from responses.importing.mapping import read_mapping
from responses.importing.sealed import FileNotOpened, Upload, new_key, seal, unseal
from responses.models import ImportFile, Response
from responses.tasks import import_file
from surveys.models import Wave
from surveys.queries import definition_of
from tests.importing.stage import MAPPING, csv_of, good_rows, past_wave
from tests.importing.test_bad_input import ROW, changed
from tests.services import Database, Worker, acting_as, wait_until
from tests.staff.conftest import no_redis as no_redis
from tests.staff.people import log_in, member

GOOD = csv_of(*good_rows(20))


@pytest.fixture
def wave(db: None) -> Wave:
    return past_wave()


@pytest.fixture
def fieldworker(db: None) -> User:
    return member("fieldwork")


@pytest.fixture
def staff(fieldworker: User) -> Client:
    return log_in(Client(), fieldworker)


def page_of(wave: Wave, page: str = "") -> str:
    return f"/staff/waves/{wave.pk}/import/{page}"


def look(
    staff: Client, wave: Wave, data: bytes = GOOD, mapping: bytes = MAPPING.encode(), **fields: str
) -> Any:
    content = {
        "file": SimpleUploadedFile("file.csv", data, "text/csv"),
        "mapping": SimpleUploadedFile("mapping.yaml", mapping, "application/yaml"),
        "tolerated": "0",
        "source": "",
        **fields,
    }
    with acting_as("web"):
        return staff.post(page_of(wave), content)


def kept_in(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found, "the page has nothing to confirm"
    return found[1]


def confirm(staff: Client, wave: Wave, page: str) -> Any:
    with acting_as("web"):
        return staff.post(page_of(wave, "confirm/"), {"kept": kept_in(page)})


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """What the tasks were given, beside being really sent."""
    found: list[list[Any]] = []
    send = import_files.current_app.send_task

    def note(name: str, **options: Any) -> Any:
        found.append(options["args"])
        return send(name, **options)

    monkeypatch.setattr(import_files.current_app, "send_task", note)
    return found


def work(handed_over: list[list[Any]]) -> None:
    with acting_as("worker"):
        import_file(*handed_over[0])


def shown(staff: Client, path: str) -> str:
    with acting_as("web"):
        response = staff.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def test_file_that_is_looked_at_shows_counts_and_nothing_of_a_row(staff: Client, wave: Wave) -> None:
    response = look(staff, wave)

    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing has been written yet" in page
    assert "<dt>Rows that can be imported</dt><dd>20</dd>" in page
    assert "Respondent, Time" in page
    assert "The survey of 2018, asked with another tool" in page
    assert '<th scope="row"><code>region</code></th><td class="number">20</td>' in page
    assert not any(word in page for word in ("hammer", "2018-03-0", "1.5"))
    assert not Response.objects.exists()


def test_waiting_file_is_sealed_and_its_key_is_not_in_the_database(staff: Client, wave: Wave) -> None:
    page = look(staff, wave).content.decode()

    file = ImportFile.objects.get()
    assert b"hammer" not in bytes(file.sealed)
    assert b"north" not in bytes(file.sealed)
    assert "hammer" not in kept_in(page)
    assert file.forget_at.minute == file.forget_at.second == 0
    assert file.forget_at - timezone.now() <= timedelta(hours=24)
    with pytest.raises(FileNotOpened):
        unseal(bytes(file.sealed), new_key(), str(file.pk))


def test_web_cannot_read_a_waiting_file_again(wave: Wave, staff: Client) -> None:
    look(staff, wave)

    with acting_as("web"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ImportFile.objects.values_list("sealed").get()


def test_confirmed_file_is_imported_by_the_worker_in_the_name_of_who_asked(
    staff: Client, wave: Wave, fieldworker: User, handed_over: list[list[Any]]
) -> None:
    page = look(staff, wave, source="From the page").content.decode()
    answer = confirm(staff, wave, page)
    waiting = shown(staff, page_of(wave))
    work(handed_over)

    done = shown(staff, page_of(wave))
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(wave))
    assert "The worker has the file" in waiting
    assert "20 responses were imported." in done
    assert Response.objects.filter(wave=wave).count() == 20
    assert bytes(ImportFile.objects.get().sealed) == b""
    events = AuditEvent.objects.filter(actor=fieldworker).order_by("id")
    actions = list(events.values_list("action", "actor_id"))
    assert actions == [
        (action, fieldworker.pk) for action in ("import.looked_at", "import.requested", "responses.imported")
    ]


def test_imported_wave_says_so_on_every_page_of_it(
    staff: Client, wave: Wave, handed_over: list[list[Any]]
) -> None:
    confirm(staff, wave, look(staff, wave).content.decode())
    work(handed_over)
    analyst = log_in(Client(), member("analyst"))

    pages = [shown(staff, path) for path in ("/staff/", f"/staff/waves/{wave.pk}/", page_of(wave))]
    pages.append(shown(analyst, f"/staff/waves/{wave.pk}/tables/"))

    for page in pages:
        assert "mported: collected under another promise" in page
        assert "ource: The survey of 2018, asked with another tool" in page
    assert "Add invitations" not in pages[1]
    assert "Ask for the key" not in pages[1]


def test_pressing_twice_and_a_second_delivery_import_once(
    staff: Client, wave: Wave, handed_over: list[list[Any]]
) -> None:
    page = look(staff, wave).content.decode()
    first, second = confirm(staff, wave, page), confirm(staff, wave, page)
    work(handed_over)
    work(handed_over)

    assert (first.status_code, second.status_code, len(handed_over)) == (302, 422, 1)
    assert "not waiting any more" in second.content.decode()
    assert Response.objects.count() == 20


def test_file_of_another_person_or_wave_cannot_be_confirmed(staff: Client, wave: Wave) -> None:
    page = look(staff, wave).content.decode()
    colleague = log_in(Client(), member("fieldwork", email="colleague@example.org"))

    answers = [
        confirm(colleague, wave, page),
        confirm(staff, past_wave(year=2017), page),
        confirm(staff, wave, page.replace('name="kept" value="', 'name="kept" value="A')),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert ImportFile.objects.get().state == ImportFile.State.LOOKED_AT


def test_problems_are_shown_with_their_places_and_what_was_typed_stays(staff: Client, wave: Wave) -> None:
    response = look(
        staff, wave, csv_of(ROW, ROW, changed(Region="west")), source="Elsewhere", tolerated="1.5"
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "1 of 3 rows have something to correct" in page
    assert '<td class="number">4</td><td><code>Region</code></td><td dir="auto">west</td>' in page
    assert 'value="Elsewhere"' in page
    assert 'value="1.5"' in page
    assert not ImportFile.objects.exists()


def test_bad_mapping_is_shown_with_the_places_in_it(staff: Client, wave: Wave) -> None:
    response = look(staff, wave, mapping=MAPPING.replace("column: Country", "column: Region").encode())

    page = response.content.decode()
    assert response.status_code == 422
    assert "One column is named for several things: region, country." in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tolerated": "101"}, "between 0 and 100"),
        ({"tolerated": "much"}, "as a number"),
        ({"source": "x" * 201}, "longer than 200"),
        ({"file": ""}, "Choose the file with the answers"),
        ({"mapping": b"\xff\xfe\x00"}, "not saved as UTF-8"),
    ],
)
def test_form_that_is_not_filled_says_what_is_missing(
    staff: Client, wave: Wave, fields: dict[str, Any], sentence: str
) -> None:
    response = look(staff, wave, **fields)

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_wave_that_cannot_take_a_file_says_why_and_shows_no_form(staff: Client, wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(closes_at=timezone.now() + timedelta(days=1))

    page = shown(staff, page_of(wave))

    assert "closing time has not passed" in page
    assert 'type="file"' not in page
    assert look(staff, wave).status_code == 422


def test_file_that_no_longer_fits_is_refused_by_the_worker_and_the_page_says_why(
    staff: Client, wave: Wave, handed_over: list[list[Any]]
) -> None:
    confirm(staff, wave, look(staff, wave).content.decode())
    Wave.objects.filter(pk=wave.pk).update(closes_at=timezone.now() + timedelta(days=1))
    work(handed_over)

    page = shown(staff, page_of(wave))
    assert "The file was not imported" in page
    assert "closing time has not passed" in page
    file = ImportFile.objects.get()
    assert (file.state, bytes(file.sealed)) == (ImportFile.State.REFUSED, b"")
    assert AuditEvent.objects.filter(action="import.refused").count() == 1
    assert not Response.objects.exists()


def test_file_that_cannot_be_opened_is_refused(
    staff: Client, wave: Wave, fieldworker: User, handed_over: list[list[Any]]
) -> None:
    confirm(staff, wave, look(staff, wave).content.decode())
    handed_over[0][1] = new_key()
    work(handed_over)

    assert "could not be opened" in shown(staff, page_of(wave))
    assert not Response.objects.exists()


def test_worker_that_stops_in_the_middle_leaves_the_file_for_the_next(
    staff: Client, wave: Wave, handed_over: list[list[Any]]
) -> None:
    confirm(staff, wave, look(staff, wave).content.decode())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE responses_record ADD CONSTRAINT full_disk CHECK (false)")
    with pytest.raises(IntegrityError):
        import_file(*handed_over[0])
    left = Response.objects.count(), ImportFile.objects.get().state
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE responses_record DROP CONSTRAINT full_disk")
    work(handed_over)

    assert left == (0, ImportFile.State.WAITING)
    assert Response.objects.count() == 20


def test_files_that_nobody_confirmed_are_gone_within_a_day(staff: Client, wave: Wave) -> None:
    look(staff, wave)
    now = timezone.now()

    with acting_as("worker"):
        early = forget_files(now=now + timedelta(hours=22))
        late = forget_files(now=now + timedelta(hours=24))

    assert (early, late) == (0, 1)
    assert not ImportFile.objects.exists()


def test_without_redis_nothing_is_requested(staff: Client, wave: Wave, no_redis: None) -> None:
    page = look(staff, wave).content.decode()

    answer = confirm(staff, wave, page)

    assert answer.status_code == 422
    assert "worker cannot be reached" in answer.content.decode()
    assert ImportFile.objects.get().state == ImportFile.State.LOOKED_AT


def test_mapping_to_begin_with_is_a_file_that_can_be_read(staff: Client, wave: Wave) -> None:
    with acting_as("web"):
        response = staff.get(page_of(wave, "mapping/"))

    assert response.headers["Content-Disposition"] == 'attachment; filename="mapping-small-1.yaml"'
    plan = read_mapping(response.content.decode(), definition_of(wave.questionnaire))
    assert plan.without_column == ()


def test_sealed_file_opens_under_its_own_name_alone() -> None:
    key = new_key()
    sealed = seal(Upload("mapping: ü", b"data"), key, "one")

    assert unseal(sealed, key, "one") == Upload("mapping: ü", b"data")
    with pytest.raises(FileNotOpened):
        unseal(sealed, key, "other")
    with pytest.raises(FileNotOpened):
        unseal(sealed, "no key", "one")


def test_worker_imports_what_the_page_hands_over(committed_database: Database, worker: Worker) -> None:
    wave = past_wave()
    staff = log_in(Client(), member("fieldwork"))

    confirm(staff, wave, look(staff, wave).content.decode())

    wait_until(lambda: Response.objects.filter(wave=wave).count() == 20)
    wait_until(lambda: ImportFile.objects.get().state == ImportFile.State.IMPORTED)
    key = re.compile(r"[A-Za-z0-9_-]{43}=")
    assert not key.search(worker.text())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM responses_importfile WHERE sealed <> ''")
        assert cursor.fetchone() == (0,)
