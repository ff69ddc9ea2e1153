"""The hash chain of the audit log: what a row's hash is made of, and where a chain is broken.

A chain proves nothing to whoever holds it alone: whoever can rewrite every row can rewrite every hash. Its head, kept
somewhere else, is what makes a rewritten chain visible.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785

# What the first row names as the one before.
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the audit log, with every column."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    target: str
    details: Any
    previous: str
    hash: str = ""


class Kind(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    MOVED = "moved"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong. `row` is the row that shows it, `after` the last one that is as it was."""

    kind: Kind
    row: int | None
    after: int | None


def hash_of(link: Link) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of all columns but the hash itself."""
    content = {
        "id": link.id,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": link.actor_id,
        "action": link.action,
        "target": link.target,
        "details": link.details,
        "previous": link.previous,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def first_fault(links: Iterable[Link], is_in_log: Callable[[str], bool], expected: str = "") -> Fault | None:
    """Walk the rows in the order of their ids. `is_in_log` says whether some row has this hash.

    `expected` is a head that was noted earlier; the log may have grown since.
    """
    before, last, seen = START, None, expected in {"", START}
    for link in links:
        if link.previous != before:
            kind = Kind.MOVED if _stands_elsewhere(link.previous, is_in_log) else Kind.MISSING
            return Fault(kind, link.id, last)
        if not _has_its_hash(link):
            return Fault(Kind.CHANGED, link.id, last)
        before, last, seen = link.hash, link.id, seen or link.hash == expected
    return None if seen else Fault(Kind.HEAD, None, last)


def _stands_elsewhere(previous: str, is_in_log: Callable[[str], bool]) -> bool:
    return previous == START or is_in_log(previous)


def _has_its_hash(link: Link) -> bool:
    try:
        return hash_of(link) == link.hash
    except rfc8785.CanonicalizationError:
        # Somebody has written a number that this program refuses to write.
        return False
