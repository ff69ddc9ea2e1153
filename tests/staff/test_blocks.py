from __future__ import annotations

import pytest

from reports.lines import line, naming_of
from reports.models import Cell
from reports.staff.blocks import Figure, blocks, figure
from tests.staff.stage import POLICY, SIZE, small_definition

DEFINITION = small_definition()
NAMING = naming_of(DEFINITION, POLICY)


def cell(
    code: str, kind: str = "choice", part: str = "", value: float | None = 40.0, **fields: object
) -> Cell:
    """Out of 100, so that the count is the value."""
    ends = {
        "position": 1,
        "low": 30.4,
        "high": 50.5,
        "base": 100,
        "count": None if value is None else round(value),
    }
    return Cell(code=code, kind=kind, part=part, value=value, **{**ends, **fields})


def shown(found: Cell) -> Figure:
    return figure(line(found, NAMING))


def test_blocks_of_everybody_have_one_column_and_words_for_codes() -> None:
    (block,) = blocks(DEFINITION, NAMING, "", [cell("spoken"), cell("has_policy", "net")])

    assert block.columns == ("Share or figure",)
    assert [found.label for found in block.lines] == ["Spoken policy", "Has a policy"]


def test_blocks_of_breakdown_have_one_column_for_each_group() -> None:
    cells = [cell(code, part=part) for part in ("small", "large") for code in ("written", "spoken")]

    (block,) = blocks(DEFINITION, NAMING, "size2", cells)

    assert block.columns == ("Small", "Large")
    assert [len(found.figures) for found in block.lines] == [2, 2]


def test_blocks_of_two_statistics_are_two() -> None:
    cells = [cell("written"), cell("written", statistic="percent_without_dont_know", base_rule="valid")]

    assert [block.caption for block in blocks(DEFINITION, NAMING, "", cells)] == [
        "percent of respondents, out of: answered",
        "percent without dont know, out of: valid",
    ]


def test_blocks_of_a_profile_question_name_its_class() -> None:
    (block,) = blocks(DEFINITION, naming_of(DEFINITION, SIZE), "", [cell("small", "class", row="size2")])

    assert block.caption.startswith("Size, ")
    assert block.lines[0].label == "Small"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (1.0, "1 %"), (49.5, "50 %"), (49.4, "49 %"), (100.0, "100 %")]
)
def test_figure_of_percentage_is_whole(value: float, text: str) -> None:
    assert shown(cell("written", value=value)).text == text


def test_figure_that_rounds_to_nothing_is_below_one_and_not_zero() -> None:
    assert shown(cell("written", value=0.2, count=1, base=500)).text == "<1 %"


def test_figure_that_is_no_share_has_no_sign_of_one() -> None:
    assert (
        shown(cell("median", "number", statistic="median_and_quartiles", value=37.0, count=None)).text == "37"
    )


def test_figure_of_withheld_cell_is_a_word_and_no_number() -> None:
    withheld = shown(cell("written", value=None, low=None, high=None, status=Cell.Status.WITHHELD))

    assert (withheld.text, withheld.range, withheld.mark) == ("withheld", "", "withheld")


def test_figure_of_small_base_keeps_its_number_and_is_marked() -> None:
    small = shown(cell("written", status=Cell.Status.SMALL_BASE))

    assert (small.text, small.range, small.base, small.mark) == (
        "40 %",
        "30\u2060–\u206051",
        "100",
        "small-base",
    )
