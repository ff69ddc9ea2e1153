"""python -m config.run: web, worker and beat together, for development. When one ends, all end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

from config.embedded import ServiceError, environment
from config.embedded.places import PROJECT

WEB = ["gunicorn", "config.wsgi", "--config", "config/gunicorn.conf.py", "--workers", "1", "--reload"]
WORKER = [
    "celery",
    "-A",
    "config",
    "worker",
    "--queues",
    "celery,box,mail",
    "--concurrency",
    "2",
    "--loglevel",
    "INFO",
]
BEAT = ["celery", "-A", "config", "beat", "--loglevel", "INFO"]
PROGRAMS = {"web": WEB, "worker": WORKER, "beat": BEAT}
STOP_SECONDS = 20.0
NOTE = (
    "One user runs web, worker and beat here, so the operating system does not keep them apart as a production does. "
    "The worker alone is told where the private keys are."
)


class Stopped(Exception):
    """Somebody asked for the end."""


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        _migrate()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    print(NOTE, flush=True)
    running = {name: _start(name) for name in PROGRAMS}
    try:
        return _watch(running)
    except Stopped:
        return 0
    finally:
        _end(list(running.values()))


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _migrate() -> None:
    # --skip-checks: a mistake in a page must not keep the database from being brought up to date.
    command = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(command, cwd=PROJECT, env=environment(process="owner"), check=True)


def _start(name: str) -> subprocess.Popen[bytes]:
    # A group of its own, so that Ctrl-C reaches this program alone and it can end the others in order.
    command = [sys.executable, "-m", *PROGRAMS[name]]
    return subprocess.Popen(command, cwd=PROJECT, env=environment(process=name), start_new_session=True)


def _watch(running: dict[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                print(f"The {name} has ended with status {process.returncode}.", file=sys.stderr)
                return 1
        time.sleep(0.5)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
