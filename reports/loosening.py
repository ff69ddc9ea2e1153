"""Whether a policy says more than another one. Every threshold is a minimum: the smaller one shows more."""

from __future__ import annotations

from collections.abc import Mapping

THRESHOLDS = (
    "min_base",
    "min_base_high",
    "min_base_break",
    "full_base",
    "min_cell_total",
    "min_cell_total_high",
    "min_cell_break",
    "min_cell_break_high",
    "least_shown",
    "draft_step",
)
# Below these no policy goes, whoever agrees.
FLOORS: Mapping[str, int] = {
    "min_base": 10,
    "min_base_high": 10,
    "min_base_break": 10,
    "full_base": 10,
    "min_cell_total": 3,
    "min_cell_total_high": 3,
    "min_cell_break": 3,
    "min_cell_break_high": 3,
    "least_shown": 50,
    "draft_step": 10,
}
# The first is never below the second: the rule for what is more delicate is no weaker than the plain one.
NOT_BELOW = (
    ("min_base_high", "min_base"),
    ("min_base_break", "min_base"),
    ("full_base", "min_base"),
    ("min_cell_total_high", "min_cell_total"),
    ("min_cell_break", "min_cell_total"),
    ("min_cell_break_high", "min_cell_break"),
    ("min_cell_break_high", "min_cell_total_high"),
)


def loosened(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[str, ...]:
    """The thresholds that are lower than before. One is enough to make the whole change a looser one."""
    return tuple(name for name in THRESHOLDS if after[name] < before[name])


def tightened(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name in THRESHOLDS if after[name] > before[name])


def below_floor(values: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name in THRESHOLDS if values[name] < FLOORS[name])


def out_of_order(values: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    return tuple((high, low) for high, low in NOT_BELOW if values[high] < values[low])
