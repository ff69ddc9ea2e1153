"""A Redis of the project's own, on a unix socket. It carries messages only, so it keeps nothing on disk."""

from __future__ import annotations

import os
import shutil
import signal
import time
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import redis

from config.embedded.binaries import redis_program
from config.embedded.errors import ServiceError
from config.embedded.passwords import REDIS, passwords
from config.embedded.places import Places, own_folder, places_of
from config.embedded.postgres import write_for
from config.embedded.processes import end_all_in, living_in, run_as, send, wait_until_gone

DATABASES = 64
START_SECONDS = 20.0


class RedisServer:
    """One Redis folder and its server. Whoever shares it holds the start lock of its base."""

    def __init__(self, base: Path) -> None:
        self.base = base.resolve()

    @cached_property
    def places(self) -> Places:
        return places_of(self.base)

    @property
    def folder(self) -> Path:
        return self.places.state / "redis"

    @property
    def socket(self) -> Path:
        return self.places.sockets / "redis"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> None:
        if self.answers():
            return
        user = self.places.user
        own_folder(self.folder, os.geteuid() if user is None else user.uid, user)
        end_all_in(self.folder)
        self.socket.unlink(missing_ok=True)
        settings = self.folder / "redis.conf"
        write_for(self.places, settings, self._settings())
        write_for(self.places, self.log, "")
        run_as(user, [redis_program(user), settings], cwd=self.folder, log=self.log)
        self._wait()

    def stop(self) -> None:
        end_all_in(self.folder)

    def kill(self) -> None:
        send(living_in(self.folder), signal.SIGKILL)
        wait_until_gone(self.folder)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def answers(self) -> bool:
        if not living_in(self.folder):
            return False
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def url(self, number: int = 0) -> str:
        """The broker address of one numbered database, as Celery spells an address on a unix socket."""
        password = quote(passwords(self.places.state)[REDIS])
        return f"redis+socket://:{password}@{self.socket}?virtual_host={number}"

    def client(self, number: int = 0) -> redis.Redis:
        password = passwords(self.places.state)[REDIS]
        return redis.Redis(unix_socket_path=str(self.socket), password=password, db=number, socket_timeout=5)

    def empty(self, number: int) -> None:
        """Forget everything in one numbered database."""
        with self.client(number) as client:
            client.flushdb()

    def _settings(self) -> str:
        lines = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "requirepass": passwords(self.places.state)[REDIS],
            "databases": str(DATABASES),
            "daemonize": "yes",
            "appendonly": "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "logfile": '"log"',
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > deadline:
                lines = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
                raise ServiceError(f"Redis does not start. The end of {self.log}:\n{lines}")
            time.sleep(0.02)
