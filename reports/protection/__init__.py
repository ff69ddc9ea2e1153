"""Which figures of a wave may be stored and shown, decided over all its tables together."""

from __future__ import annotations

from reports.protection.designs import FULL, NETS, Design, Option, Wanted, lines_of
from reports.protection.wave import Protected, protect_wave

__all__ = [
    "FULL",
    "NETS",
    "Design",
    "Option",
    "Protected",
    "Wanted",
    "lines_of",
    "protect_wave",
]
