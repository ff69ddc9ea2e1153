"""Weights of a wave: raking to published margins, trimmed inside the loop, and what they cost in precision.

Weights belong to *weighting cells*: all respondents who are in the same part of every margin have one weight. So a
weight says nothing of a respondent that the margins do not say, and a million responses are raked as a few dozen cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reports import raking
from reports.collapsing import Group, collapse
from reports.raking import Fit, Floats, Places, Target

MISSING = -1
"""The place of a cell in a margin whose profile question these respondents did not answer."""

UNEVEN = 1.5
"""Response is uneven when the best answering part answered more than so many times as well as the worst."""

DESIGN_EFFECT_ALARM = 2.0
CAP, CAP_OF_FEW, FEW = 5.0, 3.0, 500
"""Largest weight as a multiple of the mean, and the one below so many respondents (convention of the ANES)."""


class Reason(StrEnum):
    """What a person should know of a run's weights."""

    NOBODY = "nobody"
    """There are no respondents."""
    EMPTY_PART = "empty_part"
    """A part that has a target has no respondents: others stand for it. `value` is the target."""
    MARGIN_DROPPED = "margin_dropped"
    """Too few respondents for more than one group: the margin is not weighted to."""
    NOT_CONVERGED = "not_converged"
    """The rounds ran out or the margins contradict each other: all weights are one. `value` is the gap left."""
    MARGINS_INEXACT = "margins_inexact"
    """Trimming keeps the margins from being met exactly. `value` is the largest gap."""
    MARGINS_MISSED = "margins_missed"
    """Trimming would leave a gap larger than any that is worth raking away: all weights are one. `value` is the gap."""
    DESIGN_EFFECT = "design_effect"
    """The weights cost more than half of the respondents. `value` is the design effect."""
    NO_TARGETS = "no_targets"
    """A class that was chosen has no targets that fit the questionnaire."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason, about a part of a margin, a margin or the whole; `value` as its reason says."""

    reason: Reason
    margin: str = ""
    part: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Margin:
    """A class with the share of each of its parts in the population; shares are positive or zero and add to 1."""

    name: str
    parts: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """Parts of a margin that were weighted as one."""

    margin: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far weights may go. Floor and cap are multiples of the mean weight, targets, tolerance and gap are shares."""

    floor: float = 0.3
    cap: float | None = None
    """None: 5, and 3 below 500 respondents."""
    fewest: int = 20
    smallest_target: float = 0.05
    tolerance: float = 1e-4
    worst_gap: float = 0.05
    """A larger one, left by trimming, is a failure: margins off by less need no raking (DeBell and Krosnick 2009)."""
    most_rounds: int = 100

    def cap_of(self, n: float) -> float:
        if self.cap is not None:
            return self.cap
        return CAP_OF_FEW if n < FEW else CAP


@dataclass(frozen=True, slots=True)
class Kish:
    """What unequal weights cost: the design effect (1 or more) and the base that equal ones would need."""

    deff: float
    n_eff: float


@dataclass(frozen=True, slots=True)
class Raked:
    """The weights of a wave. When `converged` is false they are all one: nothing half-weighted can be published."""

    weights: Floats
    """(cells,) mean 1 over respondents; 1 in cells without respondents."""
    converged: bool
    rounds: int
    gap: float
    """Largest difference that is left between a weighted share and its target, over groups of all margins.

    Of a failure: what the weights that were not taken would have left."""
    trimmed: int
    """Respondents whose weight is at the cap or at the floor."""
    deff: float
    n_eff: float
    smallest: float
    largest: float
    cap: float
    floor: float
    margins: tuple[str, ...] = ()
    """Names of the margins that were weighted to."""
    collapsed: tuple[Merged, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """Weights that came with the responses. Each, times `scale`, has mean 1; they are never trimmed here."""

    scale: float
    deff: float
    n_eff: float
    smallest: float
    largest: float
    problems: tuple[Problem, ...] = ()


def kish(n: float, sum_w: float, sum_w2: float) -> Kish:
    """Design effect n Σw²/(Σw)² and effective base (Σw)²/Σw² (Kish 1965; 1992) of n respondents.

    Raises ValueError unless all three are positive.
    """
    if min(n, sum_w, sum_w2) <= 0:
        raise ValueError("There is no design effect of nobody.")
    effective = sum_w * sum_w / sum_w2
    return Kish(n / effective, effective)


def counts_by_part(counts: ArrayLike, places: ArrayLike, parts: int) -> Floats:
    """(parts,) respondents, or weights, of each part from those of the cells; who is `MISSING` is in none."""
    sizes, where = np.asarray(counts, dtype=float), np.asarray(places, dtype=np.intp)
    known = where != MISSING
    return np.bincount(where[known], weights=sizes[known], minlength=parts).astype(float)


def weighted_shares(weights: ArrayLike, counts: ArrayLike, places: ArrayLike, parts: int) -> Floats:
    """(parts,) shares of a margin's parts among those who said theirs, 0 to 1; all 0 when nobody did."""
    sums = counts_by_part(np.asarray(weights, dtype=float) * np.asarray(counts, dtype=float), places, parts)
    shares: Floats = sums / max(sums.sum(), np.finfo(float).tiny)
    return shares


