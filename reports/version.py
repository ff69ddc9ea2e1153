"""Which code counted. Raise COUNTING whenever a figure may come out differently from the same answers."""

from __future__ import annotations

PACKAGE = "0.1.0"
COUNTING = 4
CODE_VERSION = f"{PACKAGE}+counting.{COUNTING}"
