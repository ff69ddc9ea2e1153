"""Two locks per pair of services: one orders the starts and stops, the other counts the users.

Both are flocks: the kernel drops them when their process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.places import services_folder


@contextmanager
def start_lock(base: Path) -> Iterator[None]:
    """Hold the right to start, stop or change the services of `base`."""
    handle = _open(services_folder(base) / "start.lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class UserLock:
    """A shared lock that says: somebody uses the services of this base."""

    def __init__(self, base: Path) -> None:
        self.path = services_folder(base) / "users.lock"
        self.handle: int | None = None

    def take(self) -> None:
        if self.handle is None:
            self.handle = _open(self.path)
            fcntl.flock(self.handle, fcntl.LOCK_SH)

    def release(self) -> None:
        if self.handle is not None:
            # Forked children share the handle, so closing ours alone would leave the lock with them.
            fcntl.flock(self.handle, fcntl.LOCK_UN)
            os.close(self.handle)
            self.handle = None

    def somebody_else(self) -> bool:
        """Whether another process uses the services. The caller holds the start lock and not this one."""
        handle = _open(self.path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
