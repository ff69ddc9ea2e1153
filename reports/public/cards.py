"""A figure as a picture for those who share its address: short enough for 1200 by 630 pixels, right in all it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports.public.columns import BINS, MIDDLE
from reports.public.figures import FigureView, legend
from reports.public.pages import PartView, ReportPage
from reports.public.reading import CLASS, NET, Figure, Line

WIDTH, HEIGHT = 1200, 630
HISTOGRAM, SCALE = "histogram", "stacked_likert"
MOST_IN_LARGE = 8
"""More lines than this are not tried in large letters."""
SOME = 2
"""With fewer answers that are shown, a sum says more."""
LENGTHS = (6, 4, 3, 2, 1, 0)
"""How many answers or rows are tried, the fullest first. With none there is the headline alone."""


@dataclass(frozen=True)
class Card:
    """`view`: with the chart shortened to what fits; none for the report as a whole."""

    view: FigureView | None
    part: PartView | None
    is_shortened: bool = False
    has_chart: bool = True
    is_large: bool = False
    """In larger letters, where there is room."""


def views_of(page: ReportPage) -> Iterator[tuple[PartView, FigureView]]:
    """Figures that are shown by themselves and hold a number."""
    for part in page.parts:
        for section in part.sections:
            for view in section.figures:
                if any(line.is_shown for line in view.figure.lines):
                    yield part, view


def cards_of(part: PartView | None, view: FigureView) -> Iterator[Card]:
    """The same figure in large letters and in small ones, shorter and shorter: the first that fits is taken."""
    for shorter in _shorter(view):
        is_shortened = len(shorter.drawn) < len(view.main) or shorter.figure is not view.figure
        shorter = replace(shorter, legend=legend(shorter.drawn or view.main))
        card = Card(shorter, part, is_shortened, has_chart=bool(shorter.drawn))
        if len(shorter.drawn) <= MOST_IN_LARGE:
            yield replace(card, is_large=True)
        yield card


def _shorter(view: FigureView) -> Iterator[FigureView]:
    if view.figure.type == HISTOGRAM:
        numbers = tuple(line for line in view.figure.lines if line.statistic in (BINS, MIDDLE))
        yield view
        yield replace(view, figure=replace(view.figure, lines=numbers))
        yield replace(view, drawn=())
        return
    for most in LENGTHS:
        yield replace(view, drawn=shortened(view.figure, view.drawn, most))


def shortened(figure: Figure, lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    """At most so many rows of a grid, or so many answers: sums if there are several, else those given most often.

    Nothing is left out of a scale, which would be wrong without a part. With `most` 0 nothing is left.
    """
    if not most:
        return ()
    if any(line.kind == CLASS for line in lines):
        lines = [line for line in lines if line.row == lines[0].row]
    rows = list(dict.fromkeys(line.row for line in lines))
    if len(rows) > 1 and not _is_by_answer(figure):
        kept = set(rows[:most])
        return tuple(line for line in lines if line.row in kept)
    if figure.type == SCALE:
        return tuple(lines)
    return _most_given(lines, most)


def _is_by_answer(figure: Figure) -> bool:
    """Whether the drawing has a group of bars for each answer, one bar for each row."""
    return figure.type == "grouped_bar" or figure.kind == "grid_multiple"


def _most_given(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    sums = [line for line in lines if line.kind == NET and line.is_shown]
    answers = [line for line in lines if line.kind != NET]
    is_told_by_sums = len({line.code for line in sums}) > 1 or sum(line.is_shown for line in answers) < SOME
    found = sums if sums and is_told_by_sums else answers
    largest: dict[str, float] = {}
    for line in found:
        largest[line.code] = max(largest.get(line.code, -1.0), line.value or 0.0 if line.is_shown else -1.0)
    codes = sorted(largest, key=lambda code: -largest[code])[:most]
    return tuple(line for line in found if line.code in codes)
