"""Statistics of numbers that respondents gave."""

from __future__ import annotations

from collections.abc import Iterable

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
MOST_BANDS = 10

Bin = tuple[str, int, int]


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
    bins = _bins_shown(question)
    measures = []
    for code, percent in QUARTILES if base else ():
        value = quantile(numbers, percent)
        measures.append(Measure("number", code, value=value, needs=_bins_of(bins, value)))
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
    return (_binned(counted, question, rule, "histogram_10_points", BINS),)


def bands(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """Per cent of the numbers given in at most ten bands of one width, from the smallest number allowed."""
    return (_binned(counted, question, rule, "bands", bands_of(question)),)


def bands_of(question: Question) -> tuple[Bin, ...]:
    """Whole numbers, so that the last band may be narrower; a band of one number is called by it."""
    low, high = question.minimum or 0, question.maximum or 0
    width = -(-(high - low + 1) // MOST_BANDS)
    starts = range(low, high + 1, width)
    ends = [(start, min(start + width - 1, high)) for start in starts]
    return tuple((_band(a, b), a, b) for a, b in ends)


def _band(low: int, high: int) -> str:
    if low == high:
        return f"{low}"
    return f"{low}-{high}" if low >= 0 else f"{low} to {high}"


def _binned(
    counted: Counted, question: Question, rule: BaseRule, statistic: str, bins: Iterable[Bin]
) -> Block:
    marks = counted.book.numbers(question.key)
    measures = tuple(
        counted.measure("number", code, Sum(tuple(mark for value, mark in marks if low <= value <= high)))
        for code, low, high in bins
    )
    given = Sum(tuple(mark for _value, mark in marks))
    return Block(
        "",
        counted.part,
        statistic,
        rule_text(rule),
        counted.of(given),
        measures,
        True,
        shares_counts=False,
        out_of=given,
    )


def _bins_shown(question: Question) -> tuple[Bin, ...]:
    """The bins that are printed beside the quartiles, of both statistics if it has both."""
    also = question.analysis.also
    shown = BINS if "histogram_10_points" in also else ()
    return (*shown, *bands_of(question)) if "bands" in also else shown


def _bins_of(bins: Iterable[Bin], value: int) -> tuple[str, ...]:
    return tuple(code for code, low, high in bins if low <= value <= high)
