"""From the counts of a wave to its weights: raked to margins, those it came with, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.kernel import Counts, Plan, Weighed
from reports.weighting import (
    MISSING,
    Imported,
    Margin,
    Raked,
    counts_by_part,
    imported_from_sums,
    is_uneven,
    rake,
)


@dataclass(frozen=True)
class Weighing:
    """What the weights are, the counts in them, and whether releases carry the weighted figures."""

    result: Raked | Imported | None = None
    weighed: Weighed | None = None
    published: bool = False
    cells: tuple[WeighedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class WeighedCell:
    """A weighting cell that holds somebody: its part of each margin that was weighted to, empty for none."""

    parts: tuple[str, ...]
    weight: float


def weigh(counts: Counts, plan: Plan, margins: Sequence[Margin], screened_out: int) -> Weighing:
    """Weights that the responses came with go before any others; they have mean 1 afterwards.

    `screened_out`: how many the screening ended. They have no part of any class, and no weight is made for them.
    """
    if counts.weighted.size:
        return _imported(counts)
    sizes = counts.members[:, 0].copy()
    # The first cell is that of nobody's part in any class.
    sizes[0] -= screened_out
    if not margins or sizes.sum() <= 0:
        return Weighing()
    places = plan.parts_of_cells
    raked = rake(sizes, places, margins)
    first = counts_by_part(sizes, places[:, 0], len(margins[0].parts))
    uneven = raked.converged and is_uneven(first, margins[0].shares)
    return Weighing(raked, counts.weigh(raked.weights), uneven, _cells(sizes, plan, margins, raked))


def _cells(sizes: np.ndarray, plan: Plan, margins: Sequence[Margin], raked: Raked) -> tuple[WeighedCell, ...]:
    """A margin that was dropped makes no difference to a weight: its parts are not told apart."""
    used = [place for place, margin in enumerate(margins) if margin.name in raked.margins]
    found = {}
    for cell in np.flatnonzero(sizes > 0):
        places = plan.parts_of_cells[cell]
        parts = tuple(
            "" if places[place] == MISSING else margins[place].parts[places[place]] for place in used
        )
        found[parts] = WeighedCell(parts, float(raked.weights[cell]))
    return tuple(found.values())


def _imported(counts: Counts) -> Weighing:
    heft = counts.heft
    found = imported_from_sums(
        counts.responses, heft.total, heft.squares, smallest=heft.smallest, largest=heft.largest
    )
    plain = counts.weigh()
    scaled = Weighed(plain.sums * found.scale, plain.squares * found.scale**2)
    return Weighing(found, scaled, published=True)
