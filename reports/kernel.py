"""Counts every mark of a wave at once, as a product of matrices, batch by batch.

A batch is an Arrow binary array with one packed list of marks per response. It already is a compressed sparse row
matrix M (responses x marks): its offsets, halved, and its values. B is dense (responses x columns): 1 for everybody
in the first column, then 1 for the members of each group. `M.T @ B` holds every count of every group.

Weights that follow from the profile are the same for everybody in one weighting cell, a combination of parts of the
margins. So the marks are counted cell by cell (each mark under a number of its own for each cell, in one product)
and weighted afterwards: one pass, whatever the weights will be. Weights that came with an imported file differ from
response to response, and B stands there three times: times 1, w and the square of w.

What a response is a member of is read off sums of its marks. Several sums travel in the digits of one number, each
with as many bits as it can need, so that a product with one vector gives them all.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from surveys.codebook import Sum

BATCH_BYTES = 4 * 1024 * 1024
"""Marks held in memory at once. One batch stays far below 2**24 responses, up to which 32-bit floats count exactly."""

WORD = 52
"""Bits of a number that a 64-bit float holds exactly, one less than its mantissa."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class DamagedMarks(ValueError):
    """Stored marks are not sorted distinct numbers of the codebook."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"The stored marks cannot be counted: {fault}. Build them anew with verify_marks.")


@dataclass(frozen=True)
class Batch:
    """Packed marks of some responses, and the weights they came with if they were imported with any."""

    marks: pa.Array
    weights: Floats | None = None

    def __len__(self) -> int:
        return len(self.marks)


@dataclass(frozen=True)
class Completeness:
    """What of the questions asked was answered, as two sums of marks, and from how many per cent on it is enough."""

    asked: Sum
    answered: Sum
    complete: int = 80
    partial: int = 50


@dataclass(frozen=True)
class Plan:
    """What to count. `unions` are counted like marks of their own, numbered from `size` on: who has any of theirs.

    `margins`: the parts of each class that weights are made by; nobody is in two parts of one class.
    """

    size: int
    columns: tuple[Sum, ...] = ()
    unions: tuple[tuple[int, ...], ...] = ()
    margins: tuple[tuple[Sum, ...], ...] = ()
    completeness: Completeness | None = None

    def union(self, number: int) -> Sum:
        return Sum((self.size + number,))

    @cached_property
    def cells(self) -> int:
        """Weighting cells: each combination of parts, those in no part of a class included."""
        return int(np.prod([1 + len(parts) for parts in self.margins], dtype=np.int64))

    @cached_property
    def parts_of_cells(self) -> Integers:
        """(cells x margins): the part of each margin that a cell lies in, -1 for none."""
        shape = tuple(1 + len(parts) for parts in self.margins)
        places = np.unravel_index(np.arange(self.cells), shape) if shape else ()
        return np.stack([*places], axis=1).astype(np.int64) - 1 if shape else np.zeros((1, 0), np.int64)


@dataclass(frozen=True)
class Heft:
    """Sum, sum of squares, smallest and largest of the weights that responses came with."""

    total: float = 0.0
    squares: float = 0.0
    smallest: float = np.inf
    largest: float = 0.0

    def __add__(self, other: Heft) -> Heft:
        return Heft(
            self.total + other.total,
            self.squares + other.squares,
            min(self.smallest, other.smallest),
            max(self.largest, other.largest),
        )


@dataclass(frozen=True)
class Counts:
    """`matrix` is cells x (marks and unions) x (everybody, then the plan's columns); `members` cells x columns.

    `weighted`: of imported weights, (sum of w, sum of its square) x (marks and unions) x columns, else empty.
    `done`: how many answered enough to be complete, to be partial, and less.
    Counts of two disjoint sets of responses add up to the counts of both.
    """

    responses: int
    members: Floats
    matrix: Floats
    done: Floats
    weighted: Floats
    heft: Heft = Heft()

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.responses + other.responses,
            self.members + other.members,
            self.matrix + other.matrix,
            self.done + other.done,
            _joined(self.weighted, other.weighted),
            self.heft + other.heft,
        )

    @cached_property
    def whole(self) -> Floats:
        """(marks and unions) x columns, over all cells."""
        total: Floats = self.matrix[0] if len(self.matrix) == 1 else self.matrix.sum(axis=0)
        return total

    def of(self, total: Sum, column: int = 0) -> int:
        """Respondents of a column in a signed sum of marks."""
        return round(_signed(self.whole, total, column))

    def in_column(self, column: int) -> int:
        return round(float(self.members[:, column].sum()))

    def weigh(self, weights: Floats | None = None) -> Weighed:
        """With one weight for each cell; without, by the weights that the responses came with."""
        if weights is not None:
            return Weighed(*(np.tensordot(power, self.matrix, axes=1) for power in (weights, weights**2)))
        return Weighed(self.weighted[0], self.weighted[1])


@dataclass(frozen=True)
class Weighed:
    """Sums of weights, and of their squares: (marks and unions) x columns."""

    sums: Floats
    squares: Floats

    def of(self, total: Sum, column: int = 0) -> float:
        return _signed(self.sums, total, column)

    def square_of(self, total: Sum, column: int = 0) -> float:
        return _signed(self.squares, total, column)


def _signed(matrix: Floats, total: Sum, column: int) -> float:
    values = matrix[:, column]
    return float(values[list(total.plus)].sum() - values[list(total.minus)].sum())


def _joined(one: Floats, other: Floats) -> Floats:
    """An empty one is of no responses at all."""
    if not one.size or not other.size:
        return one if one.size else other
    return one + other


def nothing(plan: Plan) -> Counts:
    columns = 1 + len(plan.columns)
    return Counts(
        0,
        np.zeros((plan.cells, columns)),
        np.zeros((plan.cells, plan.size + len(plan.unions), columns)),
        np.zeros(3),
        np.zeros((0, 0, 0)),
    )


def count(batches: Iterable[Batch], plan: Plan) -> Counts:
    """Counts of all responses of all batches, in memory that does not grow with their number."""
    counter = _Counter(plan)
    for batch in batches:
        for piece in _pieces(batch):
            counter.add(piece)
    return counter.total


def packed(counts: Counts) -> bytes:
    """Counts as bytes, to be added to those of other workers. Most are zero, so only the others are written."""
    file, flat = io.BytesIO(), counts.matrix.reshape(-1)
    places = np.flatnonzero(flat)
    np.savez(
        file,
        responses=np.array(counts.responses),
        members=counts.members,
        shape=np.array(counts.matrix.shape),
        places=places.astype(np.uint32),
        values=flat[places],
        done=counts.done,
        weighted=counts.weighted,
        heft=np.array(astuple(counts.heft)),
    )
    return file.getvalue()


def unpacked(content: bytes) -> Counts:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        matrix = np.zeros(tuple(file["shape"]))
        matrix.reshape(-1)[file["places"]] = file["values"]
        return Counts(
            int(file["responses"]),
            file["members"],
            matrix,
            file["done"],
            file["weighted"],
            Heft(*map(float, file["heft"])),
        )


def _pieces(batch: Batch) -> Iterator[Batch]:
    """Slices of at most about BATCH_BYTES; slicing an Arrow array copies nothing."""
    rows = max(1, len(batch) * BATCH_BYTES // max(batch.marks.nbytes, 1))
    for start in range(0, len(batch), rows):
        weights = None if batch.weights is None else batch.weights[start : start + rows]
        yield Batch(batch.marks.slice(start, rows), weights)


@dataclass
class _Counter:
    plan: Plan
    total: Counts = field(init=False)

    def __post_init__(self) -> None:
        plan = self.plan
        self.total = nothing(plan)
        enough = (plan.completeness.asked, plan.completeness.answered) if plan.completeness else ()
        parts = [part for margin in plan.margins for part in margin]
        unions = [Sum(union) for union in plan.unions]
        self.sums = tuple(dict.fromkeys([*plan.columns, *parts, *unions, *enough]))
        self.digits = _digits(self.sums, plan.size)

    def add(self, piece: Batch) -> None:
        marks = sparse(piece.marks, self.plan.size)
        found = dict(zip(self.sums, self._values(marks), strict=True))
        groups = np.ones((len(piece), 1 + len(self.plan.columns)), dtype=np.float32)
        for number, column in enumerate(self.plan.columns, start=1):
            groups[:, number] = _once(found[column])
        cells = self._cells(found, len(piece))
        rows = marks if cells is None else _shifted(marks, cells, self.plan)
        unions = self._unions(found, cells, len(piece))
        self._add(piece, rows, unions, groups, cells)
        self._add_done(found)

    def _values(self, marks: csr_matrix) -> Iterator[Integers]:
        ones = _with_ones(marks, np.float64)
        for codes, places in self.digits:
            # What can be below zero is raised to zero first, so that no digit borrows from the next one.
            raised = sum(below << shift for shift, _bits, below in places)
            word = (ones @ codes).astype(np.int64) + raised
            for shift, bits, below in places:
                yield (word >> shift & ((1 << bits) - 1)) - below

    def _cells(self, found: dict[Sum, Integers], rows: int) -> npt.NDArray[np.int32] | None:
        if not self.plan.margins:
            return None
        cells = np.zeros(rows, dtype=np.int64)
        for margin in self.plan.margins:
            place = sum((number * _once(found[part]) for number, part in enumerate(margin, start=1)), 0)
            if np.any(place > len(margin)):
                raise DamagedMarks("somebody is in two parts of one class")
            cells = cells * (1 + len(margin)) + place
        return cells.astype(np.int32)

    def _unions(self, found: dict[Sum, Integers], cells: Any, rows: int) -> csr_matrix:
        """Responses x (cells x unions): 1 where a response has any mark of a union."""
        several = len(self.plan.unions)
        members = np.zeros((rows, several), dtype=bool)
        for number, union in enumerate(self.plan.unions):
            members[:, number] = found[Sum(union)] > 0
        # Much faster than looking for rows and columns at once.
        row, place = np.divmod(np.flatnonzero(members), max(several, 1))
        indices = place if cells is None else place + cells[row] * np.int64(several)
        starts = np.concatenate([[0], np.cumsum(members.sum(axis=1))])
        shape = (rows, several * self.plan.cells)
        return csr_matrix((_ones(len(indices), np.float32), indices, starts), shape=shape)

    def _add(
        self, piece: Batch, rows: csr_matrix, unions: csr_matrix, groups: npt.NDArray[np.float32], cells: Any
    ) -> None:
        size, total, columns = self.plan.size, self.total, groups.shape[1]
        total.matrix[:, :size] += (rows.T @ groups).reshape(self.plan.cells, size, columns)
        total.matrix[:, size:] += (unions.T @ groups).reshape(self.plan.cells, -1, columns)
        if cells is None:
            total.members[0] += groups.sum(axis=0, dtype=np.float64)
        else:
            of_cell = csr_matrix(
                (_ones(len(piece), np.float32), cells, np.arange(len(piece) + 1)),
                shape=(len(piece), self.plan.cells),
            )
            total.members[:] += of_cell.T @ groups
        self.total = Counts(
            total.responses + len(piece),
            total.members,
            total.matrix,
            total.done,
            _joined(total.weighted, self._weighted(piece, rows, unions, groups)),
            total.heft + _heft(piece.weights),
        )

    def _weighted(
        self, piece: Batch, rows: csr_matrix, unions: csr_matrix, groups: npt.NDArray[np.float32]
    ) -> Floats:
        if piece.weights is None:
            return np.zeros((0, 0, 0))
        if self.plan.margins:
            raise ValueError("Responses that came with weights are not weighted to margins as well.")
        marks, found = _with_ones(rows, np.float64), []
        for power in (piece.weights, piece.weights**2):
            heavy = groups * power[:, None]
            found.append(np.vstack([marks.T @ heavy, unions.T @ heavy]))
        return np.stack(found)

    def _add_done(self, found: dict[Sum, Integers]) -> None:
        rule = self.plan.completeness
        if rule is None:
            return
        asked, answered = found[rule.asked], 100 * found[rule.answered]
        complete = (asked > 0) & (answered >= rule.complete * asked)
        partial = (asked > 0) & ~complete & (answered >= rule.partial * asked)
        fewer = (asked > 0) & ~complete & ~partial
        self.total.done[:] += [complete.sum(), partial.sum(), fewer.sum()]


Digits = tuple[Floats, list[tuple[int, int, int]]]
"""A number for each mark, and for each sum read off the total: bits to its right, its own bits, what to subtract."""


def _digits(sums: Sequence[Sum], size: int) -> list[Digits]:
    found: list[Digits] = []
    taken = WORD
    for total in sums:
        below, bits = len(total.minus), (len(total.plus) + len(total.minus)).bit_length()
        if taken + bits > WORD:
            found.append((np.zeros(size), []))
            taken = 0
        codes, places = found[-1]
        np.add.at(codes, list(total.plus), 2.0**taken)
        np.add.at(codes, list(total.minus), -(2.0**taken))
        places.append((taken, bits, below))
        taken += bits
    return found


def _heft(weights: Floats | None) -> Heft:
    if weights is None or not len(weights):
        return Heft()
    return Heft(float(weights.sum()), float((weights**2).sum()), float(weights.min()), float(weights.max()))


def _once(values: Integers) -> Integers:
    if len(values) and (values.min() < 0 or values.max() > 1):
        raise DamagedMarks("somebody is in one group more than once")
    return values


def _shifted(marks: csr_matrix, cells: npt.NDArray[np.int32], plan: Plan) -> csr_matrix:
    """Responses x (cells x marks): each mark under the number it has in the cell of its response."""
    places = marks.indices + np.repeat(cells * np.int32(plan.size), np.diff(marks.indptr))
    shape = (marks.shape[0], plan.cells * plan.size)
    return csr_matrix((marks.data, places, marks.indptr), shape=shape, copy=False)


def _with_ones(marks: csr_matrix, kind: Any) -> csr_matrix:
    return csr_matrix((_ones(marks.nnz, kind), marks.indices, marks.indptr), shape=marks.shape, copy=False)


_KEPT: dict[Any, npt.NDArray[Any]] = {}


def _ones(number: int, kind: Any) -> npt.NDArray[Any]:
    """As many ones, of which nobody changes any: one array of each kind serves all batches of a process."""
    kept = _KEPT.get(kind)
    if kept is None or len(kept) < number:
        kept = _KEPT[kind] = np.ones(number, dtype=kind)
        kept.flags.writeable = False
    return kept[:number]


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
    return csr_matrix((_ones(len(marks), np.float32), marks, starts), shape=shape, copy=False)
