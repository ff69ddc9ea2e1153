"""Editions side by side, from what their newest releases published: shares by year, and what has clearly changed.

A share is compared with that of the edition before only where the question was asked in the same words, with the same
answers, or in words that somebody has judged to differ little, of at least a hundred people each time. Published per
cents are rounded, so that a difference counts as clear only if it would be one half a point nearer at both ends; all
lines of a figure are one family (Holm).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from reports.estimates import holm, newcombe, two_proportions
from reports.public.breaks import Break, breaks_of, follows, is_same
from reports.public.figures import main_series
from reports.public.numbers import number_range, percent, whole
from reports.public.reading import CLASS, DISTINCT, NET, RESPONDENTS, Figure, Line, Part, Report
from reports.public.shapes import place

LEAST_BASE = 100
ALPHA = 0.05
ROUNDING = 0.005
"""A whole per cent stands for shares up to half a point away."""
MOST_ROWS = 3
"""Of answers without nets; the further ranks of a top list are not compared."""
TOP, HEIGHT = 14.0, 64.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A share of one year. Places are in per cent across and in pixels down; empty where nothing is drawn."""

    year: int
    value: str
    range: str
    base: str
    x: str = ""
    y: str = ""
    low: str = ""
    high: str = ""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Joint:
    """A line between two years that may be compared."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    dots: tuple[Dot, ...]
    joints: tuple[Joint, ...]
    change: str
    """From the edition before to the newest, in words."""
    is_clear: bool
    description: str

    @property
    def is_drawn(self) -> bool:
        return any(dot.is_shown for dot in self.dots)


@dataclass(frozen=True, slots=True)
class FigureOverTime:
    id: str
    title: str
    question: str
    rows: tuple[Row, ...]
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class PartOverTime:
    key: str
    title: str
    years: tuple[int, ...]
    numbers: tuple[tuple[int, int], ...]
    """(year, responses)."""
    figures: tuple[FigureOverTime, ...]


def over_time(reports: Sequence[Report], right_to_left: bool) -> tuple[PartOverTime, ...]:
    """`reports`: one for each edition, oldest first. Questionnaires that one edition alone has are left out."""
    if not reports:
        return ()
    return tuple(
        found
        for part in reports[-1].parts
        if len((found := _part(part.questionnaire, reports, right_to_left)).years) > 1
    )


def _part(key: str, reports: Sequence[Report], rtl: bool) -> PartOverTime:
    parts = [(report.year, part) for report in reports for part in report.parts if part.questionnaire == key]
    figures = [
        (year, {figure.id: figure for section in part.sections for figure in section.figures})
        for year, part in parts
    ]
    newest = figures[-1][1]
    parts_alone = [part for _year, part in parts]
    return PartOverTime(
        key=key,
        title=parts[-1][1].audience,
        years=tuple(year for year, _part_ in parts),
        numbers=tuple((year, part.responses) for year, part in parts),
        figures=tuple(
            _figure([(year, by_id.get(name)) for year, by_id in figures], parts_alone, rtl)
            for name, figure in newest.items()
            if _can_be_followed(figure) and any(name in by_id for _year, by_id in figures[:-1])
        ),
    )


def _design_effect(part: Part) -> float:
    """By how much weights make a base worth less (Kish); 1 without weights."""
    return float(part.weighting["design_effect"]) if part.weighting else 1.0


def _can_be_followed(figure: Figure) -> bool:
    """Shares of respondents; who answered, and how many different answers there were, is no trend."""
    lines = main_series(figure)
    is_share = bool(lines) and lines[0].statistic == RESPONDENTS and lines[0].kind not in (CLASS, DISTINCT)
    return is_share and any(line.is_shown for line in _followed(figure))


def _figure(by_year: Sequence[tuple[int, Figure | None]], parts: Sequence[Part], rtl: bool) -> FigureOverTime:
    newest = by_year[-1][1]
    assert newest is not None
    lines = _followed(newest)
    steps = [_Step(line, by_year, parts) for line in lines]
    clear = _clear([step.p_value for step in steps])
    breaks = tuple(breaks_of(by_year, parts))
    return FigureOverTime(
        id=newest.id,
        title=newest.title,
        question=newest.question,
        rows=tuple(step.row(is_clear, breaks, rtl) for step, is_clear in zip(steps, clear, strict=True)),
        breaks=breaks,
    )


def _followed(figure: Figure) -> tuple[Line, ...]:
    main = main_series(figure)
    nets = tuple(line for line in main if line.kind == NET)
    if nets:
        return nets
    answers = sorted((line for line in main if line.is_shown), key=lambda line: -(line.value or 0))
    return tuple(answers[:MOST_ROWS])


def _clear(p_values: Sequence[float | None]) -> list[bool]:
    adjusted = iter(holm([p for p in p_values if p is not None]))
    return [p is not None and next(adjusted) < ALPHA for p in p_values]


class _Step:
    """One line over the years, and its last step."""

    def __init__(
        self, line: Line, by_year: Sequence[tuple[int, Figure | None]], parts: Sequence[Part]
    ) -> None:
        self.line = line
        self.parts = parts
        self.lines = [
            (year, figure, None if figure is None else _same_line(figure, line)) for year, figure in by_year
        ]

    @property
    def p_value(self) -> float | None:
        shares = self._shares()
        if shares is None:
            return None
        (p1, n1), (p2, n2) = shares
        found = newcombe(p1, n1, p2, n2)
        # Moved together by the rounding, the interval may hold no difference any more.
        return 1.0 if found.low <= 0 <= found.high else two_proportions(p1, n1, p2, n2).p_value

    def _shares(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """The last two shares, each half a point nearer to the other; None where they are not compared."""
        if self._why_not():
            return None
        before, after = self.lines[-2][2], self.lines[-1][2]
        assert before is not None
        assert after is not None
        old, new = (before.value or 0) / 100, (after.value or 0) / 100
        nearer = min(abs(new - old), 2 * ROUNDING) / 2 * (1 if new > old else -1)
        return (old + nearer, self._effective(before, -2)), (new - nearer, self._effective(after, -1))

    def _effective(self, line: Line, place_: int) -> float:
        figure = self.lines[place_][1]
        is_weighted = figure is not None and figure.is_weighted
        return (line.base or 0) / (_design_effect(self.parts[place_]) if is_weighted else 1.0)

    def _why_not(self) -> str:
        (_old_year, old, before), (_new_year, new, after) = self.lines[-2], self.lines[-1]
        if old is None or new is None:
            return _("not asked the year before")
        if not follows(old, self.parts[-2], new):
            return _("asked in another way") if is_same(old, new) else _("asked in other words")
        if before is None:
            return _("not asked the year before")
        if after is None or not before.is_shown or not after.is_shown:
            return _("withheld")
        if min(before.base or 0, after.base or 0) < LEAST_BASE:
            return _("too few answers to compare")
        return ""

    def row(self, is_clear: bool, breaks: Sequence[Break], rtl: bool) -> Row:
        dots = tuple(self._dots(rtl))
        label = ": ".join(filter(None, (self.line.row_label, self.line.label)))
        told = [
            _("%(year)s: %(value)s") % {"year": dot.year, "value": dot.value} for dot in dots if dot.is_shown
        ]
        return Row(
            label,
            dots,
            tuple(self._joints(dots)),
            self._change(is_clear),
            is_clear,
            ". ".join(filter(None, (label, "; ".join(told), " ".join(one.description for one in breaks)))),
        )

    def _change(self, is_clear: bool) -> str:
        why_not = self._why_not()
        if why_not:
            return why_not
        if not is_clear:
            return _("no clear change")
        before, after = self.lines[-2][2], self.lines[-1][2]
        assert before is not None
        assert after is not None
        return _("higher") if (after.value or 0) > (before.value or 0) else _("lower")

    def _dots(self, rtl: bool) -> Iterator[Dot]:
        number = len(self.lines)
        for step, (year, _asked, line) in enumerate(self.lines):
            if line is None or not line.is_shown or line.value is None:
                yield Dot(year, _("withheld") if line is not None else "–", "", "")
                continue
            across = 100 * (step + 0.5) / number
            has_range = line.low is not None and line.high is not None
            yield Dot(
                year,
                percent(line.value, line.below_one),
                number_range(line.low or 0, line.high or 0) if has_range else "",
                whole(line.base or 0),
                x=place(100 - across if rtl else across),
                y=_down(line.value),
                low=_down(line.low if line.low is not None else line.value),
                high=_down(line.high if line.high is not None else line.value),
                is_shown=True,
            )

    def _joints(self, dots: Sequence[Dot]) -> Iterator[Joint]:
        """No line leads over a break, nor over a year without a number."""
        for step, (one, other) in enumerate(pairwise(dots)):
            old, new = self.lines[step][1], self.lines[step + 1][1]
            if (
                one.is_shown
                and other.is_shown
                and old is not None
                and new is not None
                and follows(old, self.parts[step], new)
            ):
                yield Joint(one.x, one.y, other.x, other.y)


def _same_line(figure: Figure, wanted: Line) -> Line | None:
    key = (wanted.row, wanted.kind, wanted.code)
    return next((line for line in main_series(figure) if (line.row, line.kind, line.code) == key), None)


def _down(value: float) -> str:
    """In the notation of SVG, whatever the language writes for a decimal point."""
    return f"{round(TOP + HEIGHT * (1 - value / 100), 1):g}"
