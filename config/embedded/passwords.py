"""Random passwords of one pair of services, in a file that its owner alone can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

SUPERUSER = "enquiry_superuser"
OWNER, WEB, WORKER = "enquiry_owner", "enquiry_web", "enquiry_worker"
REDIS = "redis"
NAMES = (SUPERUSER, OWNER, WEB, WORKER, REDIS)


def passwords(state: Path) -> dict[str, str]:
    """The passwords by role, drawn at first use. The caller holds the start lock or finds the file made."""
    path = state / "passwords.json"
    if not path.exists():
        _write(path, {name: secrets.token_urlsafe(24) for name in NAMES})
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _write(path: Path, values: dict[str, str]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as output:
        json.dump(values, output)
    unfinished.rename(path)
