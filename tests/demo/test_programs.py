from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from reports.demo.premises import is_free
from reports.demo.programs import Program, ProgramEnded, Programs
from reports.demo.progress import Progress


def program(folder: Path, code: str) -> Program:
    (folder / "spoken.py").write_text(code)
    return Program("speaker", ["spoken"], os.environ, folder, folder / "logs/speaker.log")


def test_program_that_ends_by_itself_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Programs() as programs:
        started = programs.start(program(tmp_path, "print('no such table')\nraise SystemExit(3)"))

        with pytest.raises(ProgramEnded, match=r"(?s)speaker has ended with status 3.*no such table"):
            started.wait_until(lambda: False)


def test_programs_are_ended_when_their_demo_fails(tmp_path: Path) -> None:
    code = "import time\nprint('ready', flush=True)\ntime.sleep(60)"

    with pytest.raises(RuntimeError), Programs() as programs:  # noqa: PT012
        started = programs.start(program(tmp_path, code))
        started.wait_until(lambda: started.said("ready"))
        raise RuntimeError

    assert started.process is not None
    assert started.process.returncode is not None


def test_port_in_use_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert not is_free(port)
    assert is_free(port)


def test_progress_tells_each_tenth_and_keeps_the_seconds() -> None:
    lines: list[str] = []
    progress = Progress(lines.append)

    with progress.step("Invite"):
        tell = progress.counter(20, "people")
        for done in range(1, 21):
            tell(done)

    assert [line.strip() for line in lines[1:11]] == [f"{done} of 20 people" for done in range(2, 21, 2)]
    assert set(progress.seconds) == {"Invite"}
