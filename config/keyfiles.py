"""Files with private halves of keys: how a demo's is known, and where a process that must not see one looks for them.

Only pure file reading: this module is read before the settings are.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

DEMO_MARK = b"enquiry: a key for demo, test or development\n"
"""Stands before the key in every file that was not made in production. Its answers are made up."""

SIGNING_KEY = "releases.key"
"""The file with the key that releases are signed with, beside those of the waves."""

PROJECT = Path(__file__).resolve().parent.parent
# Where compose mounts the folder of the box worker.
MOUNTED = Path("/keys")


def exposed_keys(values: Mapping[str, str]) -> list[str]:
    """How this process comes by real private keys: a sentence for each folder in which it can read one."""
    problems = []
    for variable, folder in _folders(values):
        if any(is_real_key(path) for path in _key_files(folder)):
            where = f"the variable {variable} leads to" if variable else f"lies in {folder}:"
            problems.append(
                f"This process can read a private key of a wave, which {where} a file that its user must not see. "
                "Keep the folder on the host of the box worker, owned by that worker's user alone (chmod 700)."
            )
    return problems


def demo_keys(folder: Path) -> list[str]:
    """Names of the files in a folder that a production must not work with."""
    return sorted(path.name for path in _key_files(folder) if _begins(path).startswith(DEMO_MARK))


def is_real_key(path: Path) -> bool:
    """Whether this process can read the file and it was made for real answers."""
    content = _begins(path)
    return bool(content) and not content.startswith(DEMO_MARK)


def _folders(values: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """(variable, folder): every folder that a variable names, then the places where keys lie by default."""
    var = Path(values.get("ENQUIRY_VAR", "").strip() or PROJECT / "var")
    for folder in dict.fromkeys((var / "keys", PROJECT / "var/keys", MOUNTED)):
        yield "", folder
    for name, value in sorted(values.items()):
        for part in value.split(os.pathsep):
            if os.path.isabs(part) and "\0" not in part:
                path = Path(part)
                yield name, path.parent if path.suffix == ".key" else path


def _key_files(folder: Path) -> Iterable[Path]:
    try:
        found = [Path(entry.path) for entry in os.scandir(folder) if entry.name.endswith(".key")]
    except OSError:
        return ()
    return [path for path in found if path.name == SIGNING_KEY or _is_named_after_a_wave(path)]


def _is_named_after_a_wave(path: Path) -> bool:
    try:
        UUID(path.stem)
    except ValueError:
        return False
    return True


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(DEMO_MARK) + 1)
    except OSError:
        return b""
