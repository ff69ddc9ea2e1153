"""The one copy of a wave's key: two parts, two people, one key."""

from __future__ import annotations

import re
import stat
from collections import Counter
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from config.keyfiles import DEMO_MARK
from responses import keys, shares
from responses.actions.keys import make_wave_key, private_key_of
from responses.sealing import KEY_BYTES, generate_key_pair
from surveys import custody
from surveys.actions.custody import CopyRecorded, KeyNotMade, SamePerson, record_part
from surveys.models import KeyCustody, Wave, WaveKey
from tests.box.field import NOW, Field
from tests.box.people import audited, member_of_staff
from tests.services import acting_as


@pytest.fixture
def key_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ENQUIRY_KEY_DIR = str(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def keyed(field: Field, key_folder: Path) -> Wave:
    """A wave whose key the worker has made."""
    WaveKey.objects.all().delete()
    make_wave_key(wave_id=field.wave.pk, now=NOW)
    return field.wave


def copied(wave: Wave, *options: object) -> str:
    printed = StringIO()
    with acting_as("worker"):
        call_command("copy_wave_key", str(wave.pk), *options, stdout=printed)
    return printed.getvalue()


def restored(wave: Wave, first: Path, second: Path) -> None:
    with acting_as("worker"):
        call_command(
            "restore_wave_key", str(wave.pk), f"--part={first}", f"--part={second}", stdout=StringIO()
        )


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.uuids())
def test_parts_give_the_key_in_either_order(key: bytes, wave_id: object) -> None:
    first, second = shares.split(key, wave_id)  # type: ignore[arg-type]

    assert shares.join(first, second, wave_id) == key  # type: ignore[arg-type]
    assert shares.join(second.lower(), first.replace("-", "  "), wave_id) == key  # type: ignore[arg-type]


def test_part_alone_is_random_whatever_the_key() -> None:
    """The same key a thousand times: each byte of either part takes about every value."""
    key, wave_id = bytes(KEY_BYTES), uuid4()
    parts = [shares.split(key, wave_id) for _ in range(1000)]

    for number in (0, 1):
        seen = Counter(pair[number] for pair in parts)
        assert len(seen) == 1000
        digits = Counter("".join(pair[number].replace("-", "")[2:50] for pair in parts))
        assert set(digits) == set(shares.RECEIPT_ALPHABET)
        assert max(digits.values()) < 1.2 * min(digits.values())


def test_part_stands_in_fours_and_every_single_slip_is_noticed() -> None:
    wave_id = uuid4()
    first, second = shares.split(generate_key_pair()[0], wave_id)

    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){13}", first)
    missed = 0
    for place, digit in enumerate(first):
        if digit == "-":
            continue
        slip = first[:place] + ("7" if digit != "7" else "8") + first[place + 1 :]
        try:
            shares.join(slip, second, wave_id)
        except (shares.ShareUnreadable, shares.SameShare):
            continue
        missed += 1
    # The check has sixteen bits, and the public half is asked besides.
    assert missed == 0


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "x" * 500, "\0", "é" * 56])
def test_part_that_is_none_is_refused(typed: str) -> None:
    wave_id = uuid4()
    _first, second = shares.split(bytes(KEY_BYTES), wave_id)

    with pytest.raises(shares.ShareUnreadable):
        shares.join(typed, second, wave_id)


def test_same_part_twice_and_the_part_of_another_wave_are_refused() -> None:
    wave_id = uuid4()
    first, second = shares.split(bytes(KEY_BYTES), wave_id)

    with pytest.raises(shares.SameShare):
        shares.join(first, first, wave_id)
    with pytest.raises(shares.ShareUnreadable):
        shares.join(first, shares.split(bytes(KEY_BYTES), uuid4())[1], wave_id)
    assert shares.join(first, second, wave_id) == bytes(KEY_BYTES)


def test_copy_is_printed_as_two_sheets_without_the_key(keyed: Wave) -> None:
    sheets = copied(keyed).split("\f")

    assert len(sheets) == 2
    for number, sheet in enumerate(sheets, start=1):
        assert f"Key of the survey {keyed}: part {number} of 2" in sheet
        assert len(re.findall(r"\b[0-9A-Z]{4}\b(?=  |\n)", sheet)) == 14
        assert private_key_of(keyed).hex() not in sheet
    assert shares.join(*sheets, keyed.pk) == private_key_of(keyed)
    assert audited() == ["key.made", "key.copied"]


def test_copy_in_files_is_for_own_eyes_and_never_written_over(keyed: Wave, tmp_path: Path) -> None:
    copied(keyed, "--to", str(tmp_path))
    paths = sorted(tmp_path.glob("*-part-*.txt"))

    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600, 0o600]
    with pytest.raises(CommandError, match="cannot be written"):
        copied(keyed, "--to", str(tmp_path))


