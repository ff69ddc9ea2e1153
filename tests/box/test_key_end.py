"""The end of a wave's key: two people, an emptied box, a file that is gone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import IntegrityError, ProgrammingError, connection, transaction
from pytest_django import Settings

from accounts.models import User
from accounts.permissions import NotPermitted
from responses import keys
from responses.actions.keys import destroy_wave_key
from responses.models import Ballot, Response
from responses.sealing import open_ballot
from surveys import custody
from surveys.actions.custody import (
    BoxNotEmptied,
    DestructionAsked,
    DestructionConfirmed,
    KeyGone,
    NothingToConfirm,
    SamePerson,
    ask_for_destruction,
    confirm_destruction,
    remind_keepers,
    tell_worker,
)
from surveys.models import KeyCustody, Wave
from tests.box.field import CLOSED, CLOSES, NOW, Field, open_field
from tests.box.people import audited, member_of_staff
from tests.services import Database, Worker, acting_as, wait_until

LATER = CLOSED + timedelta(days=3)


@pytest.fixture
def key_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ENQUIRY_KEY_DIR = str(tmp_path / "keys")
    (tmp_path / "keys").mkdir(mode=0o700)
    return tmp_path / "keys"


def place_key(field: Field, folder: Path) -> Path:
    path = folder / f"{field.wave.pk}.key"
    path.write_bytes(field.private_key)
    path.chmod(0o600)
    KeyCustody.objects.create(wave=field.wave, made_on=NOW.date())
    return path


def end(field: Field) -> None:
    """The night after the close."""
    field.open(now=CLOSED)
    field.rewrite(now=CLOSED)


def confirmed(wave: Wave) -> None:
    first, second = member_of_staff("fieldwork"), member_of_staff("publisher")
    with acting_as("web"):
        ask_for_destruction(wave=wave, by=first, now=LATER)
        confirm_destruction(wave=wave, by=second, now=LATER)


def destroyed(field: Field) -> bool:
    with acting_as("worker"):
        return destroy_wave_key(wave_id=field.wave.pk, now=LATER)


@pytest.fixture
def ended(committed_field: Field, key_folder: Path) -> Field:
    place_key(committed_field, key_folder)
    committed_field.answer_all(25)
    end(committed_field)
    return committed_field


def test_key_confirmed_by_two_people_is_destroyed_once(ended: Field, key_folder: Path) -> None:
    wave = ended.wave
    confirmed(wave)

    outcomes = [destroyed(ended) for _ in range(2)]

    row = KeyCustody.objects.get()
    assert outcomes == [True, False]
    assert row.destroyed_on == LATER.date()
    assert [path.name for path in key_folder.iterdir()] == [f"{wave.pk}.destroyed"]
    assert audited() == ["key.destruction_asked", "key.destruction_confirmed", "key.destroyed"]
    assert Response.objects.count() == 25
    with pytest.raises(KeyGone):
        ask_for_destruction(wave=wave, by=member_of_staff("analyst", "fieldwork"), now=LATER)


def test_worker_killed_between_file_and_row_finishes_with_the_next_run(ended: Field) -> None:
    confirmed(ended.wave)
    keys.destroy(ended.wave.pk)

    assert KeyCustody.objects.get().destroyed_on is None
    assert destroyed(ended)
    assert KeyCustody.objects.get().destroyed_on == LATER.date()


def test_worker_of_another_folder_does_not_say_that_the_key_is_gone(ended: Field, key_folder: Path) -> None:
    confirmed(ended.wave)
    (key_folder / f"{ended.wave.pk}.key").rename(key_folder / "elsewhere")

    assert not destroyed(ended)

    row = KeyCustody.objects.get()
    assert row.destroyed_on is None
    assert "finds no file of this key" in row.obstacle


def test_key_without_two_confirmations_stays(ended: Field, key_folder: Path) -> None:
    assert not destroyed(ended)
    ask_for_destruction(wave=ended.wave, by=member_of_staff("fieldwork"), now=LATER)
    assert not destroyed(ended)

    assert (key_folder / f"{ended.wave.pk}.key").exists()


def test_key_stays_while_the_box_could_still_be_opened_and_goes_after(ended: Field, key_folder: Path) -> None:
    """Control and refusal: the same ballot keeps the key as long as it is in the box."""
    confirmed(ended.wave)
    back = ended.put_in(payload_of(ended))

    refused = destroyed(ended)
    obstacle = KeyCustody.objects.get().obstacle
    back.delete()

    assert not refused
    assert "Ballots lie in the box that this key could still open" in obstacle
    assert destroyed(ended)
    assert KeyCustody.objects.get().obstacle == ""


def payload_of(field: Field) -> dict[str, object]:
    """What a person sends, as it lies in a ballot."""
    Wave.objects.update(status=Wave.Status.OPEN)
    field.wave.refresh_from_db()
    field.answer_all(1)
    ballot = Ballot.objects.get()
    size = field.wave.questionnaire.ballot_size
    payload = open_ballot(ballot.sealed, private_key=field.private_key, size=size)
    ballot.delete()
    Wave.objects.update(status=Wave.Status.FINAL)
    return payload


def test_ballots_too_few_to_be_opened_go_with_the_key(committed_field: Field, key_folder: Path) -> None:
    field = committed_field
    place_key(field, key_folder)
    field.answer_all(4)
    end(field)
    assert Ballot.objects.count() == 4
    confirmed(field.wave)

    assert destroyed(field)

    assert not Ballot.objects.exists()


def test_wave_that_is_not_final_keeps_its_key(field: Field, key_folder: Path) -> None:
    path = place_key(field, key_folder)
    first, second = member_of_staff("fieldwork"), member_of_staff("publisher")

    with pytest.raises(BoxNotEmptied):
        ask_for_destruction(wave=field.wave, by=first, now=NOW)
    KeyCustody.objects.update(
        asked_by=first, asked_on=NOW.date(), confirmed_by=second, confirmed_on=NOW.date()
    )

    assert not destroyed(field)
    assert path.exists()
    assert "last opening" in KeyCustody.objects.get().obstacle


@pytest.fixture
def final(field: Field) -> Wave:
    KeyCustody.objects.create(wave=field.wave, made_on=NOW.date())
    Wave.objects.update(status=Wave.Status.FINAL)
    field.wave.refresh_from_db()
    return field.wave


def test_destruction_takes_two_different_people(final: Wave) -> None:
    first, second = member_of_staff("fieldwork"), member_of_staff("publisher")

    with pytest.raises(NothingToConfirm):
        confirm_destruction(wave=final, by=first, now=LATER)
    ask_for_destruction(wave=final, by=first, now=LATER)
    with pytest.raises(DestructionAsked):
        ask_for_destruction(wave=final, by=second, now=LATER)
    with pytest.raises(SamePerson):
        confirm_destruction(wave=final, by=first, now=LATER)
    confirm_destruction(wave=final, by=second, now=LATER)
    with pytest.raises(DestructionConfirmed):
        confirm_destruction(wave=final, by=second, now=LATER)

    row = KeyCustody.objects.get()
    assert (row.asked_by, row.confirmed_by) == (first, second)


def test_database_refuses_one_person_for_both_and_a_destruction_that_nobody_confirmed(final: Wave) -> None:
    person = member_of_staff("fieldwork")
    ask_for_destruction(wave=final, by=person, now=LATER)

    with pytest.raises(IntegrityError, match="custody_destruction_takes_two_people"), transaction.atomic():
        KeyCustody.objects.update(confirmed_by=person, confirmed_on=LATER.date())
    with pytest.raises(IntegrityError, match="custody_destroyed_after_confirmation"), transaction.atomic():
        KeyCustody.objects.update(destroyed_on=LATER.date())


def test_role_without_the_permission_neither_asks_nor_confirms(final: Wave) -> None:
    analyst = member_of_staff("analyst")

    with pytest.raises(NotPermitted):
        ask_for_destruction(wave=final, by=analyst, now=LATER)
    ask_for_destruction(wave=final, by=member_of_staff("fieldwork"), now=LATER)
    with pytest.raises(NotPermitted):
        confirm_destruction(wave=final, by=analyst, now=LATER)


def test_web_cannot_write_that_a_key_is_destroyed(final: Wave) -> None:
    with (
        acting_as("web"),
        pytest.raises(ProgrammingError, match="permission denied"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE surveys_keycustody SET destroyed_on = now()")


@pytest.mark.parametrize(("days", "messages"), [(19, 0), (20, 2), (29, 2), (30, 2), (90, 2)])
def test_reminder_goes_to_everybody_who_may_confirm_from_day_twenty_on(
    final: Wave, days: int, messages: int
) -> None:
    member_of_staff("fieldwork"), member_of_staff("publisher"), member_of_staff("analyst")
    gone = member_of_staff("fieldwork", "analyst")
    gone.is_active = False
    gone.save()

    with acting_as("worker"):
        sent = remind_keepers(now=CLOSES + timedelta(days=days))

    assert sent == len(mail.outbox) == messages
    assert {to for message in mail.outbox for to in message.to} <= {
        "fieldwork@example.org",
        "publisher@example.org",
    }
    assert {message.subject.startswith("OVERDUE") for message in mail.outbox} <= {days >= 30}


def test_reminder_comes_once_a_day_until_the_key_is_gone(final: Wave) -> None:
    first, second = member_of_staff("fieldwork"), member_of_staff("publisher")
    start = CLOSES + timedelta(days=25)

    sent = [remind_keepers(now=start + timedelta(hours=hours)) for hours in (0, 1, 24, 24)]
    ask_for_destruction(wave=final, by=first, now=LATER)
    confirm_destruction(wave=final, by=second, now=LATER)
    KeyCustody.objects.update(destroyed_on=LATER.date())
    sent.append(remind_keepers(now=start + timedelta(days=3)))

    assert sent == [2, 0, 2, 0, 0]


def test_reminder_of_a_wave_says_what_is_missing(final: Wave) -> None:
    now = CLOSES + timedelta(days=25)
    words = []
    for step in (None, ask_for_destruction, confirm_destruction):
        if step is not None:
            step(
                wave=final,
                by=member_of_staff("fieldwork", *["publisher"] * (step is confirm_destruction)),
                now=LATER,
            )
        (wave,) = custody.waves_to_remind_of(now)
        words.append(custody.reminder(wave, now))

    assert "Nobody has asked for it yet" in words[0]
    assert "One person has asked" in words[1]
    assert "the worker has not destroyed it yet" in words[2]


def test_confirmation_reaches_the_box_worker(worker: Worker, committed_database: Database) -> None:
    field = open_field()
    path = place_key(field, worker.key_folder)
    field.answer_all(12)
    end(field)
    confirmed(field.wave)

    tell_worker(field.wave)

    wait_until(KeyCustody.objects.filter(destroyed_on__isnull=False).exists, 30)
    assert not path.exists()


def test_second_people_who_confirm_at_once_are_one_confirmation(
    committed_field: Field, key_folder: Path
) -> None:
    KeyCustody.objects.create(wave=committed_field.wave, made_on=NOW.date())
    Wave.objects.update(status=Wave.Status.FINAL)
    wave = Wave.objects.get()
    ask_for_destruction(wave=wave, by=member_of_staff("fieldwork"), now=LATER)
    others = [member_of_staff("publisher", *more) for more in ([], ["analyst"])]
    start = threading.Barrier(2)

    def confirm(person: User) -> str:
        try:
            start.wait(10)
            confirm_destruction(wave=Wave.objects.get(), by=person, now=LATER)
        except DestructionConfirmed as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(confirm, others))

    assert outcomes == ["DestructionConfirmed", "confirmed"]
    assert audited().count("key.destruction_confirmed") == 1
