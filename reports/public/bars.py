"""Lines of a figure as horizontal bars, alone or side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from reports.public import palette, wording
from reports.public.numbers import number_range
from reports.public.palette import Fill
from reports.public.reading import NET, NOT_ASKED, WITHHELD, Figure, Line
from reports.public.shapes import Bar, BarChart, Group, GroupedChart, Key, Whisker, place, start_of

QUIET_ROLES = frozenset({"dont_know", "prefer_not"})


def value_text(line: Line) -> str:
    if line.status == NOT_ASKED:
        return _("not asked")
    if not line.is_shown or line.value is None:
        return _("withheld")
    return wording.statistic(line.statistic).unit(line.value, line.below_one)


def describe(line: Line, name: str | None = None) -> str:
    """The words that stand in for a bar where the drawing is not seen."""
    label = line.label if name is None else name
    if not line.is_shown or line.low is None or line.high is None:
        return _("%(label)s: %(value)s") % {"label": label, "value": value_text(line)}
    return _("%(label)s: %(value)s, 95 %% range %(range)s") % {
        "label": label,
        "value": value_text(line),
        "range": number_range(line.low, line.high),
    }


def mark_of(line: Line) -> str:
    if line.status == NOT_ASKED:
        return NOT_ASKED
    return line.status if line.is_shown and line.is_small else "" if line.is_shown else WITHHELD


def tone(line: Line) -> Fill:
    if line.role in QUIET_ROLES:
        return palette.STEEL
    return palette.BLUE if line.kind == NET else palette.LIGHT_BLUE


def bar(
    line: Line, *, rtl: bool, fill: Fill | None = None, label: str | None = None, name: str | None = None
) -> Bar:
    """A bar for a line. What is withheld or not asked gets its word and no rectangle."""
    made = {
        "label": line.label if label is None else label,
        "value": value_text(line),
        "description": describe(line, name),
        "fill": fill or tone(line),
        "mark": mark_of(line),
    }
    if not line.is_shown or line.value is None:
        return Bar(**made)  # type: ignore[arg-type]
    width = min(line.value, 100)
    x = place(start_of(0, width, rtl))
    return Bar(**made, x=x, width=place(width), whisker=whisker(line, rtl))  # type: ignore[arg-type]


def whisker(line: Line, rtl: bool) -> Whisker | None:
    if line.low is None or line.high is None:
        return None
    ends = (100 - line.low, 100 - line.high) if rtl else (line.low, line.high)
    return Whisker(place(ends[0]), place(ends[1]))


def class_chart(figure: Figure, lines: Sequence[Line], rtl: bool) -> BarChart:
    """A profile question may be published in several classes; each is a group under its title."""
    classes = dict.fromkeys((line.row, line.row_label) for line in lines)
    groups = tuple(
        Group(
            label if len(classes) > 1 else "", tuple(bar(line, rtl=rtl) for line in lines if line.row == row)
        )
        for row, label in classes
    )
    return BarChart(groups, has_ranges=has_ranges(lines))


def bar_chart(figure: Figure, lines: Sequence[Line], rtl: bool) -> BarChart:
    """Nets stand together in front of the separate answers, because each holds some of them."""
    nets = tuple(bar(line, rtl=rtl) for line in lines if line.kind == NET)
    others = tuple(bar(line, rtl=rtl) for line in lines if line.kind != NET)
    if nets and others:
        groups: tuple[Group, ...] = (Group(_("Taken together"), nets), Group(_("Each answer"), others))
    else:
        groups = (Group("", nets or others),)
    return BarChart(groups, has_ranges=has_ranges(lines))


def has_ranges(lines: Iterable[Line]) -> bool:
    return any(line.is_shown and line.low is not None for line in lines)


def grouped_by_row(figure: Figure, lines: Sequence[Line], rtl: bool) -> GroupedChart:
    """For each answer one bar for each row of the grid."""
    rows = list(dict.fromkeys((line.row, line.row_label) for line in lines))
    keys = tuple(Key(label, fill_of(number)) for number, (_row, label) in enumerate(rows))
    position = {row: number for number, (row, _label) in enumerate(rows)}
    sections = [
        (title, group_lines([line for line in lines if (line.kind == NET) is nets], keys, position, rtl))
        for title, nets in ((_("Taken together"), True), (_("Each answer"), False))
    ]
    filled = tuple((title, groups) for title, groups in sections if groups)
    return GroupedChart(
        keys, filled if len(filled) > 1 else tuple(("", groups) for _t, groups in filled), has_ranges(lines)
    )


def group_lines(
    lines: Sequence[Line], keys: Sequence[Key], position: dict[str, int], rtl: bool
) -> tuple[Group, ...]:
    groups: dict[str, list[Bar]] = {}
    for line in sorted(lines, key=lambda line: position[line.row]):
        key = keys[position[line.row]]
        name = _("%(answer)s, %(row)s") % {"answer": line.label, "row": key.label}
        groups.setdefault(line.code, []).append(bar(line, rtl=rtl, fill=key.fill, label=key.label, name=name))
    labels = {line.code: line.label for line in lines}
    ordered = dict.fromkeys(line.code for line in lines)
    return tuple(Group(labels[code], tuple(groups[code])) for code in ordered)


def grouped_by_series(
    figure: Figure, series: Sequence[Sequence[Line]], titles: Sequence[str], rtl: bool
) -> GroupedChart:
    """For each answer one bar for each statistic: ranked first, and named among the first three."""
    keys = tuple(Key(title, fill_of(number)) for number, title in enumerate(titles))
    bars: dict[str, list[Bar]] = {}
    for key, lines in zip(keys, series, strict=True):
        for line in lines:
            name = _("%(answer)s, %(row)s") % {"answer": line.label, "row": key.label}
            bars.setdefault(line.code, []).append(
                bar(line, rtl=rtl, fill=key.fill, label=key.label, name=name)
            )
    labels = {line.code: line.label for lines in series for line in lines}
    groups = tuple(Group(labels[code], tuple(found)) for code, found in bars.items())
    return GroupedChart(keys, (("", groups),), has_ranges(line for lines in series for line in lines))


def fill_of(number: int) -> Fill:
    return palette.SERIES[number % len(palette.SERIES)]
