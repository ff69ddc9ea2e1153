"""The numbers that respondents gave as a histogram, with the middle in words and the special answers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.public.bars import bar, describe
from reports.public.numbers import percent, whole
from reports.public.reading import RESPONDENTS, Figure, Line
from reports.public.shapes import Bar, Column, Histogram, place, start_of

BINS, MIDDLE = "histogram_10_points", "median_and_quartiles"
TOP, PLOT, FOOT = 22, 168, 44
STEPS = (5, 10, 20, 25, 50, 100)
GAP = 0.12
"""Share of a column's place that stays empty."""


def histogram(figure: Figure, lines: Sequence[Line], rtl: bool) -> Histogram:
    bins = [line for line in figure.lines if line.statistic == BINS]
    highest = scale_of(bins)
    places = 100 / max(len(bins), 1)
    return Histogram(
        columns=tuple(
            column(line, number * places, places, highest, rtl) for number, line in enumerate(bins)
        ),
        description=_("; ").join(describe(line) for line in bins),
        height=TOP + PLOT + FOOT,
        baseline=TOP + PLOT,
        axis=_("Number given, in per cent; the height is the share of those who gave a number"),
        sentence=middle_sentence(figure.lines),
        beside=beside(figure.lines, rtl),
    )


def scale_of(bins: Sequence[Line]) -> int:
    """The round number at the top of the vertical axis."""
    largest = max((line.value or 0 for line in bins), default=0)
    return next(step for step in STEPS if largest <= step)


def column(line: Line, left: float, width: float, highest: int, rtl: bool) -> Column:
    inner = width * (1 - GAP)
    x = start_of(left + (width - inner) / 2, inner, rtl)
    height = round(PLOT * (line.value or 0) / highest) if line.is_shown else 0
    top = TOP + PLOT - height
    return Column(
        x=place(x),
        width=place(inner),
        middle=place(x + inner / 2),
        top=top,
        height=height,
        value=whole(line.value or 0)
        if line.is_shown and not line.below_one
        else "<1"
        if line.is_shown
        else "–",
        value_y=top - 6,
        label=bin_label(line.label),
    )


def bin_label(label: str) -> tuple[str, ...]:
    """`10–19` on two lines, because twelve of them do not stand side by side on a phone."""
    low, dash, high = label.replace("-", "–").partition("–")
    return (low + dash, high) if dash else (low,)


@dataclass(frozen=True, slots=True)
class Middle:
    lower: str
    median: str
    upper: str


def middle_of(lines: Sequence[Line]) -> Middle | None:
    """The quartiles as they are printed, if all three may be shown. Numbers of a histogram are per cents."""
    unit = percent if any(line.statistic == BINS for line in lines) else whole
    values = {
        line.code: unit(line.value) for line in lines if line.statistic == MIDDLE and line.value is not None
    }
    found = [values.get(code, "") for code in ("lower_quartile", "median", "upper_quartile")]
    return Middle(*found) if all(found) else None


def middle_sentence(lines: Sequence[Line]) -> str:
    middle = middle_of(lines)
    if middle is None:
        return ""
    return _(
        "Half of those who gave a number said %(median)s or less; the middle half said between %(lower)s and %(upper)s."
    ) % {"median": middle.median, "lower": middle.lower, "upper": middle.upper}


def beside(lines: Sequence[Line], rtl: bool) -> tuple[Bar, ...]:
    return tuple(bar(line, rtl=rtl) for line in lines if line.statistic == RESPONDENTS)
