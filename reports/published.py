"""Which figure of a cell is published: the weighted one where response was so uneven that the wave is weighted."""

from __future__ import annotations

from collections.abc import Iterable

from reports.models import Cell, Table, Weighting
from surveys.models import Wave


def weighting_of(wave: Wave) -> Weighting | None:
    """The weights that the wave's figures are published in; None for a wave that is published unweighted."""
    found: Weighting | None = getattr(wave, "weighting", None)
    return found if found is not None and found.published else None


def published_cells(table: Table) -> list[Cell]:
    """The cells of a table in stored order, each with the figure that is published of it."""
    return published(sorted(table.cells.all(), key=lambda cell: cell.position), table.wave)


def published(cells: Iterable[Cell], wave: Wave) -> list[Cell]:
    """Changes the cells in memory. Whoever asks for many tables selects `wave__weighting` with them."""
    found = list(cells)
    if weighting_of(wave) is not None:
        for cell in found:
            publish_weighted(cell)
    return found


def publish_weighted(cell: Cell) -> None:
    """Put the weighted figure in the place of the other one. Counts and bases stay those of people."""
    if cell.weighted_value is not None:
        cell.value, cell.low, cell.high = cell.weighted_value, cell.weighted_low, cell.weighted_high
        cell.published_base = cell.effective_base
