"""A published figure as the page shows it: headline, chart, tables and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.public import wording
from reports.public.bars import bar_chart, class_chart, grouped_by_row, grouped_by_series
from reports.public.breakdowns import BreakdownView, breakdown_views
from reports.public.caveats import NO_CAVEATS, Caveats
from reports.public.columns import BINS, histogram, middle_of
from reports.public.editorial import SOURCE, Words, words_of
from reports.public.numbers import percent, whole
from reports.public.reading import (
    CLASS,
    DISTINCT,
    NET,
    NOT_ASKED,
    RESPONDENTS,
    WITHHELD,
    Editorial,
    Figure,
    Line,
)
from reports.public.shapes import Chart, NoChart, NumberChart
from reports.public.stacks import stacked_chart
from reports.public.tables import DataTable, data_tables

NOTHING_WRITTEN = Editorial()
SPARED = 3
"""So many more answers than are drawn of a long list leave it whole."""
SEVERAL_KINDS = frozenset({"multiple", "ranking", "grid_multiple", "open_list"})


@dataclass(frozen=True, slots=True)
class HeadlineView:
    number: str
    label: str
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would become of a figure, in words with the look of its tag, and the base it rests on."""

    words: str
    tag: str
    base: str


@dataclass(frozen=True)
class FigureView:
    """Drawn and tabulated when a page asks for it: a summary needs the headline alone."""

    figure: Figure
    headline: HeadlineView | None
    main: tuple[Line, ...]
    drawn: tuple[Line, ...]
    nets: Mapping[str, str]
    right_to_left: bool
    base: str
    notes: tuple[str, ...]
    legend: tuple[str, ...]
    """Sentences that explain the marks used in this figure, and no others."""
    breakdowns: tuple[BreakdownView, ...] = ()
    sentence: Words | None = None
    """The headline that an editor wrote."""
    note: Words | None = None
    outlook: Outlook | None = None
    """Of a rehearsal: what would become of the figure."""
    caveat: str = ""
    """What it does not say, because of who answered."""
    beneath: BreakdownView | None = None
    """The breakdown that editors let stand beneath the figure."""

    @cached_property
    def chart(self) -> Chart:
        return chart(self.figure, self.drawn, self.nets, self.right_to_left)

    @cached_property
    def tables(self) -> tuple[DataTable, ...]:
        return data_tables(self.figure, self.main, self.nets)

    @property
    def has_lopsided_groups(self) -> bool:
        return any(one.caveat for one in self.breakdowns)

    @property
    def has_ranges_in_tables(self) -> bool:
        return any(table.has_intervals for table in self.tables)


def figure_view(
    figure: Figure,
    nets: Mapping[str, str],
    right_to_left: bool,
    most: int | None = None,
    editorial: Editorial = NOTHING_WRITTEN,
    language: str = SOURCE,
    caveats: Caveats = NO_CAVEATS,
) -> FigureView:
    """`most`: how many answers are drawn of a long list; the table holds them all."""
    arranged = editorial.arrangement(figure.id)
    if arranged.chart:
        figure = replace(figure, type=arranged.chart)
    main = main_series(figure)
    drawn = main if most is None else most_common(main, most)
    if arranged.nets_only and any(line.kind == NET and line.is_shown for line in drawn):
        drawn = tuple(line for line in drawn if line.kind == NET)
    left = len(_codes(main)) - len(_codes(drawn))
    groups = breakdown_views(figure, nets, right_to_left, caveats)
    return FigureView(
        figure=figure,
        headline=headline(figure),
        main=main,
        drawn=drawn,
        nets=nets,
        right_to_left=right_to_left,
        base=base_sentence(figure, main),
        notes=notes(figure) + ((_cut_sentence(len(_codes(main)), left),) if left else ()),
        legend=legend(figure.lines),
        breakdowns=groups,
        sentence=words_of(editorial, f"headline.{figure.id}", language),
        note=words_of(editorial, f"note.{figure.id}", language),
        caveat=caveats.beside(figure),
        beneath=next((one for one in groups if one.breakdown.name == arranged.breakdown), None),
    )


def main_series(figure: Figure) -> tuple[Line, ...]:
    """The lines that the chart shows: shares of respondents if there are any, else the first statistic."""
    wanted = BINS if figure.type == "histogram" else RESPONDENTS
    first = ([line for line in figure.lines if line.statistic == wanted] or list(figure.lines))[:1]
    return tuple(line for line in figure.lines if line.series == first[0].series) if first else ()


