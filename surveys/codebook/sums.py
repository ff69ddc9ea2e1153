"""A figure as a signed sum of marks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sum:
    """How many respondents: those with each mark of `plus`, less those with each mark of `minus`.

    A codebook only gives sums that are 0 or 1 for every single respondent, except where it says that mentions
    are counted.
    """

    plus: tuple[int, ...] = ()
    minus: tuple[int, ...] = ()

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.plus + other.plus, self.minus + other.minus)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.plus + other.minus, self.minus + other.plus)

    def of(self, marks: frozenset[int] | set[int] | tuple[int, ...]) -> int:
        """The sum for one respondent with these marks."""
        present = set(marks)
        return sum(mark in present for mark in self.plus) - sum(mark in present for mark in self.minus)
