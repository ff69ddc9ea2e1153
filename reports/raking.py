"""The loop of raking: one margin after the other, then the limits, until nothing is left to do. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

REST = 0.1
"""Weights rest when a round moves a smaller share of their sum than this part of the tolerance."""
HALVINGS = 80
"""So many halvings find a factor to the last digit of a double."""


@dataclass(frozen=True, slots=True)
class Target:
    """A margin that is raked to."""

    name: str
    group: Places
    """(cells,) the group of each cell."""
    shares: Floats
    """(groups,) of the weighted sum, adding to 1; each group has respondents."""


@dataclass(frozen=True, slots=True)
class Fit:
    weights: Floats
    """(cells,) mean 1 over respondents."""
    rounds: int
    gap: float
    """Largest |weighted share - target| over the groups of all margins, after trimming."""
    converged: bool


def fit(
    sizes: Floats, targets: Sequence[Target], *, floor: float, cap: float, tolerance: float, most_rounds: int
) -> Fit:
    """Weights of the cells. sizes: (cells,) respondents, each positive; floor and cap enclose the mean, 1.

    Without trimming this is iterative proportional fitting, which converges whenever some weights meet all margins.
    Trimming may make that impossible; then the rounds come to rest, and the gap stays.
    """
    weights = np.ones_like(sizes)
    if not targets:
        return Fit(weights, rounds=0, gap=0.0, converged=True)
    gap = _gap(sizes, weights, targets)
    for number in range(1, most_rounds + 1):
        before = weights
        raked = _one_round(sizes, weights, targets)
        weights = trimmed(sizes, raked, floor, cap)
        gap = _gap(sizes, weights, targets)
        at_rest = weights is not raked and _moved(sizes, before, weights) < REST * tolerance
        if gap < tolerance or at_rest:
            return Fit(weights, number, gap, converged=True)
    return Fit(weights, most_rounds, gap, converged=False)


def _one_round(sizes: Floats, weights: Floats, targets: Sequence[Target]) -> Floats:
    for target in targets:
        weights = weights * (target.shares / _shares(sizes, weights, target))[target.group]
    return weights


def _shares(sizes: Floats, weights: Floats, target: Target) -> Floats:
    sums = np.bincount(target.group, weights=sizes * weights, minlength=len(target.shares))
    shares: Floats = sums.astype(float) / sizes.sum()
    return shares


def _gap(sizes: Floats, weights: Floats, targets: Sequence[Target]) -> float:
    gaps = [np.abs(_shares(sizes, weights, target) - target.shares).max() for target in targets]
    return float(max(gaps, default=0.0))


def _moved(sizes: Floats, before: Floats, after: Floats) -> float:
    return float((sizes * np.abs(after - before)).sum() / sizes.sum())


def trimmed(sizes: Floats, weights: Floats, floor: float, cap: float) -> Floats:
    """Weights within floor and cap and with mean 1; those that need no trimming come back as they are.

    The others move by one common factor, so that they keep their proportions.
    """
    if weights.min() >= floor and weights.max() <= cap:
        return weights
    # At the lower factor no weight is above the mean, at the upper one none is below it.
    low, high = -np.log(weights.max()), -np.log(weights.min())
    bounded: Floats
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        bounded = np.clip(weights * np.exp(middle), floor, cap)
        low, high = (middle, high) if (sizes * bounded).sum() < sizes.sum() else (low, middle)
    bounded = np.clip(weights * np.exp(high), floor, cap)
    return bounded


def at_limit(weights: Floats, floor: float, cap: float) -> NDArray[np.bool_]:
    """(cells,) whether a weight lies at the floor or at the cap."""
    return (weights <= floor * (1 + 1e-9)) | (weights >= cap * (1 - 1e-9))