def test_lost_key_comes_back_from_both_parts_and_opens_the_box(keyed: Wave, tmp_path: Path) -> None:
    copied(keyed, "--to", str(tmp_path))
    first, second = sorted(tmp_path.glob("*-part-*.txt"))
    key = private_key_of(keyed)
    keys.path_of(keyed.pk).unlink()

    restored(keyed, second, first)

    assert private_key_of(keyed) == key
    assert stat.S_IMODE(keys.path_of(keyed.pk).stat().st_mode) == 0o600
    assert audited()[-1] == "key.restored"


def test_key_that_is_there_is_not_replaced(keyed: Wave, tmp_path: Path) -> None:
    copied(keyed, "--to", str(tmp_path))

    with pytest.raises(CommandError, match="never replaced"):
        restored(keyed, *sorted(tmp_path.glob("*-part-*.txt")))


def test_parts_of_two_copies_give_no_key_and_write_nothing(keyed: Wave, tmp_path: Path) -> None:
    pairs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        copied(keyed, "--to", str(tmp_path / name))
        pairs.append(sorted((tmp_path / name).iterdir()))
    keys.path_of(keyed.pk).unlink()

    with pytest.raises(CommandError, match="not the one of this wave"):
        restored(keyed, pairs[0][0], pairs[1][1])

    assert not keys.path_of(keyed.pk).exists()


def test_key_that_was_destroyed_does_not_come_back(keyed: Wave, tmp_path: Path) -> None:
    copied(keyed, "--to", str(tmp_path))
    keys.path_of(keyed.pk).unlink()
    one, other = member_of_staff("fieldwork"), member_of_staff("publisher")
    days = dict.fromkeys(("asked_on", "confirmed_on", "destroyed_on"), NOW.date())
    KeyCustody.objects.update(asked_by=one, confirmed_by=other, **days)

    with pytest.raises(CommandError, match="has been destroyed"):
        restored(keyed, *sorted(tmp_path.glob("*-part-*.txt")))


@pytest.mark.parametrize("wave", ["nonsense", "a3dee4d7-f9ef-49ac-9c4f-4d8e3a898a8e"])
def test_wave_that_is_not_there_is_said_so(db: None, wave: str) -> None:
    for command in ("copy_wave_key", "restore_wave_key"):
        with pytest.raises(CommandError, match="There is no wave"):
            call_command(command, wave)


def test_process_without_the_folder_of_keys_copies_nothing(field: Field) -> None:
    with pytest.raises(CommandError, match="no folder of keys"):
        call_command("copy_wave_key", str(field.wave.pk))


def test_key_of_a_test_carries_its_mark_and_a_production_works_with_none(
    keyed: Wave, settings: Settings
) -> None:
    marked = keys.path_of(keyed.pk).read_bytes()

    settings.IN_PRODUCTION = True
    with pytest.raises(keys.DemoKey, match="works with no such key"):
        private_key_of(keyed)
    made = uuid4()
    keys.make_key(made)

    assert marked.startswith(DEMO_MARK)
    assert len(keys.path_of(made).read_bytes()) == KEY_BYTES


def test_two_people_record_the_copy_and_the_warning_goes(keyed: Wave) -> None:
    first, second = member_of_staff("fieldwork"), member_of_staff("publisher")
    warned = [custody.lacks_copy(keyed)]

    with acting_as("web"):
        assert record_part(wave=keyed, by=first, now=NOW) == 1
        warned.append(custody.lacks_copy(keyed))
        assert record_part(wave=keyed, by=second, now=NOW) == 2
    warned.append(custody.lacks_copy(keyed))

    row = KeyCustody.objects.get()
    assert warned == [True, True, False]
    assert (row.first_holder, row.second_holder, row.first_held_on) == (first, second, NOW.date())
    assert audited() == ["key.made", "key.part_kept", "key.part_kept"]
    with pytest.raises(CopyRecorded):
        record_part(wave=keyed, by=second, now=NOW)


def test_one_person_cannot_keep_both_parts_by_action_or_by_sql(keyed: Wave) -> None:
    person = member_of_staff("fieldwork")
    record_part(wave=keyed, by=person, now=NOW)

    with pytest.raises(SamePerson):
        record_part(wave=keyed, by=person, now=NOW)
    with pytest.raises(IntegrityError, match="custody_copy_is_under_two_people"), transaction.atomic():
        KeyCustody.objects.update(second_holder=person, second_held_on=NOW.date())


def test_copy_of_a_wave_without_a_key_cannot_be_recorded(field: Field) -> None:
    WaveKey.objects.all().delete()

    assert not custody.lacks_copy(field.wave)
    with pytest.raises(KeyNotMade):
        record_part(wave=field.wave, by=member_of_staff("fieldwork"), now=NOW)
