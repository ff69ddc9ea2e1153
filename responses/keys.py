"""Private halves of the waves' key pairs: files that the box worker alone can read, never rows."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from config.keyfiles import DEMO_MARK
from responses.sealing import KEY_BYTES, generate_key_pair, public_half

OWN_EYES_ONLY = 0o600
DESTROYED = ".destroyed"
"""The empty file that stays where a key was."""


class KeyFolderMissing(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("This process has no folder of keys. Set ENQUIRY_KEY_DIR for the box worker alone.")
        )


class KeyMissing(Exception):
    def __init__(self, wave_id: UUID) -> None:
        super().__init__(
            _("The private key of wave %(wave)s is not in this worker's folder; its box cannot be opened.")
            % {"wave": wave_id}
        )


class KeyExposed(Exception):
    def __init__(self, path: Path) -> None:
        super().__init__(
            _("Others can read %(path)s. Give it to the worker's user alone (chmod 600).") % {"path": path}
        )


class KeyDamaged(Exception):
    def __init__(self, path: Path) -> None:
        super().__init__(_("%(path)s does not hold a key of 32 bytes.") % {"path": path})


class DemoKey(Exception):
    def __init__(self, path: Path) -> None:
        super().__init__(
            _(
                "%(path)s was made for a demo, a test or development. A production works with no such key: take the"
                " file away, and ask for a key in this installation."
            )
            % {"path": path}
        )


class KeyExists(Exception):
    def __init__(self, path: Path) -> None:
        super().__init__(_("%(path)s is there already, and is never replaced.") % {"path": path})


def folder() -> Path:
    if not settings.ENQUIRY_KEY_DIR:
        raise KeyFolderMissing
    return Path(settings.ENQUIRY_KEY_DIR)


def path_of(wave_id: UUID) -> Path:
    return folder() / f"{wave_id}.key"


def private_key_of(wave_id: UUID) -> bytes:
    try:
        return private_key_in(path_of(wave_id))
    except FileNotFoundError as error:
        raise KeyMissing(wave_id) from error


def private_key_in(path: Path) -> bytes:
    """The key that a file holds, which nobody else may be able to read."""
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        content = file.read(len(DEMO_MARK) + KEY_BYTES + 1)
    if mode & 0o077:
        raise KeyExposed(path)
    if content.startswith(DEMO_MARK) and settings.IN_PRODUCTION:
        raise DemoKey(path)
    key = content.removeprefix(DEMO_MARK)
    if len(key) != KEY_BYTES:
        raise KeyDamaged(path)
    return key


def make_key(wave_id: UUID) -> bytes:
    """Make the wave's pair unless there is one; returns the public half. A key that is there is never replaced."""
    return make_key_in(path_of(wave_id))


def make_key_in(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write_once(path, _marked(generate_key_pair()[0]))
    return public_half(private_key_in(path))


def put_back(wave_id: UUID, key: bytes) -> None:
    """Write a key that was put together from its copy. A file that is there is never replaced."""
    path = path_of(wave_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _write_once(path, _marked(key))
    except FileExistsError as error:
        raise KeyExists(path) from error


def destroy(wave_id: UUID) -> None:
    """Delete the file. What is left in its place says that this was done here, so that it can be noted after a crash.

    The bytes are written over first. On a disk of flash cells that is no promise: the device may write elsewhere.
    """
    path = path_of(wave_id)
    _leave_note(path.with_suffix(DESTROYED))
    with suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(secrets.token_bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)
    for unfinished in path.parent.glob(f".{path.name}.*"):
        unfinished.unlink(missing_ok=True)
    _make_durable(path.parent)


def was_destroyed(wave_id: UUID) -> bool:
    """Whether this worker has deleted the wave's key before."""
    path = path_of(wave_id)
    return path.with_suffix(DESTROYED).exists() and not path.exists()


def _leave_note(path: Path) -> None:
    with suppress(FileExistsError):
        _write_new(path, b"")
    _make_durable(path.parent)


def _marked(key: bytes) -> bytes:
    return key if settings.IN_PRODUCTION else DEMO_MARK + key


def _write_once(path: Path, key: bytes) -> None:
    """The file is whole when it gets its name, and a name that is taken is refused by the file system."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_new(draft, key)
        os.link(draft, path)
        _make_durable(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _write_new(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_EYES_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def _make_durable(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
