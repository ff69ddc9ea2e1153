"""Who can see a private key, and whose keys a production works with."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest

from config import keyfiles
from config.checks import production_problems
from config.keyfiles import DEMO_MARK
from tests.test_house import GOOD_PRODUCTION, manage

KEY = bytes(range(32))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A real key in a folder of the worker's."""
    folder = tmp_path / "var" / "keys"
    folder.mkdir(parents=True)
    path = folder / f"{uuid4()}.key"
    path.write_bytes(KEY)
    return path


@pytest.mark.parametrize("process", ["web", "beat", "owner"])
def test_process_that_can_read_a_key_in_the_default_place_is_refused(file: Path, process: str) -> None:
    address = {"DATABASE_URL": f"postgresql://enquiry_{process.replace('beat', 'web')}:x@h/d"}
    values = GOOD_PRODUCTION | address | {"ENQUIRY_PROCESS": process, "ENQUIRY_VAR": str(file.parents[1])}

    with_key = production_problems(values)
    file.unlink()

    assert len(with_key) == 1
    assert "can read a private key of a wave" in with_key[0]
    assert production_problems(values) == []


@pytest.mark.parametrize("names", ["folder", "file", "list"])
def test_process_whose_environment_leads_to_a_key_is_refused_and_the_variable_named(
    file: Path, names: str
) -> None:
    value = {"folder": str(file.parent), "file": str(file), "list": f"/usr/bin:{file.parent}"}[names]

    problems = production_problems(GOOD_PRODUCTION | {"BACKUP_FOLDERS": value})

    assert len(problems) == 1
    assert "the variable BACKUP_FOLDERS leads to" in problems[0]


def test_worker_may_read_its_keys(file: Path) -> None:
    values = {"ENQUIRY_PROCESS": "worker", "ENQUIRY_KEY_DIR": str(file.parent)}

    assert production_problems(GOOD_PRODUCTION | values) == []


def test_production_worker_refuses_a_folder_with_a_demo_key_and_names_the_file(file: Path) -> None:
    file.write_bytes(DEMO_MARK + KEY)
    values = {"ENQUIRY_PROCESS": "worker", "ENQUIRY_KEY_DIR": str(file.parent)}

    problems = production_problems(GOOD_PRODUCTION | values)

    assert len(problems) == 1
    assert f"holds {file.name}, a key that was made for a demo" in problems[0]


def test_demo_key_betrays_nobody(file: Path) -> None:
    file.write_bytes(DEMO_MARK + KEY)

    assert production_problems(GOOD_PRODUCTION | {"ENQUIRY_VAR": str(file.parents[1])}) == []


@pytest.mark.parametrize("name", ["notes.key", "tls.key", "00000000.key"])
def test_keys_of_something_else_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(KEY)

    assert keyfiles.exposed_keys({"FOLDER": str(tmp_path)}) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_key_that_the_process_cannot_read_is_no_problem(file: Path) -> None:
    file.chmod(0)

    assert keyfiles.exposed_keys({"FOLDER": str(file.parent)}) == []


@pytest.mark.parametrize("process", ["web", "beat"])
def test_real_process_of_a_production_does_not_start_beside_a_key(file: Path, process: str) -> None:
    environment = GOOD_PRODUCTION | {"ENQUIRY_PROCESS": process, "ENQUIRY_VAR": str(file.parents[1])}

    refused = manage("check", environment=environment)
    file.unlink()
    accepted = manage("check", environment=environment)

    assert refused.returncode != 0
    assert "can read a private key of a wave" in refused.stderr
    assert str(KEY) not in refused.stderr
    assert accepted.returncode == 0, accepted.stderr
