"""What a chart is made of: places in per cent of its width, already mirrored where the page runs right to left.

An SVG without a viewBox stretches its bars and keeps its text at reading size, so that one drawing serves a phone and
a wide screen. All places are strings, because a locale must not write its own decimal sign into an attribute.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.public.palette import Fill

TEMPLATES = "public/charts/"


def place(value: float) -> str:
    """A place or a length in the notation of SVG: `12.5%`."""
    return f"{round(value, 2):g}%"


def start_of(left: float, width: float, right_to_left: bool) -> float:
    return 100 - left - width if right_to_left else left


@dataclass(frozen=True, slots=True)
class Whisker:
    """The 95 % range as a line with two ends."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: str
    description: str
    fill: Fill
    x: str = ""
    width: str = ""
    whisker: Whisker | None = None
    mark: str = ""
    """`withheld`, `not_asked`, `small_base` or nothing. The first two have no rectangle at all."""

    @property
    def is_drawn(self) -> bool:
        return bool(self.width)


@dataclass(frozen=True, slots=True)
class Segment:
    fill: Fill
    x: str
    width: str
    middle: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend."""

    label: str
    fill: Fill


@dataclass(frozen=True, slots=True)
class Net:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Stack:
    label: str
    description: str
    segments: tuple[Segment, ...]
    nets: tuple[Net, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together, under a heading or none."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a histogram. `top` and `height` are pixels of the drawing, `label` holds one line or two."""

    x: str
    width: str
    middle: str
    top: int
    height: int
    value: str
    value_y: int
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    groups: tuple[Group, ...]
    has_ranges: bool
    template: str = TEMPLATES + "bars.html"


@dataclass(frozen=True, slots=True)
class StackedChart:
    legend: tuple[Key, ...]
    stacks: tuple[Stack, ...]
    overall: tuple[Bar, ...] = ()
    has_ranges: bool = False
    template: str = TEMPLATES + "stacked.html"


@dataclass(frozen=True, slots=True)
class GroupedChart:
    legend: tuple[Key, ...]
    sections: tuple[tuple[str, tuple[Group, ...]], ...]
    has_ranges: bool
    template: str = TEMPLATES + "grouped.html"


@dataclass(frozen=True, slots=True)
class Histogram:
    columns: tuple[Column, ...]
    description: str
    height: int
    baseline: int
    axis: str
    sentence: str
    beside: tuple[Bar, ...]
    has_ranges: bool = False
    template: str = TEMPLATES + "histogram.html"


@dataclass(frozen=True, slots=True)
class NumberChart:
    """A single number that needs no drawing."""

    number: str
    label: str
    has_ranges: bool = False
    template: str = TEMPLATES + "number.html"


@dataclass(frozen=True, slots=True)
class NoChart:
    """Nothing of the figure may be shown, or it has nothing to draw."""

    sentence: str
    has_ranges: bool = False
    template: str = TEMPLATES + "none.html"


Chart = BarChart | StackedChart | GroupedChart | Histogram | NumberChart | NoChart
