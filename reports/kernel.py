"""Counts every mark of a wave at once, as a product of matrices, batch by batch.

A batch is an Arrow binary array with one packed list of marks per response. It already is a compressed sparse row
matrix M (responses x marks): its offsets, halved, and its values. B is dense (responses x columns): 1 for everybody
in the first column, then 1 for the members of each group. `M.T @ B` holds every count of every group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from surveys.codebook import Sum

BATCH_BYTES = 32 * 1024 * 1024
"""Marks held in memory at once. One batch stays far below 2**24 responses, up to which 32-bit floats count exactly."""

WORD = 64

Floats = npt.NDArray[np.float64]


class DamagedMarks(ValueError):
    """Stored marks are not sorted distinct numbers of the codebook."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"The stored marks cannot be counted: {fault}. Build them anew with verify_marks.")


@dataclass(frozen=True)
class Plan:
    """What to count. `unions` are counted like marks of their own, numbered from `size` on: who has any of theirs."""

    size: int
    columns: tuple[Sum, ...] = ()
    unions: tuple[tuple[int, ...], ...] = ()

    def union(self, number: int) -> Sum:
        return Sum((self.size + number,))


@dataclass(frozen=True)
class Counts:
    """`matrix` is (marks and unions) x (everybody, then the plan's columns); `members` counts each column's people.

    Counts of two disjoint sets of responses add up to the counts of both.
    """

    responses: int
    members: Floats
    matrix: Floats

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.responses + other.responses, self.members + other.members, self.matrix + other.matrix
        )

    def of(self, total: Sum, column: int = 0) -> int:
        """Respondents of a column in a signed sum of marks."""
        values = self.matrix[:, column]
        found = values[list(total.plus)].sum() - values[list(total.minus)].sum()
        return round(float(found))

    def in_column(self, column: int) -> int:
        return round(float(self.members[column]))


def nothing(plan: Plan) -> Counts:
    columns = 1 + len(plan.columns)
    return Counts(0, np.zeros(columns), np.zeros((plan.size + len(plan.unions), columns)))


def count(batches: Iterable[pa.Array], plan: Plan) -> Counts:
    """Counts of all responses of all batches, in memory that does not grow with their number."""
    total = nothing(plan)
    for batch in batches:
        for piece in _pieces(batch):
            total += _count_piece(piece, plan)
    return total


def _pieces(batch: pa.Array) -> Iterator[pa.Array]:
    """Slices of at most about BATCH_BYTES; slicing an Arrow array copies nothing."""
    rows = max(1, len(batch) * BATCH_BYTES // max(batch.nbytes, 1))
    for start in range(0, len(batch), rows):
        yield batch.slice(start, rows)


def _count_piece(piece: pa.Array, plan: Plan) -> Counts:
    marks = sparse(piece, plan.size)
    groups = np.ones((len(piece), 1 + len(plan.columns)), dtype=np.float32)
    if plan.columns:
        groups[:, 1:] = marks @ _weights(plan.columns, plan.size)
    counted = np.vstack([marks.T @ groups, _members(marks, plan) @ groups])
    return Counts(len(piece), groups.sum(axis=0, dtype=np.float64), counted.astype(np.float64))


def _members(marks: csr_matrix, plan: Plan) -> npt.NDArray[np.float32]:
    """(unions x responses): 1 where a response has any mark of a union. One bit of a word stands for each union."""
    members = np.zeros((len(plan.unions), marks.shape[0]), dtype=np.float32)
    filled = np.flatnonzero(np.diff(marks.indptr))
    for first in range(0, len(plan.unions) if len(filled) else 0, WORD):
        bits = np.zeros(plan.size, dtype=np.uint64)
        for place, union in enumerate(plan.unions[first : first + WORD]):
            bits[list(union)] |= np.uint64(1 << place)
        words = np.bitwise_or.reduceat(bits[marks.indices], marks.indptr[filled])
        for place in range(len(plan.unions[first : first + WORD])):
            members[first + place, filled] = (words >> np.uint64(place)) & np.uint64(1)
    return members


def _weights(sums: tuple[Sum, ...], size: int) -> npt.NDArray[np.float32]:
    """(marks x sums): +1 and -1 where a sum has a mark."""
    weights = np.zeros((size, len(sums)), dtype=np.float32)
    for column, found in enumerate(sums):
        np.add.at(weights[:, column], list(found.plus), 1)
        np.add.at(weights[:, column], list(found.minus), -1)
    return weights


def sparse(batch: pa.Array, size: int) -> csr_matrix:
    """Responses x marks, 1 where a response has a mark. The values are read in place, of a sliced array too.

    Raises DamagedMarks for missing rows, odd lengths, marks outside the codebook and unsorted or repeated ones.
    """
    if batch.null_count:
        raise DamagedMarks("a response has none")
    width = np.int64 if pa.types.is_large_binary(batch.type) else np.int32
    _, offset_buffer, value_buffer = batch.buffers()
    bounds = np.zeros(1, dtype=width)
    if len(batch):
        bounds = np.frombuffer(offset_buffer, dtype=width)[batch.offset : batch.offset + len(batch) + 1]
    first, last = int(bounds[0]), int(bounds[-1])
    values = np.frombuffer(value_buffer or b"", dtype=np.uint8)[first:last]
    if np.any((bounds - first) % 2):
        raise DamagedMarks("a list of marks has an odd length")
    return _matrix(values.view("<i2"), (bounds - first) // 2, size)


def _matrix(marks: npt.NDArray[np.int16], starts: npt.NDArray[Any], size: int) -> csr_matrix:
    if len(marks) and (marks.min() < 0 or marks.max() >= size):
        raise DamagedMarks("a mark is not in the codebook")
    rising = marks[1:] > marks[:-1]
    inner = starts[1:-1]
    rising[inner[(inner > 0) & (inner < len(marks))] - 1] = True
    if not rising.all():
        raise DamagedMarks("marks are not in rising order")
    shape = (len(starts) - 1, size)
    return csr_matrix((np.ones(len(marks), dtype=np.float32), marks, starts), shape=shape, copy=False)