def is_uneven(counts_by_part: ArrayLike, shares: ArrayLike) -> bool:
    """Whether response differs between parts by more than a factor 1.5.

    counts_by_part, shares: (parts,) respondents and population shares, before anything is collapsed. A part that
    nobody of the population is in says nothing; one of which nobody answered is as uneven as can be.
    """
    counts, population = np.asarray(counts_by_part, dtype=float), np.asarray(shares, dtype=float)
    response = counts[population > 0] / population[population > 0]
    if response.size == 0 or response.max() == 0:
        return False
    return bool(response.max() > UNEVEN * response.min() * (1 + 1e-9))


def imported(weights: ArrayLike) -> Imported:
    """weights: (respondents,), each positive. Raises ValueError for one that is not, and for none at all."""
    found = np.asarray(weights, dtype=float)
    if found.size == 0 or not (np.isfinite(found).all() and (found > 0).all()):
        raise ValueError("Weights are positive numbers.")
    return imported_from_sums(
        found.size, found.sum(), (found * found).sum(), smallest=found.min(), largest=found.max()
    )


def imported_from_sums(n: int, sum_w: float, sum_w2: float, *, smallest: float, largest: float) -> Imported:
    """The same from what a pass over the responses has added up."""
    cost = kish(n, sum_w, sum_w2)
    scale = n / sum_w
    return Imported(
        scale=float(scale),
        deff=float(cost.deff),
        n_eff=float(cost.n_eff),
        smallest=float(smallest * scale),
        largest=float(largest * scale),
        problems=tuple(_of_design_effect(cost.deff)),
    )


def rake(
    counts: ArrayLike, parts: ArrayLike, margins: Sequence[Margin], limits: Limits | None = None
) -> Raked:
    """Iterative proportional fitting to the margins (Deming and Stephan 1940), trimmed in every round.

    counts: (cells,) respondents of each weighting cell, of the whole wave and not of one question. parts: (cells,
    margins) the place of the cell's part in each margin, `MISSING` where its profile value is missing: those keep
    their share of the sample. Parts that are too small are collapsed first. Each round fits one margin after the
    other, and then brings weights that lie outside floor and cap back to them, the others by one factor, so that the
    mean stays 1. It ends when every weighted share is within `tolerance` of its target, or, where trimming makes that
    impossible, when the weights no longer move; `gap` then says by how much the margins are missed.

    Raises ValueError for arrays that do not fit each other, and for counts or shares that cannot be.
    """
    limits = limits or Limits()
    sizes, places = _checked(counts, parts, margins, limits)
    filled = sizes > 0
    if not filled.any():
        return _nobody(sizes, limits)
    prepared = _prepared(sizes[filled], places[filled], margins, limits)
    fit = raking.fit(
        sizes[filled],
        prepared.targets,
        floor=limits.floor,
        cap=limits.cap_of(sizes.sum()),
        tolerance=limits.tolerance,
        most_rounds=limits.most_rounds,
    )
    weights = np.ones_like(sizes)
    if converged := fit.converged and fit.gap <= limits.worst_gap:
        weights[filled] = fit.weights
    return replace(_result(sizes, weights, fit, prepared, limits), converged=converged)


def _checked(
    counts: ArrayLike, parts: ArrayLike, margins: Sequence[Margin], limits: Limits
) -> tuple[Floats, Places]:
    sizes, places = np.asarray(counts, dtype=float), np.asarray(parts, dtype=np.intp)
    if sizes.ndim != 1 or places.shape != (len(sizes), len(margins)):
        raise ValueError("Cells and margins do not fit each other.")
    if not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("A cell has a whole number of respondents.")
    ends = np.array([len(margin.parts) for margin in margins])
    if ((places < MISSING) | (places >= ends)).any():
        raise ValueError("A cell is in a part that its margin does not have.")
    if not 0 < limits.floor <= 1 <= limits.cap_of(sizes.sum()):
        raise ValueError("The floor lies above 0 and not above the mean, the cap not below it.")
    return sizes, places


