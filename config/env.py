"""Typed reading of environment variables. What cannot be read is collected, so that all of it is said at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

FLAGS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
# A database that does not answer makes a page fail within seconds, not within libpq's minutes.
CONNECTION = {"connect_timeout": "5"}
# What libpq calls a thing, and what Django calls it.
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


@dataclass
class Environment:
    """The variables of one process, and what is wrong with them."""

    values: Mapping[str, str]
    problems: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def secret(self, name: str) -> str:
        """A password as it was set: spaces at its ends belong to it."""
        return self.values.get(name, "")

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if value and value not in FLAGS:
            self.problems.append(f"{name} is {value!r}. Set it to 1 or 0.")
        return FLAGS.get(value, default)

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        if value and not value.isdecimal():
            self.problems.append(f"{name} is {value!r}. Set it to a whole number, for example {default}.")
            return default
        return int(value) if value else default

    def words(self, name: str) -> list[str]:
        """A list that is separated by commas."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of `choices`; the first is the default."""
        value = self.text(name, choices[0])
        if value not in choices:
            self.problems.append(f"{name} is {value!r}. Set it to one of: {', '.join(choices)}.")
            return choices[0]
        return value

    def database(self, name: str) -> dict[str, Any]:
        """A PostgreSQL address, as Django's DATABASES wants it; empty when it is not set."""
        address = self.text(name)
        if not address:
            return {}
        parts = _parts(address)
        if parts is None:
            self.problems.append(
                f"{name} is not a PostgreSQL address. Set it to postgresql://USER:PASSWORD@HOST:5432/NAME, or, for a "
                "unix socket, to postgresql://USER:PASSWORD@/NAME?host=/FOLDER."
            )
            return {}
        named = {theirs: str(parts.pop(ours, "")) for ours, theirs in DJANGO_NAMES.items()}
        return {"ENGINE": "config.postgresql", **named, "OPTIONS": CONNECTION | parts}


def _parts(address: str) -> dict[str, Any] | None:
    """The parts of an address, or None. libpq's own message would repeat the address, and the password in it."""
    try:
        parts = dict(conninfo_to_dict(address))
    except ProgrammingError:
        return None
    return parts if str(parts.get("port", "0")).isdecimal() else None
