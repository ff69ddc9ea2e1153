"""The demo's own database and the programs on it."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from config.embedded import database_name, environment, services
from config.embedded.places import default_base
from config.embedded.services import redis_number
from config.run import BEAT, WORKER
from reports.demo.programs import Program, Programs

FIRST_PORT, LAST_PORT = 8000, 8099
WEB = ["gunicorn", "config.wsgi", "--config", "config/gunicorn.conf.py", "--workers", "2"]
PROJECT = Path(settings.BASE_DIR)
# What decides whether a demo that was made before can still be shown: everything that lies in its database.
MADE_FROM = ("*/migrations/*.py", "config/grants.py", "surveys/questionnaires/*.yaml", "reports/demo/*.py")


class NotTheOwnDatabase(Exception):
    def __init__(self) -> None:
        super().__init__(
            "The demonstration makes and rebuilds a database of its own. Unset DATABASE_URL and REDIS_URL."
        )


class NoPortFree(Exception):
    def __init__(self) -> None:
        super().__init__(
            f"All ports from {FIRST_PORT} to {LAST_PORT} are in use. End one of the programs on them."
        )


def check_own_database() -> None:
    own = services(default_base()).address("web", database_name())
    if {name: os.environ.get(name) for name in own} != own:
        raise NotTheOwnDatabase


def rebuild_database() -> None:
    """An empty database. Whatever stood in the demo's database before is gone, and so are messages about it."""
    found = services(default_base())
    connection.close()
    found.cluster.drop_database(database_name())
    found.cluster.ensure_database(database_name())
    found.redis.empty(redis_number(database_name()))


def migrate() -> None:
    command = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(command, cwd=PROJECT, env=environment(process="owner"), check=True)


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in MADE_FROM for path in PROJECT.glob(pattern)):
        digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def questionnaire_files() -> list[Path]:
    """Definitions first, then their translations, which need them."""
    files = (PROJECT / "surveys/questionnaires").glob("*.yaml")
    return sorted(files, key=lambda path: (path.name.count("."), path.name))


def free_port() -> int:
    port = next(filter(is_free, range(FIRST_PORT, LAST_PORT + 1)), None)
    if port is None:
        raise NoPortFree
    return port


def is_free(port: int) -> bool:
    with closing(socket.socket()) as attempt:
        # As the web server does it, so that a connection that is only just over is no obstacle.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start_programs(programs: Programs, port: int, logs: Path) -> None:
    """Web, worker and beat, ready for work when this returns."""
    web = programs.start(program("web", [*WEB, "--bind", f"127.0.0.1:{port}"], logs))
    worker = programs.start(program("worker", WORKER, logs))
    programs.start(program("beat", BEAT, logs))
    web.wait_until(lambda: answers(port))
    worker.wait_until(lambda: worker.said(" ready."))


def program(name: str, command: list[str], logs: Path) -> Program:
    return Program(name, command, environment(process=name), PROJECT, logs / f"{name}.log")


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
