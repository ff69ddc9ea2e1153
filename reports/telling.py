"""Whether sums of counts, shown side by side, let somebody work out how few people there are in some group."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

MOST_GROUPS = 14
"""Every union of groups is looked at, so that a group more doubles the work."""

Group = TypeVar("Group", bound=Hashable)
Sets = Collection[frozenset[Group]]


def small_unions(
    known: Sets[Group], counts: Mapping[Group, int], smallest: int
) -> frozenset[frozenset[Group]]:
    """The unions of groups with fewer than `smallest` people whose number follows from the numbers of `known`.

    `known`: sets of groups of whose people the number together is known. It follows by adding and taking away, that
    is, where the union lies in the linear span of the known sets. Groups of nobody count: that nobody is in a group
    is known of everybody. Raises ValueError for more than MOST_GROUPS groups.
    """
    groups = list(counts)
    if len(groups) > MOST_GROUPS:
        raise ValueError(f"{len(groups)} groups are too many to look at all their unions.")
    unions = _unions(len(groups))
    people = unions @ np.array([counts[group] for group in groups], dtype=np.float64)
    small = unions[people < smallest]
    found = small[_in_span(small, _rows(known, groups))]
    return frozenset(
        frozenset(group for group, inside in zip(groups, row, strict=True) if inside) for row in found
    )


def tells_more(known: Sets[Group], added: Sets[Group], counts: Mapping[Group, int], smallest: int) -> bool:
    """Whether with the added sets the number of a small union follows that did not follow before."""
    before = small_unions(known, counts, smallest)
    return not small_unions([*known, *added], counts, smallest) <= before


Matrix = npt.NDArray[np.float64]


def _unions(groups: int) -> Matrix:
    """(2**groups - 1) x groups: every union but the empty one, as zeros and ones."""
    numbers = np.arange(1, 2**groups, dtype=np.int64)
    return ((numbers[:, None] >> np.arange(groups)) & 1).astype(np.float64)


def _rows(known: Sets[Group], groups: Sequence[Group]) -> Matrix:
    rows = [[float(group in one) for group in groups] for one in known]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(groups))


def _in_span(vectors: Matrix, rows: Matrix) -> npt.NDArray[np.bool_]:
    projected = vectors @ (np.linalg.pinv(rows) @ rows) if len(rows) else np.zeros_like(vectors)
    near: npt.NDArray[np.bool_] = np.all(np.abs(vectors - projected) < 1e-8, axis=1)
    return near
