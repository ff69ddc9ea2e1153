"""PostgreSQL and Redis as one pair: started once, shared by every process of the project, stopped by the last."""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path

from config.embedded.locks import UserLock, start_lock
from config.embedded.passwords import OWNER, WEB, WORKER
from config.embedded.postgres import Cluster
from config.embedded.redis_server import DATABASES, RedisServer

ROLES = {"owner": OWNER, "web": WEB, "worker": WORKER, "beat": WEB}
# Two databases that are used at the same time must not read each other's messages.
REDIS_NUMBERS = {"enquiry": 0, "enquiry_demo": 1}
FIRST_FREE_NUMBER = 8


class Services:
    """The pair of one base folder, and this process's share in it."""

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.base = base.resolve()
        self.cluster = Cluster(self.base, durable=durable)
        self.redis = RedisServer(self.base)
        self.lock = UserLock(self.base)
        self.pinned = self.lock.path.with_name("pinned")

    def join(self, database: str | None = None) -> None:
        """Start what does not run, make `database` if need be, and count as a user until this process ends."""
        with start_lock(self.base):
            if self.lock.handle is None:
                self.lock.take()
                # Before anything is started, so that half a pair is stopped as well.
                atexit.register(self._leave_at_exit, os.getpid())
            self.cluster.start()
            self.redis.start()
            if database:
                self.cluster.ensure_database(database)

    def leave(self) -> None:
        """Stop the pair if nobody else uses it and nobody has asked for it to stay."""
        if self.lock.handle is None:
            return
        with start_lock(self.base):
            self.lock.release()
            if not self.pinned.exists() and not self.lock.somebody_else():
                self._stop()

    def pin(self) -> None:
        """Keep the pair running after its last user, until `stop`: what is started by hand is stopped by hand."""
        self.pinned.touch()

    def stop(self, *, force: bool = False) -> bool:
        """Stop the pair now. Returns False, with nothing done, when others use it and `force` is off."""
        with start_lock(self.base):
            if self.lock.somebody_else() and not force:
                return False
            self._stop()
            return True

    def remove(self) -> None:
        with start_lock(self.base):
            self.redis.remove()
            self.cluster.remove()
            shutil.rmtree(self.cluster.places.state)
        shutil.rmtree(self.base / "services", ignore_errors=True)

    def address(self, process: str, database: str) -> dict[str, str]:
        """The environment variables that a process of this kind needs."""
        return {
            "DATABASE_URL": self.cluster.url(ROLES[process], database),
            "REDIS_URL": self.redis.url(redis_number(database)),
        }

    def _stop(self) -> None:
        self.pinned.unlink(missing_ok=True)
        self.redis.stop()
        self.cluster.stop()

    def _leave_at_exit(self, pid: int) -> None:
        # A forked child inherits the registration and must not leave in its parent's name.
        if os.getpid() == pid:
            self.leave()


def redis_number(database: str) -> int:
    """A numbered Redis database for a PostgreSQL database: the same one in every process."""
    if database in REDIS_NUMBERS:
        return REDIS_NUMBERS[database]
    return FIRST_FREE_NUMBER + sum(database.encode()) % (DATABASES - FIRST_FREE_NUMBER)
