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

from responses.sealing import KEY_BYTES, generate_key_pair, public_half

OWN_EYES_ONLY = 0o600


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
        key = file.read(KEY_BYTES + 1)
    if mode & 0o077:
        raise KeyExposed(path)
    if len(key) != KEY_BYTES:
        raise KeyDamaged(path)
    return key


def make_key(wave_id: UUID) -> bytes:
    """Make the wave's pair unless there is one; returns the public half. A key that is there is never replaced."""
    return make_key_in(path_of(wave_id))


def make_key_in(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write_once(path, generate_key_pair()[0])
    return public_half(private_key_in(path))


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
