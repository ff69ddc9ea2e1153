"""The colours of the charts. Every number printed on a fill has a contrast of 4.5 or better (a test measures it)."""

from __future__ import annotations

from dataclasses import dataclass

DARK_INK, LIGHT_INK = "#14181b", "#ffffff"


@dataclass(frozen=True, slots=True)
class Fill:
    """A named colour. The name is also the class that the stylesheet may use."""

    name: str
    colour: str
    ink: str


BLUE = Fill("blue", "#1d4f91", LIGHT_INK)
LIGHT_BLUE = Fill("light-blue", "#86b4dc", DARK_INK)
GREY = Fill("grey", "#cfd3d6", DARK_INK)
LIGHT_BROWN = Fill("light-brown", "#e09a63", DARK_INK)
BROWN = Fill("brown", "#8a3009", LIGHT_INK)
SAND = Fill("sand", "#f3dfcb", DARK_INK)
SLATE = Fill("slate", "#616b75", LIGHT_INK)
STEEL = Fill("steel", "#a7b0b8", DARK_INK)
BLANK = Fill("blank", "#ffffff", DARK_INK)

FILLS = (BLUE, LIGHT_BLUE, GREY, LIGHT_BROWN, BROWN, SAND, SLATE, STEEL, BLANK)

SERIES = (BLUE, LIGHT_BROWN, SLATE, LIGHT_BLUE, BROWN, GREY)
"""For bars side by side, in order."""

DIVERGING: dict[int, tuple[Fill, ...]] = {
    1: (BLUE,),
    2: (BLUE, LIGHT_BROWN),
    3: (BLUE, GREY, BROWN),
    4: (BLUE, LIGHT_BLUE, LIGHT_BROWN, BROWN),
    5: (BLUE, LIGHT_BLUE, GREY, LIGHT_BROWN, BROWN),
}
"""Number of points of an ordered scale -> fills from its strong end to its weak end."""


def scale_fills(points: int, weak_end_first: bool) -> tuple[Fill, ...]:
    """Fills of an ordered scale. A scale that is longer than the palette repeats its middle."""
    longest = DIVERGING[5]
    fills = DIVERGING.get(points) or longest[:2] + (GREY,) * (points - 4) + longest[3:]
    return tuple(reversed(fills)) if weak_end_first else fills
