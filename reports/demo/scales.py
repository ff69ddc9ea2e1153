"""Short ways to write the shares of a scale or of combinations of areas."""

from __future__ import annotations

from reports.demo.quotas import Pick, Shares

COMMON5 = (
    "very_common",
    "fairly_common",
    "neither",
    "fairly_uncommon",
    "very_uncommon",
    "not_encountered",
    "dont_know",
)
FREQUENCY4 = ("never", "rarely", "sometimes", "often", "dont_know")


def on_scale(codes: tuple[str, ...], *counts: int) -> Shares:
    picks: dict[Pick, int] = dict(zip(codes, counts, strict=True))
    return Shares(picks)


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def areas(counts: dict[str, int]) -> Shares:
    """Shares of combinations of areas, each written with its codes apart: `us eu_nsw`."""
    return Shares({tuple(codes.split()): count for codes, count in counts.items()})
