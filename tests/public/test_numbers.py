from __future__ import annotations

import pytest

from reports.public import numbers, palette
from reports.public.palette import Fill


@pytest.mark.parametrize(
    ("value", "below_one", "written"),
    [(0, False, "0 %"), (0, True, "<1 %"), (1, False, "1 %"), (90, False, "90 %"), (100, False, "100 %")],
)
def test_percent_of_each_kind_is_written_in_words_of_the_method(
    value: int, below_one: bool, written: str
) -> None:
    assert numbers.percent(value, below_one).replace(numbers.SPACE, " ") == written


def test_number_range_is_written_with_both_ends() -> None:
    assert numbers.number_range(83, 94).replace(numbers.SPACE, " ") == "83 to 94 %"


def test_score_has_one_decimal() -> None:
    assert numbers.score_unit(1.7, False) == "1.7"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("fill", palette.FILLS, ids=lambda fill: fill.name)
def test_fill_with_its_ink_has_enough_contrast(fill: Fill) -> None:
    lighter, darker = sorted((luminance(fill.colour), luminance(fill.ink)), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("points", range(1, 9))
def test_scale_fills_of_any_length_give_one_fill_for_each_point(points: int) -> None:
    assert len(palette.scale_fills(points, weak_end_first=False)) == points
