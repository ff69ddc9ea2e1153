from __future__ import annotations

import pytest

from reports.models import Cell
from reports.staff.blocks import blocks, figure
from surveys import definition as d

QUESTION = d.Question(
    key="policy",
    number="5",
    kind=d.Kind.SINGLE,
    text="Is there a policy?",
    analysis=d.Analysis(
        concept="policy",
        base="all",
        nets=(d.Net("has_policy", "Has a policy", ("written", "spoken")),),
        partitions=(
            d.Partition("size", "Size", (d.Part("small", "Small", ("s",)), d.Part("large", "Large", ("l",)))),
        ),
    ),
    figure=d.Figure("bars"),
    choices=(d.Choice("written", "Written"), d.Choice("spoken", "Spoken")),
)
DEFINITION = d.Definition(
    schema_version="1",
    key="small",
    version=1,
    title="",
    audience="",
    population="",
    unit=d.Unit.PERSON,
    mode="",
    language="en",
    estimated_minutes=1,
    reference_period=(),
    pages=(),
    sections=(d.Section("s", "", "", (QUESTION,)),),
)


def cell(
    code: str, kind: str = "choice", part: str = "", value: float | None = 40.0, **fields: object
) -> Cell:
    return Cell(code=code, kind=kind, part=part, value=value, low=30.4, high=50.5, base=100, **fields)


def test_blocks_of_everybody_have_one_column_and_words_for_codes() -> None:
    (block,) = blocks(DEFINITION, QUESTION, "", [cell("written"), cell("has_policy", "net")])

    assert block.columns == ("Everybody",)
    assert [line.label for line in block.lines] == ["Written", "Has a policy"]


def test_blocks_of_breakdown_have_one_column_for_each_group() -> None:
    cells = [cell(code, part=part) for part in ("small", "large") for code in ("written", "spoken")]

    (block,) = blocks(DEFINITION, QUESTION, "size", cells)

    assert block.columns == ("Small", "Large")
    assert [len(line.figures) for line in block.lines] == [2, 2]


def test_blocks_of_two_statistics_are_two() -> None:
    cells = [cell("written"), cell("written", statistic="percent_without_dont_know", base_rule="valid")]

    assert [block.caption for block in blocks(DEFINITION, QUESTION, "", cells)] == [
        "percent of respondents, out of: answered",
        "percent without dont know, out of: valid",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 %"), (0.2, "<1 %"), (0.5, "1 %"), (49.5, "50 %"), (49.4, "49 %"), (100.0, "100 %")],
)
def test_figure_of_percentage_is_whole(value: float, text: str) -> None:
    assert figure(cell("written", value=value)).text == text


def test_figure_of_withheld_cell_is_a_word_and_nothing_else() -> None:
    withheld = figure(Cell(status=Cell.Status.WITHHELD, base=100, kind="choice", code="written"))

    assert (withheld.text, withheld.range, withheld.base, withheld.mark) == ("withheld", "", "", "withheld")


def test_figure_of_small_base_keeps_its_number_and_is_marked() -> None:
    small = figure(cell("written", status=Cell.Status.SMALL_BASE))

    assert (small.text, small.range, small.base, small.mark) == ("40 %", "30–51", "100", "small-base")
