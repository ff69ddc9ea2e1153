"""PostgreSQL and Redis without an installation: for development, the demo and the tests.

Every entry into the project (manage.py, wsgi.py, celery.py, the tests) calls `ensure` before Django reads its
settings. The settings themselves start nothing, because type checkers and editors import them too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from config.embedded.errors import ServiceError
from config.embedded.places import default_base
from config.embedded.postgres import Cluster
from config.embedded.redis_server import RedisServer
from config.embedded.services import ROLES, Services

__all__ = ["ROLES", "Cluster", "RedisServer", "ServiceError", "Services", "ensure", "environment", "services"]

ADDRESSES = ("DATABASE_URL", "REDIS_URL")
DATABASES = {"demo": "enquiry_demo", "test": "enquiry_test"}
NOT_DURABLE = {"test"}
# Fingerprints of the addresses that `ensure` chose itself. A child process inherits them; without these it could not
# tell an address for its parent's role from one that a person has set.
OWN_ADDRESSES = "ENQUIRY_EMBEDDED"


def ensure(*, process: str, database: str | None = None) -> None:
    """Start the services whose address is not set, and set their addresses for a process of this kind.

    `process` is web, worker, beat or owner; it decides the database role. In production nothing is started: the
    settings then say which address is missing.
    """
    os.environ["ENQUIRY_PROCESS"] = process
    if environment_name() == "production":
        return
    # WhiteNoise warns of a missing folder, although outside production nothing is ever collected into it.
    (default_base() / "static").mkdir(parents=True, exist_ok=True)
    missing = [name for name in ADDRESSES if not _is_set_by_others(name, os.environ)]
    if missing:
        name = database or database_name()
        found = _joined(name)
        os.environ.update(
            {key: value for key, value in found.address(process, name).items() if key in missing}
        )
        os.environ[OWN_ADDRESSES] = " ".join(_fingerprint(os.environ[key]) for key in missing)
    _place_keys(process, os.environ)


def environment(*, process: str, database: str | None = None) -> dict[str, str]:
    """The environment for a child process of another kind than this one, from this process's own."""
    name = database or database_name()
    child = dict(os.environ)
    missing = [key for key in ADDRESSES if not _is_set_by_others(key, child)]
    if missing:
        found = _joined(name).address(process, name)
        child.update({key: found[key] for key in missing})
        child[OWN_ADDRESSES] = " ".join(_fingerprint(child[key]) for key in missing)
    child |= {"ENQUIRY_PROCESS": process, "ENQUIRY_DATABASE": name}
    _place_keys(process, child)
    return child


def environment_name() -> str:
    return os.environ.get("ENQUIRY_ENV") or "development"


def database_name() -> str:
    return os.environ.get("ENQUIRY_DATABASE") or DATABASES.get(environment_name(), "enquiry")


@cache
def services(base: Path) -> Services:
    """The one pair of a base folder in this process."""
    return Services(base, durable=environment_name() not in NOT_DURABLE)


def _joined(database: str) -> Services:
    found = services(default_base())
    found.join(database)
    return found


def _is_set_by_others(name: str, values: Mapping[str, str]) -> bool:
    value = values.get(name, "")
    return bool(value) and _fingerprint(value) not in values.get(OWN_ADDRESSES, "").split()


def _fingerprint(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _place_keys(process: str, values: dict[str, str] | os._Environ[str]) -> None:
    """Worker processes alone learn where the private keys of the waves and of the mail are."""
    for name, folder in {"ENQUIRY_KEY_DIR": "keys", "ENQUIRY_MAIL_KEY_DIR": "mail-keys"}.items():
        ours = str(default_base() / folder)
        if process == "worker":
            values.setdefault(name, ours)
            Path(values[name]).mkdir(mode=0o700, parents=True, exist_ok=True)
        elif values.get(name) == ours:
            del values[name]


def check_process(process: str) -> str:
    if process not in ROLES:
        raise ServiceError(f"ENQUIRY_PROCESS is {process!r}. Set it to one of: {', '.join(sorted(ROLES))}.")
    return process
