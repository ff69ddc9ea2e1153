"""A file of 50 MB: how long it takes and how much memory, with both programs as they are run."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from responses import ballots
from responses.models import Response
from surveys.models import Questionnaire
from tests.importing.exporting import Export
from tests.importing.stage import past_wave
from tests.questionnaires import definition_in
from tests.services import PROJECT, Database
from tests.surveys.respondents import answers_of

SIZE = 50_000_000
MOST_MEGABYTES = 500
WRONG = b'"not closed'


def big_export(folder: Path) -> tuple[Path, Path, int]:
    """Rows of three thousand different people, again and again: file, mapping, rows."""
    definition = definition_in("law_enforcement")
    drawn = (answers_of(definition, number) for number in range(3000))
    people = [answers for answers in drawn if not ballots.problems(definition, answers)]
    export = Export(definition, people, Random(3), weights=[1.5] * len(people)).build()
    head, _end, body = export.csv(end="\n").partition(b"\n")
    times = SIZE // len(body) + 1
    file, mapping = folder / "file.csv", folder / "mapping.yaml"
    with file.open("wb") as out:
        out.write(head + b"\n")
        for _ in range(times):
            out.write(body)
    mapping.write_text(export.mapping())
    return file, mapping, times * len(people)


def run(database: Database, *words: str) -> tuple[int, float, float]:
    """(exit status, seconds, megabytes at most) of a command of the worker's.

    The memory is that of its own address space, read while it runs: what the kernel tells at the end holds the size of
    the process that started it.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT,
        env=database.environment("worker"),
        stdout=subprocess.DEVNULL,
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, peak_of(process.pid))
        time.sleep(0.02)
    assert most > 0
    return process.returncode, time.perf_counter() - started, most


def peak_of(process: int) -> float:
    """The largest size in memory of a process so far, in megabytes; 0 when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


@pytest.mark.deep
def test_file_of_fifty_megabytes_is_imported_in_bounded_memory(
    committed_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wave = past_wave(Questionnaire.objects.get(key="law_enforcement"))
    wave.places.create(place="retention years", language="en", text="10")
    file, mapping, rows = big_export(tmp_path)
    command = ("import_responses", str(wave.pk), str(file), "--mapping", str(mapping))

    looked = run(committed_database, *command, "--dry-run")
    imported = run(committed_database, *command)

    with capsys.disabled():
        print(f"\n{file.stat().st_size / 1e6:.0f} MB, {rows} rows")
        for name, (_status, seconds, megabytes) in {"looked at": looked, "imported": imported}.items():
            print(
                f"  {name}: {seconds:.0f} s, {rows / seconds:.0f} rows a second, {megabytes:.0f} MB at most"
            )
    assert (looked[0], imported[0]) == (0, 0)
    assert Response.objects.filter(wave=wave).count() == rows
    assert max(looked[2], imported[2]) < MOST_MEGABYTES


@pytest.mark.deep
def test_file_of_fifty_megabytes_that_is_all_wrong_is_refused_in_bounded_memory(
    committed_database: Database, tmp_path: Path
) -> None:
    wave = past_wave(Questionnaire.objects.get(key="law_enforcement"))
    wave.places.create(place="retention years", language="en", text="10")
    file, mapping, _rows = big_export(tmp_path)
    mapping.write_text(mapping.read_text().replace("wt", "role"))
    endless = tmp_path / "endless.csv"
    endless.write_bytes(file.read_bytes().partition(b"\n")[0] + b"\n" + b"," * SIZE)

    refused = [
        run(committed_database, "import_responses", str(wave.pk), str(one), "--mapping", str(mapping))
        for one in (file, endless)
    ]

    assert all(status != 0 for status, _seconds, _megabytes in refused)
    assert max(megabytes for _status, _seconds, megabytes in refused) < MOST_MEGABYTES
    assert not Response.objects.exists()
