"""Starting programs as the right user, and finding the ones that work in a folder.

Both servers change into their data folder, so the folder names its server more reliably than a stale file with a
process number that another program may have by now.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.embedded.errors import ServiceError
from config.embedded.places import SystemUser

STOP_SECONDS = 30.0


def run_as(
    user: SystemUser | None,
    command: Sequence[str | Path],
    *,
    cwd: Path,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a program to its end as `user`, with a bare environment; what it says is appended to `log`."""
    clean = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": str(cwd)}
    # A daemon keeps what it inherits open, so its output goes to a file and never into a pipe somebody reads.
    with log.open("ab") as output:
        finished = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env=clean | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            umask=0o077,
            check=False,
            **_identity(user),
        )
    return finished.returncode


def _identity(user: SystemUser | None) -> dict[str, Any]:
    """What subprocess needs to give up root for good: the user, the group and every further group."""
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}


def can_run(user: SystemUser | None, program: Path) -> bool:
    """Whether `user` can reach and run the program; a folder above it may be closed to others."""
    command = [str(program), "--version"]
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, **_identity(user))
    except PermissionError:
        return False
    return done.returncode == 0


def living_in(folder: Path) -> list[int]:
    """The processes that have `folder` as their working folder, zombies not counted."""
    here = str(folder.resolve())
    return [pid for pid in _processes() if _working_folder(pid) == here and not _is_zombie(pid)]


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def _working_folder(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


def _is_zombie(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in {"Z", "X"}


def send(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_until_gone(folder: Path, seconds: float = STOP_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while living_in(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end_all_in(folder: Path) -> None:
    """End the processes of `folder`: asked first, then forced."""
    for number, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        send(living_in(folder), number)
        if wait_until_gone(folder, seconds):
            return
    raise ServiceError(f"Processes {living_in(folder)} in {folder} do not end.")
