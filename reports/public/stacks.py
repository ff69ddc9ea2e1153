"""Lines of an ordered scale as one stacked bar for each row: the points, then what lies outside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from reports.public import palette
from reports.public.bars import bar, has_ranges, value_text
from reports.public.numbers import whole
from reports.public.palette import Fill
from reports.public.reading import NET, NOT_ASKED, WITHHELD, Figure, Line
from reports.public.shapes import Key, Net, Segment, Stack, StackedChart, place, start_of

PRINTED_FROM = 6
"""Narrower segments carry no number; the table below has it."""
SMALLEST_GAP = 3
"""A withheld share is drawn as a gap of at least this width, so that it can be seen and not be measured."""
POINT_ROLES = frozenset({"", "substantive", "other_specify"})
WEAK_END_FIRST = frozenset({"likert4_frequency"})


def stacked_chart(figure: Figure, lines: Sequence[Line], rtl: bool) -> StackedChart:
    answers = [line for line in lines if line.kind != NET]
    fills = fills_of(figure, answers)
    rows = list(dict.fromkeys((line.row, line.row_label) for line in answers))
    stacks = tuple(
        stack(label, [line for line in lines if line.row == row], fills, rtl) for row, label in rows
    )
    overall = [line for line in lines if line.kind == NET and line.row not in dict(rows)]
    legend = tuple(Key(label_of(answers, code), fill) for code, fill in fills.items())
    if any(line.status == WITHHELD for line in answers):
        legend += (Key(_("withheld"), palette.BLANK),)
    bars = tuple(bar(line, rtl=rtl) for line in overall)
    return StackedChart(legend, stacks, bars, has_ranges(overall))


def label_of(lines: Sequence[Line], code: str) -> str:
    return next(line.label for line in lines if line.code == code)


def fills_of(figure: Figure, answers: Sequence[Line]) -> Mapping[str, Fill]:
    """Code -> fill in the order of drawing: points of the scale, answers beside it, then who could not say."""
    roles = {line.code: line.role for line in answers}
    points = [code for code, role in roles.items() if role in POINT_ROLES]
    unsure = [code for code, role in roles.items() if role == "dont_know"]
    beside = [code for code in roles if code not in points and code not in unsure]
    fills = dict(zip(points, palette.scale_fills(len(points), figure.scale in WEAK_END_FIRST), strict=True))
    return fills | dict.fromkeys(beside, palette.SAND) | dict.fromkeys(unsure, palette.SLATE)


def stack(label: str, lines: Sequence[Line], fills: Mapping[str, Fill], rtl: bool) -> Stack:
    answers = sorted(
        (line for line in lines if line.kind != NET), key=lambda line: list(fills).index(line.code)
    )
    nets = tuple(Net(line.label, value_text(line)) for line in lines if line.kind == NET)
    shown = [line for line in answers if line.is_shown]
    listed = _("; ").join(f"{line.label} {value_text(line)}" for line in answers)
    description = _("%(label)s: %(values)s") % {"label": label, "values": listed} if label else listed
    if not shown:
        status = NOT_ASKED if answers and answers[0].status == NOT_ASKED else WITHHELD
        return Stack(label, description, (), nets, status)
    mark = "small_base" if any(line.is_small for line in shown) else ""
    return Stack(label, description, segments(answers, fills, rtl), nets, mark)


def segments(answers: Sequence[Line], fills: Mapping[str, Fill], rtl: bool) -> tuple[Segment, ...]:
    """Segments that fill the width. Rounded shares may miss 100 by a little, so that widths are scaled to their sum."""
    parts = [(fills[line.code], line.value or 0, line) for line in answers if line.is_shown]
    widths: list[tuple[Fill, float, Line | None]] = list(parts)
    if any(not line.is_shown for line in answers):
        widths.append((palette.BLANK, gap(parts), None))
        widths.sort(key=lambda part: part[0] is palette.SLATE)
    total = sum(width for _fill, width, _line in widths) or 1
    left, made = 0.0, []
    for fill, share, line in widths:
        width = 100 * share / total
        if width > 0:
            made.append(segment(fill, left, width, printed(share, line), rtl))
        left += width
    return tuple(made)


def gap(parts: Sequence[tuple[Fill, float, Line]]) -> float:
    return max(100 - sum(share for _fill, share, _line in parts), SMALLEST_GAP)


def printed(share: float, line: Line | None) -> str:
    return whole(share) if line is not None and share >= PRINTED_FROM else ""


def segment(fill: Fill, left: float, width: float, text: str, rtl: bool) -> Segment:
    x = start_of(left, width, rtl)
    return Segment(fill, place(x), place(width), place(x + width / 2), text)
