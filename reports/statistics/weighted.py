"""Weighted figures beside the unweighted ones: the same formulas, read once more as sums of weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from reports.measures import Block, Measure
from reports.statistics.counted import Counted, InSquares, InWeights

Blocks = Callable[[Counted], tuple[Block, ...]]

UNWEIGHTED = frozenset({"distinct"})
"""Kinds of figures that are of no people: how many different codes there are is the same with any weights."""


def with_weights(counted: Counted, blocks: Blocks) -> tuple[Block, ...]:
    """The blocks that a formula makes of the counts, each figure with its weighted one if there are weights."""
    plain = blocks(counted)
    if counted.weighed is None:
        return plain
    sums, squares = (blocks(_read_as(kind, counted)) for kind in (InWeights, InSquares))
    return tuple(map(_joined, plain, sums, squares))


def _read_as(kind: type[Counted], counted: Counted) -> Counted:
    values: dict[str, Any] = {field.name: getattr(counted, field.name) for field in fields(Counted)}
    return kind(**values)


def _joined(plain: Block, sums: Block, squares: Block) -> Block:
    measures = tuple(map(_measure, plain.measures, sums.measures))
    if all(measure.weighted is None for measure in measures):
        return plain
    return replace(plain, measures=measures, weighted_base=sums.base, squared_base=squares.base)


def _measure(plain: Measure, sums: Measure) -> Measure:
    if plain.kind in UNWEIGHTED:
        return plain
    return replace(plain, weighted=sums.value if plain.count is None else sums.count)
