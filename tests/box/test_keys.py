from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from pytest_django import Settings

from config.keyfiles import DEMO_MARK
from responses import keys
from responses.actions.keys import KeyLost, make_wave_key, private_key_of, request_key
from responses.sealing import KEY_BYTES, open_ballot, seal_ballot
from surveys.models import Wave, WaveKey
from tests.box.field import NOW, Field, open_field
from tests.box.people import audited, member_of_staff
from tests.services import Database, Worker, acting_as, wait_until


@pytest.fixture
def key_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ENQUIRY_KEY_DIR = str(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def keyless(field: Field) -> Wave:
    WaveKey.objects.all().delete()
    return field.wave


def test_key_made_is_a_private_file_and_a_public_row(keyless: Wave, key_folder: Path) -> None:
    with acting_as("worker"):
        made = make_wave_key(wave_id=keyless.pk, now=NOW)

    path = key_folder / f"{keyless.pk}.key"
    sealed = seal_ballot({"a": 1}, public_key=made.public_key, size=64)
    assert open_ballot(sealed, private_key=private_key_of(keyless), size=64) == {"a": 1}
    assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_size) == (0o600, len(DEMO_MARK) + KEY_BYTES)
    assert os.listdir(key_folder) == [path.name]
    assert audited() == ["key.made"]


def test_key_asked_for_twice_is_made_once(keyless: Wave, key_folder: Path) -> None:
    first = make_wave_key(wave_id=keyless.pk, now=NOW)
    private = private_key_of(keyless)

    second = make_wave_key(wave_id=keyless.pk, now=NOW)

    assert bytes(first.public_key) == bytes(second.public_key)
    assert private_key_of(keyless) == private


def test_key_whose_row_was_lost_in_a_crash_is_finished_with(keyless: Wave, key_folder: Path) -> None:
    public = keys.make_key(keyless.pk)

    made = make_wave_key(wave_id=keyless.pk, now=NOW)

    assert bytes(made.public_key) == public


def test_key_that_others_can_read_is_refused(key_folder: Path) -> None:
    wave_id = uuid4()
    keys.make_key(wave_id)
    keys.path_of(wave_id).chmod(0o640)

    with pytest.raises(keys.KeyExposed):
        keys.private_key_of(wave_id)


def test_key_missing_cut_short_or_of_another_wave_is_refused(field: Field, key_folder: Path) -> None:
    with pytest.raises(keys.KeyMissing):
        private_key_of(field.wave)
    keys.make_key(field.wave.pk)
    with pytest.raises(KeyLost):
        private_key_of(field.wave)
    keys.path_of(field.wave.pk).write_bytes(b"short")
    with pytest.raises(keys.KeyDamaged):
        private_key_of(field.wave)


def test_web_process_has_no_folder_of_keys() -> None:
    assert not settings.ENQUIRY_KEY_DIR
    assert "ENQUIRY_KEY_DIR" not in os.environ
    with pytest.raises(keys.KeyFolderMissing):
        keys.private_key_of(uuid4())


def test_request_goes_to_the_box_worker_which_makes_the_key(
    worker: Worker, committed_database: Database
) -> None:
    field = open_field()
    WaveKey.objects.all().delete()

    request_key(wave=field.wave, by=member_of_staff("fieldwork"), now=NOW)

    wait_until(WaveKey.objects.filter(wave=field.wave).exists, 30)
    assert [path.name for path in worker.key_folder.glob("*.key")] == [f"{field.wave.pk}.key"]
