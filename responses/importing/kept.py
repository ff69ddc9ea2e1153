"""Rows that wait in memory to be shuffled: each as numbers of answers, every different answer once."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from responses.importing.rows import Coded
from surveys.answers import Answer

NONE = 0
"""The number that stands for an item that was not asked."""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """`is_lonely`: fewer rows than a crowd have its combination of profile answers."""

    answers: Mapping[str, Answer]
    coded: Coded
    weight: float | None
    is_lonely: bool


@dataclass
class Kept:
    """About four bytes an item and row. `profile`: the items whose combination could name somebody."""

    items: Sequence[str]
    profile: Sequence[str]
    numbers: dict[Answer, int] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    weights: array[float] = field(default_factory=lambda: array("d"))
    coded: dict[int, Coded] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, answers: Mapping[str, Answer], coded: Coded, weight: float | None) -> None:
        if coded:
            self.coded[len(self.rows)] = coded
        numbers = (self._number(answers[item]) if item in answers else NONE for item in self.items)
        self.rows.append(array("I", numbers).tobytes())
        # A weight is above 0, so that 0 can say that there is none.
        self.weights.append(weight or 0.0)

    def _number(self, answer: Answer) -> int:
        known = self.numbers.get(answer)
        if known is None:
            self.answers.append(answer)
            known = self.numbers[answer] = len(self.answers)
        return known

    def rows_in(self, order: Sequence[int], crowd: int) -> Iterator[KeptRow]:
        sizes = Counter(self._profile_of(row) for row in self.rows)
        for place in order:
            row = self.rows[place]
            numbers = array("I")
            numbers.frombytes(row)
            yield KeptRow(
                answers={
                    item: self.answers[number - 1]
                    for item, number in zip(self.items, numbers, strict=True)
                    if number != NONE
                },
                coded=self.coded.get(place, {}),
                weight=self.weights[place] or None,
                is_lonely=sizes[self._profile_of(row)] < crowd,
            )

    def _profile_of(self, row: bytes) -> tuple[int, ...]:
        numbers = array("I")
        numbers.frombytes(row)
        return tuple(numbers[place] for place in self._profile_places)

    @property
    def _profile_places(self) -> list[int]:
        return [place for place, item in enumerate(self.items) if item in self.profile]