def most_common(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    """The answers given most often, in their order, with every net. A list that is hardly longer stays whole.

    Of a grid whose answers are taken together the sums alone are drawn, because each answer has a bar for each row.
    """
    largest: dict[str, float] = {}
    for line in lines:
        if line.kind != NET:
            value = (line.value or 0.0) if line.is_shown else -1.0
            largest[line.code] = max(largest.get(line.code, -1.0), value)
    has_sums_by_row = any(line.kind == NET and line.row for line in lines)
    if has_sums_by_row and len(largest) > most // 2 + SPARED:
        return tuple(line for line in lines if line.kind == NET)
    if len(largest) <= most + SPARED:
        return tuple(lines)
    kept = set(sorted(largest, key=lambda code: -largest[code])[:most])
    return tuple(line for line in lines if line.kind == NET or line.code in kept)


def _codes(lines: Iterable[Line]) -> set[str]:
    return {line.code for line in lines if line.kind != NET}


def _cut_sentence(number: int, left: int) -> str:
    if number == left:
        return _("Drawn are answers taken together; the table holds all %(number)s.") % {
            "number": whole(number)
        }
    return _("Drawn are the %(drawn)s answers given most often; the table holds all %(number)s.") % {
        "drawn": whole(number - left),
        "number": whole(number),
    }


def headline(figure: Figure) -> HeadlineView | None:
    found = figure.headline
    if found is None:
        return median_headline(figure)
    if found.percent is None:
        return None
    is_small = any(line.is_small and line.base == found.base for line in figure.lines)
    return HeadlineView(percent(found.percent, found.below_one), found.label, is_small)


def median_headline(figure: Figure) -> HeadlineView | None:
    middle = middle_of(figure.lines)
    return HeadlineView(middle.median, _("is the middle of the numbers given")) if middle else None


Draw = Callable[[Figure, Sequence[Line], bool], Chart]


def bars_of(figure: Figure, lines: Sequence[Line], rtl: bool) -> Chart:
    """Simple bars. A grid has a scale in each row, which is easier to read stacked."""
    has_rows = any(line.row for line in lines)
    if any(line.kind == CLASS for line in lines):
        return class_chart(figure, lines, rtl)
    if figure.kind == "grid_multiple":
        return grouped_by_row(figure, lines, rtl)
    return stacked_chart(figure, lines, rtl) if has_rows else bar_chart(figure, lines, rtl)


def grouped_of(figure: Figure, lines: Sequence[Line], rtl: bool) -> Chart:
    if any(line.row for line in lines):
        return grouped_by_row(figure, lines, rtl)
    drawn = {line.code for line in lines}
    ranked = (line for line in figure.lines if line.statistic == "percent_ranked_first")
    first = [line for line in ranked if line.code in drawn]
    if not first:
        return bar_chart(figure, lines, rtl)
    titles = (_("Among the first three"), _("Ranked first"))
    return grouped_by_series(figure, (lines, first), titles, rtl)


CHARTS: Mapping[str, Draw] = {
    "bar": bars_of,
    "top_n_table": bars_of,
    "none": bars_of,
    "stacked_likert": stacked_chart,
    "grouped_bar": grouped_of,
    "histogram": histogram,
}


def chart(figure: Figure, main: Sequence[Line], nets: Mapping[str, str], right_to_left: bool) -> Chart:
    if not any(line.is_shown for line in figure.lines):
        return NoChart(nothing_shown(figure))
    if main and main[0].kind == DISTINCT:
        return NumberChart(whole(main[0].value or 0), main[0].label)
    return CHARTS.get(figure.type, bars_of)(figure, main, right_to_left)


def nothing_shown(figure: Figure) -> str:
    if figure.withdrawn:
        return _("Withdrawn. It is published no more in this edition.")
    if figure.lines and all(line.status == NOT_ASKED for line in figure.lines):
        return _("Nobody was led to this question.")
    return _("Too few answers to show.")


def base_sentence(figure: Figure, main: Sequence[Line]) -> str:
    """Who a percentage is out of, and how many they are; a grid's rows differ, and then the range is given."""
    bases = sorted({line.base for line in main if line.base is not None and line.is_shown})
    if not bases:
        return figure.base_text
    lowest, highest = bases[0], bases[-1]
    if lowest == highest:
        count = ngettext("%(count)s answer", "%(count)s answers", lowest) % {"count": whole(lowest)}
    else:
        count = _("%(low)s to %(high)s answers") % {"low": whole(lowest), "high": whole(highest)}
    return _("%(who)s: %(count)s") % {"who": figure.base_text, "count": count} if figure.base_text else count


def notes(figure: Figure) -> tuple[str, ...]:
    several = figure.kind in SEVERAL_KINDS
    shares = [line for line in figure.lines if line.is_shown and line.kind != DISTINCT]
    found = [str(wording.SEVERAL_SENTENCE if several else wording.ROUNDING_SENTENCE)] if shares else []
    return tuple(found + not_stated(figure))


def not_stated(figure: Figure) -> list[str]:
    if figure.not_stated in (None, 0):
        return []
    if isinstance(figure.not_stated, str):
        return [
            _("Fewer than 5 of those asked gave no answer or preferred not to say; they are not in the base.")
        ]
    return [
        ngettext(
            "%(count)s of those asked gave no answer or preferred not to say and is not in the base.",
            "%(count)s of those asked gave no answer or preferred not to say and are not in the base.",
            figure.not_stated or 0,
        )
        % {"count": whole(figure.not_stated or 0)}
    ]


def legend(lines: Sequence[Line]) -> tuple[str, ...]:
    marks = {
        wording.WITHHELD_SENTENCE: any(line.status == WITHHELD for line in lines),
        wording.SMALL_BASE_SENTENCE: any(line.is_small and line.is_shown for line in lines),
        wording.NOT_ASKED_SENTENCE: any(line.status == NOT_ASKED for line in lines),
    }
    return tuple(str(sentence) for sentence, used in marks.items() if used)
