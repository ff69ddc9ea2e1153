"""Where the embedded services keep their data and their sockets, and which system user they belong to."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import ServiceError

PROJECT = Path(__file__).resolve().parents[2]

# A socket's path holds at most 107 characters, and ".s.PGSQL.5432" has to fit behind the folder.
LONGEST_SOCKET_FOLDER = 80
ROOT_DATA_PARENTS = (Path("/var/lib"), Path("/var/tmp"))  # nosec  # folders in it are made 0700
SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class SystemUser:
    """The account that the servers run under when the project is used by root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """The folders of one pair of services. `user` is None when they run as the person who started them."""

    base: Path
    state: Path
    sockets: Path
    user: SystemUser | None


def default_base() -> Path:
    return Path(os.environ.get("ENQUIRY_VAR") or PROJECT / "var").resolve()


def services_folder(base: Path) -> Path:
    """The folder of the locks and the identity, inside the project's own data folder."""
    folder = base / "services"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(f"{folder} cannot be made ({error.strerror}). {_OTHER_FOLDER}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ServiceError(f"{folder} belongs to another user. {_OTHER_FOLDER}")
    return folder


_OTHER_FOLDER = "Work as that user, or set ENQUIRY_VAR to a folder of your own."


def places_of(base: Path) -> Places:
    """The places of the services of `base`, made when they are missing. The caller holds the start lock."""
    user = system_user() if os.geteuid() == 0 else None
    key = _key(base)
    state = _root_state(base, key) if user else services_folder(base)
    sockets = socket_parent() / f"enquiry-{key}"
    own_folder(sockets, os.geteuid() if user is None else user.uid, user)
    return Places(base=base, state=state, sockets=sockets, user=user)


def system_user() -> SystemUser:
    for name in SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise ServiceError(
        "PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody. "
        "Make one (useradd --system postgres), or run the project as an ordinary user."
    )


def _key(base: Path) -> str:
    """A short name for the services of `base`, new for every fresh copy of the project at the same path."""
    path = services_folder(base) / "identity"
    if not path.exists():
        path.write_text(secrets.token_hex(8))
    words = f"{os.geteuid()}:{base}:{path.read_text()}"
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _root_state(base: Path, key: str) -> Path:
    """Root's data lie outside private folders, because the system user has to reach them."""
    parent = next((place for place in ROOT_DATA_PARENTS if os.access(place, os.W_OK)), None)
    if parent is None:
        raise ServiceError("Neither /var/lib nor /var/tmp can be written, so there is no place for the data.")
    state = parent / f"enquiry-{key}"
    if not state.exists():
        remove_orphans(base)
    own_folder(state, 0, None, mode=0o711)
    (state / "origin").write_text(str(base))
    return state


def remove_orphans(base: Path) -> None:
    """Remove root's data of an earlier copy of the project that stood at the same path."""
    # Imported here because processes.py has to know SystemUser.
    from config.embedded.processes import end_all_in

    for parent in ROOT_DATA_PARENTS:
        for origin in parent.glob("enquiry-*/origin"):
            if origin.stat().st_uid == 0 and origin.read_text() == str(base):
                for folder in ("postgres/data", "redis"):
                    end_all_in(origin.parent / folder)
                shutil.rmtree(origin.parent)


def socket_parent() -> Path:
    """A folder whose path is short enough to hold sockets, whatever the length of the project's path."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    candidates = [Path("/run")] if os.geteuid() == 0 else [Path(runtime)] if runtime else []
    for candidate in candidates:
        if _holds_sockets(candidate):
            return candidate
    return Path("/tmp")  # nosec  # the folder in it is checked for its owner


def _holds_sockets(folder: Path) -> bool:
    plain = str(folder).replace("/", "").replace("-", "").replace("_", "").isalnum()
    return (
        plain
        and len(str(folder)) < LONGEST_SOCKET_FOLDER - 24
        and folder.is_dir()
        and folder.stat().st_uid == os.geteuid()
        and os.access(folder, os.W_OK)
    )


def own_folder(folder: Path, owner: int, user: SystemUser | None, mode: int = 0o700) -> None:
    """Make `folder`, or refuse it when it could be somebody else's.

    A folder in a shared place such as /tmp may have been laid there by another user to catch passwords.
    """
    try:
        folder.mkdir(mode=mode)
        folder.chmod(mode)
        if user is not None:
            os.chown(folder, user.uid, user.gid)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise ServiceError(
            f"{folder} is not a folder of ours but a link or a file. Remove it and start again."
        )
    if found.st_uid != owner:
        raise ServiceError(f"{folder} belongs to user number {found.st_uid}, not to {owner}. It is not used.")
    if stat.S_IMODE(found.st_mode) & ~mode:
        raise ServiceError(f"{folder} is open to other users. Close it with: chmod {mode:o} {folder}")
