"""Real services for tests: databases cloned from a migrated template, a Celery worker, a web server."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.db import connection
from psycopg import sql

from config.embedded import Cluster, RedisServer, Services
from config.embedded.locks import start_lock
from config.embedded.postgres import has_database
from config.embedded.services import ROLES
from tests.questionnaires import SHIPPED, definition_in

PROJECT = Path(__file__).resolve().parents[1]
BUILDING = "building"
TEMPLATES_KEPT = 5
# Numbered Redis databases from here on belong to the test processes, one each.
FIRST_REDIS_NUMBER = 16


def process_number() -> int:
    """0 for the first xdist process and for a run without xdist."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def redis_number() -> int:
    return FIRST_REDIS_NUMBER + process_number()


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Use Django's default connection with the rights of `web` or `worker` only."""
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{ROLES[role]}"')
    try:
        yield
    finally:
        # A failed statement has aborted the transaction; its rollback takes the role back too.
        if not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


def wait_until(condition: Callable[[], object], seconds: float = 20.0, step: float = 0.05) -> None:
    """Return when `condition` holds; fail when it has not held after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(step)


def schema_digest() -> str:
    """A fingerprint of everything that decides what a migrated database with the questionnaires looks like."""
    files = [*PROJECT.glob("*/migrations/*.py"), PROJECT / "config/grants.py", PROJECT / "config/roles.sql"]
    files += [*PROJECT.glob("surveys/**/*.py"), *PROJECT.glob("surveys/questionnaires/*.yaml")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def migrated_template(services: Services) -> str:
    """The name of a database that the real `migrate` has made for the schema as it is now.

    Both questionnaires are in it, as not yet frozen versions: half of all tests ask for one, and writing it takes
    longer than what most of them do with it.
    """
    name = f"template_{schema_digest()}"
    cluster = services.cluster
    with start_lock(services.base):
        with cluster.connect() as admin:
            if has_database(admin, name):
                return name
        cluster.drop_database(BUILDING)
        migrate(cluster, services.redis, BUILDING)
        with default_connection_at(BUILDING, cluster):
            write_questionnaires()
        with cluster.connect() as admin:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier(BUILDING), sql.Identifier(name)))
        _drop_old_templates(cluster)
    return name


def write_questionnaires() -> None:
    # Models are there only once Django is set up, and this module is read before.
    from surveys.storage import write

    for key in SHIPPED:
        write(definition_in(key))


def migrate(cluster: Cluster, redis: RedisServer, database: str) -> None:
    cluster.ensure_database(database)
    command = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity=0"]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env=process_environment(cluster, redis, "owner", database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _drop_old_templates(cluster: Cluster) -> None:
    with cluster.connect() as admin:
        rows = admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' ORDER BY oid DESC"
        )
        old = [name for (name,) in rows.fetchall()][TEMPLATES_KEPT:]
    for name in old:
        cluster.drop_database(name)


def process_environment(
    cluster: Cluster, redis: RedisServer, process: str, database: str, number: int | None = None
) -> dict[str, str]:
    """The environment of a child process that works on `database` as `process`."""
    addresses = {
        "DATABASE_URL": cluster.url(ROLES[process], database),
        "REDIS_URL": redis.url(redis_number() if number is None else number),
        "ENQUIRY_PROCESS": process,
        "ENQUIRY_ENV": "test",
    }
    kept = {name: value for name, value in os.environ.items() if not name.endswith("KEY_DIR")}
    return kept | addresses


@contextmanager
def default_connection_at(database: str, cluster: Cluster) -> Iterator[None]:
    """Point Django's default connection, in this and every later thread, at a database of `cluster`."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("NAME", "HOST", "PASSWORD")}
    password = cluster.password(settings["USER"])
    connection.close()
    settings.update(NAME=database, HOST=str(cluster.places.sockets), PASSWORD=password)
    try:
        yield
    finally:
        connection.close()
        settings.update(before)


@dataclass(frozen=True)
class Database:
    """A database that commits for real. Django's default connection is on it while the fixture lives."""

    name: str
    cluster: Cluster
    redis: RedisServer

    def url(self, process: str) -> str:
        return self.cluster.url(ROLES[process], self.name)

    def environment(self, process: str) -> dict[str, str]:
        return process_environment(self.cluster, self.redis, process, self.name)


def worker_waits_for_a_lock(database: Database) -> bool:
    return workers_connected(database, "AND wait_event_type = 'Lock'") > 0


def workers_connected(database: Database, more: str = "") -> int:
    """How many connections the worker's role has to this database."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND datname = %s " + more
    with database.cluster.connect() as admin:
        row = admin.execute(query, [ROLES["worker"], database.name]).fetchone()
    return int(row[0]) if row else 0


class Program:
    """A child process that writes a log and can be killed and started again."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command = command
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.inherited: tuple[int, ...] = ()

    def start(self, is_ready: Callable[[], bool], seconds: float = 40.0) -> None:
        if self.alive():
            return
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.inherited,
                start_new_session=True,
            )
        try:
            wait_until(lambda: not self.alive() or is_ready(), seconds)
            assert self.alive(), f"{self.command[:4]} ended:\n{self.text()[-4000:]}"
        except AssertionError:
            self.kill()
            raise

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the program and its children with SIGKILL."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        if self.alive():
            os.killpg(self.process.pid, number) if number is signal.SIGKILL else self.process.send_signal(
                number
            )
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.process = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Worker(Program):
    """A Celery worker of all queues, as the database role of the worker.

    It hands e-mail to `mail_port` of this machine, where nobody listens unless a test does.
    """

    QUEUES = ("celery", "box", "mail")

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.key_folder = folder / "keys"
        self.key_folder.mkdir(mode=0o700, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency=1",
            "--loglevel=INFO",
        ]
        command += [f"--queues={','.join(self.QUEUES)}", f"--hostname=test{process_number()}@localhost"]
        command += ["--without-gossip", "--without-mingle"]
        self.mail_key_folder = folder / "mail-keys"
        self.mail_port = free_port()
        environment = database.environment("worker") | {
            "ENQUIRY_KEY_DIR": str(self.key_folder),
            "ENQUIRY_MAIL_KEY_DIR": str(self.mail_key_folder),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mail_port),
            "DEFAULT_FROM_EMAIL": "Survey <survey@survey.example>",
            "EMAIL_BOUNCE_ADDRESS": "bounces@survey.example",
        }
        super().__init__(command, environment, folder / "worker.log")

    def run(self) -> None:
        """Start the worker unless it runs, with empty queues."""
        self.forget_messages()
        self.start(lambda: " ready." in self.text())

    def forget_messages(self) -> None:
        with self.database.redis.client(redis_number()) as client:
            client.delete(*self.QUEUES, "unacked", "unacked_index")


class WebServer(Program):
    """A gunicorn on a free port, as the database role of the web."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.conf.py"]
        command += ["--bind", f"fd://{self.socket.fileno()}", "--workers", "1", "--threads", "4"]
        super().__init__(command, database.environment("web"), folder / "web.log")
        self.inherited = (self.socket.fileno(),)

    def run(self) -> None:
        self.start(self.answers, seconds=20)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).is_success
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        self.stop()
        self.socket.close()
