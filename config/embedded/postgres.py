"""A PostgreSQL 18 of the project's own: made, started, stopped and recovered here, on a unix socket."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.embedded.binaries import postgres_folder
from config.embedded.errors import ServiceError
from config.embedded.passwords import OWNER, SUPERUSER, WEB, WORKER, passwords
from config.embedded.places import PROJECT, Places, own_folder, places_of
from config.embedded.processes import living_in, run_as, send, wait_until_gone

ROLES_FILE = PROJECT / "config/roles.sql"
LONGEST_LOG = 4 * 1024 * 1024

# Nothing that a person typed may reach the log: no statement, no parameter, and (terse) no row in a detail.
SETTINGS: dict[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "track_commit_timestamp": "off",
}
# A cluster that is thrown away after the tests need not survive a power cut. It still survives a kill.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}
ACCESS = "local all all scram-sha-256\n"


class Cluster:
    """One PostgreSQL data folder and its server. Whoever shares it holds the start lock of its base."""

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.base = base.resolve()
        self.durable = durable

    @cached_property
    def places(self) -> Places:
        return places_of(self.base)

    @property
    def folder(self) -> Path:
        return self.places.state / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> None:
        """Start the server unless it answers; what a kill has left behind is cleared away first."""
        if self.answers():
            return
        self._make_folder()
        self._clear_remains()
        self._initialise()
        self._configure()
        self._control("start", "-l", self.log, "-t", "60")
        self._make_roles()

    def stop(self) -> None:
        if living_in(self.data):
            self._control("stop", "-m", "fast", "-t", "60")

    def kill(self) -> None:
        """End the postmaster as a power cut would. Its children notice and end by themselves."""
        send([self.postmaster()], signal.SIGKILL)
        wait_until_gone(self.data)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.places.sockets, ignore_errors=True)

    def postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def answers(self) -> bool:
        """Whether the server runs and lets the superuser in."""
        if not living_in(self.data):
            return False
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def password(self, role: str) -> str:
        return passwords(self.places.state)[role]

    def url(self, role: str, database: str) -> str:
        password = self.password(role)
        return (
            f"postgresql://{role}:{quote(password)}@/{quote(database)}?host={quote(str(self.places.sockets))}"
        )

    def connect(self, database: str = "postgres", role: str = SUPERUSER) -> psycopg.Connection:
        """An autocommit connection as the superuser, who serves nothing but the making of databases."""
        return psycopg.connect(self.url(role, database), autocommit=True, connect_timeout=10)

    def ensure_database(self, name: str) -> None:
        with self.connect() as connection:
            if not has_database(connection, name):
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*_names(name, OWNER)))

    def clone_database(self, template: str, name: str) -> None:
        """Replace `name` by a copy of `template`, whoever is connected to it."""
        copy = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            connection.execute(copy.format(*_names(name, OWNER, template)))

    def drop_database(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _make_folder(self) -> None:
        user = self.places.user
        own_folder(self.folder, os.geteuid() if user is None else user.uid, user)

    def _clear_remains(self) -> None:
        """Let the children of a killed postmaster end, then remove the files that say a server runs."""
        if living_in(self.data) and not wait_until_gone(self.data, 10.0):
            send(living_in(self.data), signal.SIGQUIT)
            if not wait_until_gone(self.data, 10.0):
                raise ServiceError(f"An earlier PostgreSQL in {self.data} neither answers nor ends.")
        for stale in (self.data / "postmaster.pid", *self.places.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.unlink()

    def _initialise(self) -> None:
        """Make the data folder under another name first, so that an interrupted start leaves nothing half-made."""
        if self.data.exists():
            return
        fresh, password_file = self.folder / "data.new", self.folder / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        self._write(password_file, passwords(self.places.state)[SUPERUSER])
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        self._run("initdb", "-D", fresh, "-U", SUPERUSER, f"--pwfile={password_file}", *options)
        password_file.unlink()
        fresh.rename(self.data)

    def _configure(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(self.places.sockets)}
        settings |= {} if self.durable else NOT_DURABLE
        self._write(
            self.data / "postgresql.conf",
            "".join(f"{name} = '{value}'\n" for name, value in settings.items()),
        )
        self._write(self.data / "pg_hba.conf", ACCESS)

    def _make_roles(self) -> None:
        """Run config/roles.sql where it has changed since it was last run."""
        digest = hashlib.sha256(ROLES_FILE.read_bytes()).hexdigest()
        marker = self.folder / "roles"
        if marker.exists() and marker.read_text() == digest:
            return
        found = passwords(self.places.state)
        environment = {
            "PGPASSWORD": found[SUPERUSER],
            "ENQUIRY_OWNER_PASSWORD": found[OWNER],
            "ENQUIRY_WEB_PASSWORD": found[WEB],
            "ENQUIRY_WORKER_PASSWORD": found[WORKER],
        }
        # The project may lie where the server's user cannot read, so it runs a copy.
        script = self.folder / "roles.sql"
        self._write(script, ROLES_FILE.read_text())
        options: list[str | Path] = [
            "--no-psqlrc",
            "--quiet",
            "-U",
            SUPERUSER,
            "-d",
            "postgres",
            "-h",
            self.places.sockets,
        ]
        self._run("psql", *options, "-f", script, environment=environment)
        self._write(marker, digest)

    def _control(self, action: str, *options: str | Path) -> None:
        self._run("pg_ctl", action, "-D", self.data, "-w", "-s", *options)

    def _run(self, program: str, *options: str | Path, environment: dict[str, str] | None = None) -> None:
        user = self.places.user
        path = postgres_folder(user) / "bin" / program
        if not self.log.exists():
            self._write(self.log, "")
        failed = run_as(user, [path, *options], cwd=self.folder, log=self.log, environment=environment)
        if failed:
            lines = self.log.read_text(errors="replace").splitlines()[-8:]
            raise ServiceError(f"PostgreSQL's {program} failed. The end of {self.log}:\n" + "\n".join(lines))

    def _write(self, path: Path, text: str) -> None:
        write_for(self.places, path, text)


def write_for(places: Places, path: Path, text: str) -> None:
    """Write a file that only the server's user can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    if places.user is not None:
        os.chown(path, places.user.uid, places.user.gid)


def has_database(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def _names(*names: str) -> Sequence[sql.Identifier]:
    return [sql.Identifier(name) for name in names]
