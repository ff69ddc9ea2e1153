"""Bars, segments and rows of tables: what a page of the report holds by the hundred.

As templates these took most of the time of a page, because each of their variables is looked up by itself
(decision 33). Every word that is put in is escaped here; places, sizes and colours are written by the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reports.public.shapes import Bar, Segment
from reports.public.tables import TableRow

register = template.Library()

SMALL_BASE = "small_base"
NO_NUMBER = "–"
BAR = (
    '<li class="bar{mark_class}"><span class="bar-label"><bdi>{label}</bdi></span>\n'
    '<span class="bar-value"><bdi>{value}</bdi>{mark}</span>\n'
    '<svg class="bar-drawing" width="100%" height="{height}" role="img"><title>{description}</title>{drawing}</svg>'
    "</li>"
)
RECTANGLE = '<rect x="{bar.x}" width="{bar.width}" height="100%" fill="{bar.fill.colour}"/>{whisker}'
# The range, then its two ends.
WHISKER = (
    '<g class="whisker"><line x1="{w.low}" x2="{w.high}" y1="50%" y2="50%"/>'
    '<line x1="{w.low}" x2="{w.low}" y1="25%" y2="75%"/><line x1="{w.high}" x2="{w.high}" y1="25%" y2="75%"/></g>'
)
SEGMENTS = '<g stroke="#fff" stroke-width="1.5">{rectangles}</g><g text-anchor="middle">{numbers}</g>'
SEGMENT = '<rect class="segment fill-{s.fill.name}" x="{s.x}" width="{s.width}" height="30" fill="{s.fill.colour}"/>'
PRINTED = '<text x="{s.middle}" y="20" fill="{s.fill.ink}">{words}</text>'
MARK = ' <abbr class="mark" title="{words}">*</abbr>'
ROW = (
    '<tr{net}><th scope="row"><bdi>{label}</bdi></th><td{mark_class}><bdi>{value}</bdi>{mark}</td>'
    "{interval}<td>{base}</td></tr>\n"
)


@register.simple_tag
def drawn_bars(bars: Iterable[Bar], height: int = 18) -> SafeString:
    return _markup(_bar(bar, height) for bar in bars)


def _bar(bar: Bar, height: int) -> str:
    return BAR.format(
        mark_class=f" is-{bar.mark}" if bar.mark else "",
        label=escape(bar.label),
        value=escape(bar.value),
        mark=_star(bar.mark),
        height=height,
        description=escape(bar.description),
        drawing=_rectangle(bar) if bar.is_drawn else "",
    )


def _rectangle(bar: Bar) -> str:
    return RECTANGLE.format(bar=bar, whisker=WHISKER.format(w=bar.whisker) if bar.whisker else "")


def _star(mark: str) -> str:
    """Behind a number that rests on few answers. Other marks are words, in place of the number."""
    return MARK.format(words=escape(_("small base"))) if mark == SMALL_BASE else ""


@register.simple_tag
def drawn_segments(segments: Iterable[Segment]) -> SafeString:
    """The segments of a stacked bar, then their numbers above them."""
    found = tuple(segments)
    rectangles = "".join(SEGMENT.format(s=one) for one in found)
    numbers = "".join(PRINTED.format(s=one, words=escape(one.text)) for one in found if one.text)
    return _markup([SEGMENTS.format(rectangles=rectangles, numbers=numbers)])


@register.simple_tag
def table_rows(rows: Iterable[TableRow], has_intervals: bool) -> SafeString:
    return _markup(_row(row, has_intervals) for row in rows)


def _row(row: TableRow, has_intervals: bool) -> str:
    return ROW.format(
        net=' class="net"' if row.is_net else "",
        label=escape(row.label),
        mark_class=f' class="is-{row.mark}"' if row.mark else "",
        value=escape(row.value),
        mark=_star(row.mark),
        interval=f"<td><bdi>{escape(row.interval or NO_NUMBER)}</bdi></td>" if has_intervals else "",
        base=escape(row.base or NO_NUMBER),
    )


def _markup(pieces: Iterable[str]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308  # nosec  # every word in it was escaped above