def _shares_of(margin: Margin) -> Floats:
    shares = np.array(margin.shares, dtype=float)
    fits = shares.shape == (len(margin.parts),) and np.isfinite(shares).all() and (shares >= 0).all()
    if not fits or shares.sum() <= 0:
        raise ValueError(f"The margin {margin.name} needs one share for each of its parts.")
    normalised: Floats = shares / shares.sum()
    return normalised


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Margins after collapsing, and what there is to say of that."""

    targets: tuple[Target, ...] = ()
    collapsed: tuple[Merged, ...] = ()
    problems: tuple[Problem, ...] = ()


def _prepared(sizes: Floats, places: Places, margins: Sequence[Margin], limits: Limits) -> _Prepared:
    targets: list[Target] = []
    collapsed: list[Merged] = []
    problems: list[Problem] = []
    for column, margin in enumerate(margins):
        shares = _shares_of(margin)
        counts = counts_by_part(sizes, places[:, column], len(shares))
        groups = collapse(counts, shares, fewest=limits.fewest, smallest_target=limits.smallest_target)
        problems += _of_margin(margin, counts, shares, groups)
        if len(groups) > 1:
            collapsed += [Merged(margin.name, _named(margin, group)) for group in groups if len(group) > 1]
            targets.append(_target(margin.name, sizes, places[:, column], groups, shares))
    return _Prepared(tuple(targets), tuple(collapsed), tuple(problems))


def _named(margin: Margin, group: Group) -> tuple[str, ...]:
    return tuple(margin.parts[place] for place in group)


def _of_margin(
    margin: Margin, counts: Floats, shares: Floats, groups: tuple[Group, ...]
) -> Iterator[Problem]:
    for part, count, share in zip(margin.parts, counts, shares, strict=True):
        if count == 0 and share > 0:
            yield Problem(Reason.EMPTY_PART, margin.name, part, float(share))
    if len(groups) == 1:
        yield Problem(Reason.MARGIN_DROPPED, margin.name)


def _target(name: str, sizes: Floats, places: Places, groups: tuple[Group, ...], shares: Floats) -> Target:
    """Who did not say is a group more, last, with the share that it has in the sample."""
    group_of = np.full(len(shares) + 1, len(groups), dtype=np.intp)
    for number, group in enumerate(groups):
        group_of[list(group)] = number
    found = group_of[places]
    missing = sizes[places == MISSING].sum() / sizes.sum()
    wanted = [shares[list(group)].sum() * (1 - missing) for group in groups]
    return Target(name, found, np.array([*wanted, missing] if missing > 0 else wanted))


def _result(sizes: Floats, weights: Floats, fit: Fit, prepared: _Prepared, limits: Limits) -> Raked:
    filled, cap = sizes > 0, limits.cap_of(sizes.sum())
    cost = kish(sizes.sum(), (sizes * weights).sum(), (sizes * weights * weights).sum())
    limited = raking.at_limit(weights, limits.floor, cap)
    return Raked(
        weights=weights,
        converged=fit.converged,
        rounds=fit.rounds,
        gap=fit.gap,
        trimmed=round(sizes[limited].sum()),
        deff=float(cost.deff),
        n_eff=float(cost.n_eff),
        smallest=float(weights[filled].min()),
        largest=float(weights[filled].max()),
        cap=cap,
        floor=limits.floor,
        margins=tuple(target.name for target in prepared.targets),
        collapsed=prepared.collapsed,
        problems=(*prepared.problems, *_of_fit(fit, limits), *_of_design_effect(cost.deff)),
    )


def _of_fit(fit: Fit, limits: Limits) -> Iterator[Problem]:
    if not fit.converged:
        yield Problem(Reason.NOT_CONVERGED, value=fit.gap)
    elif fit.gap > limits.worst_gap:
        yield Problem(Reason.MARGINS_MISSED, value=fit.gap)
    elif fit.gap >= limits.tolerance:
        yield Problem(Reason.MARGINS_INEXACT, value=fit.gap)


def _of_design_effect(deff: float) -> Iterator[Problem]:
    if deff > DESIGN_EFFECT_ALARM:
        yield Problem(Reason.DESIGN_EFFECT, value=float(deff))


def _nobody(sizes: Floats, limits: Limits) -> Raked:
    return Raked(
        weights=np.ones_like(sizes),
        converged=True,
        rounds=0,
        gap=0.0,
        trimmed=0,
        deff=1.0,
        n_eff=0.0,
        smallest=1.0,
        largest=1.0,
        cap=limits.cap_of(0),
        floor=limits.floor,
        problems=(Problem(Reason.NOBODY),),
    )
