"""Statistics of numbers that respondents gave."""

from __future__ import annotations

from reports.measures import Block, Measure, rule_text
from reports.statistics.counted import Counted
from surveys.codebook import Sum
from surveys.definition import BaseRule, Question

QUARTILES = (("lower_quartile", 25), ("median", 50), ("upper_quartile", 75))
BINS = (
    ("0", 0, 0),
    ("1-9", 1, 9),
    *((f"{n}-{n + 9}", n, n + 9) for n in range(10, 100, 10)),
    ("100", 100, 100),
)
"""(code, smallest, largest) of the histogram of a share from 0 to 100."""


def numbers_given(counted: Counted, question: Question) -> tuple[tuple[int, int], ...]:
    """(value, respondents) from the smallest value to the largest."""
    marks = counted.book.numbers(question.key)
    return tuple((value, counted.of(Sum((mark,)))) for value, mark in marks)


def quantile(numbers: tuple[tuple[int, int], ...], percent: int) -> int:
    """The smallest number at which the share of the numbers given reaches `percent`. Needs at least one number."""
    total = sum(count for _value, count in numbers)
    reached = 0
    for value, count in numbers:
        reached += count
        if 100 * reached >= percent * total and reached:
            return value
    raise ValueError("Nobody gave a number.")


def median_and_quartiles(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """Of those who gave a number. A quartile inside a bin of the histogram that is withheld is withheld too."""
    numbers = numbers_given(counted, question)
    base = sum(count for _value, count in numbers)
    binned = "histogram_10_points" in question.analysis.also
    measures = []
    for code, percent in QUARTILES if base else ():
        value = quantile(numbers, percent)
        measures.append(Measure("number", code, value=value, needs=(_bin_of(value),) if binned else ()))
    return (
        Block(
            "",
            counted.part,
            "median_and_quartiles",
            rule_text(rule),
            base,
            tuple(measures),
            shares_counts=False,
            has_range=False,
        ),
    )


def histogram_10_points(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """Per cent of the numbers given in ten bins, and 0 and 100 as bins of their own."""
    numbers = numbers_given(counted, question)
    measures = tuple(
        Measure("number", code, sum(count for value, count in numbers if low <= value <= high))
        for code, low, high in BINS
    )
    base = sum(count for _value, count in numbers)
    return (
        Block(
            "",
            counted.part,
            "histogram_10_points",
            rule_text(rule),
            base,
            measures,
            True,
            shares_counts=False,
        ),
    )


def _bin_of(value: int) -> str:
    return next(code for code, low, high in BINS if low <= value <= high)
