"""Weights that came with a file: how they are rounded, and when they would tell rows apart."""

from __future__ import annotations

import math
import re
from collections import Counter

from responses.importing.problems import Fault, Problem

FIGURES = 3
MOST_ALONE = 0.5
"""A file of which more than this share of the rows are alone with their weight is refused."""
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")


def rounded(weight: float) -> float:
    """To three significant figures, so that a weight is shared by more rows and names none of its source."""
    return float(f"{weight:.{FIGURES}g}")


def read_weight(cell: str, column: str) -> float | Problem:
    text = cell.strip()
    if not text:
        return Problem(Fault.WEIGHT_MISSING, column)
    if not NUMBER.fullmatch(text):
        return Problem(Fault.WEIGHT_NOT_A_NUMBER, column, found=text[:60])
    weight = float(text.replace(",", "."))
    if not weight > 0 or not math.isfinite(weight) or rounded(weight) == 0:
        return Problem(Fault.WEIGHT_NOT_POSITIVE, column, found=text[:60])
    return rounded(weight)


def alone(weights: Counter[float]) -> int:
    """How many rows have a rounded weight that no other row has."""
    return sum(count == 1 for count in weights.values())


def tells_rows_apart(weights: Counter[float]) -> bool:
    """Whether most rows could be found again in their source by their weight alone.

    Weights of a design or of raking come in few values, one for each cell; a weight of each row's own is a name.
    """
    return alone(weights) > MOST_ALONE * weights.total()
