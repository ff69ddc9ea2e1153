"""What is written without a template: nothing that somebody typed becomes markup, and nothing withheld a shape."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from reports.public.palette import BLUE
from reports.public.shapes import Bar, Segment, Whisker
from reports.public.tables import TableRow
from reports.templatetags.drawn import drawn_bars, drawn_segments, table_rows
from tests.public.content import HOSTILE

BAR = Bar(HOSTILE, HOSTILE, HOSTILE, BLUE, "0%", "40%", Whisker("35%", "45%"))
ROW = TableRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "", is_net=False)


def test_words_of_a_bar_are_no_markup() -> None:
    page = html.fragment_fromstring(drawn_bars([BAR]), create_parent="ul")

    assert not page.xpath(".//b")
    assert page.xpath("string(.//title)") == HOSTILE
    assert page.xpath("string(.//*[@class='bar-label'])") == HOSTILE
    assert page.xpath("string(.//*[@class='bar-value'])") == HOSTILE
    assert len(page.xpath(".//rect")) == 1
    assert len(page.xpath(".//line")) == 3


def test_bar_that_is_withheld_has_no_rectangle_and_no_range() -> None:
    bar = replace(BAR, x="", width="", whisker=None, mark="withheld")

    page = html.fragment_fromstring(drawn_bars([bar]), create_parent="ul")

    assert page.xpath(".//li/@class") == ["bar is-withheld"]
    assert not page.xpath(".//rect | .//line")


@pytest.mark.parametrize(("mark", "stars"), [("small_base", 1), ("", 0), ("withheld", 0)])
def test_number_on_few_answers_has_a_star(mark: str, stars: int) -> None:
    bars = html.fragment_fromstring(drawn_bars([replace(BAR, mark=mark)]), create_parent="ul")
    rows = html.fragment_fromstring(table_rows([replace(ROW, mark=mark)], True), create_parent="table")

    assert len(bars.xpath(".//abbr[@title]")) == len(rows.xpath(".//abbr[@title]")) == stars


def test_words_of_a_segment_are_no_markup_and_stand_above_all_segments() -> None:
    found = [Segment(BLUE, "0%", "60%", "30%", HOSTILE), Segment(BLUE, "60%", "40%", "80%")]

    page = html.fragment_fromstring(drawn_segments(found), create_parent="svg")

    assert [child.tag for child in page] == ["g", "g"]
    assert not page.xpath(".//b")
    assert page.xpath(".//text/text()") == [HOSTILE]
    assert len(page.xpath(".//rect")) == 2


@pytest.mark.parametrize("has_intervals", [True, False])
def test_words_of_a_row_are_no_markup(has_intervals: bool) -> None:
    page = html.fragment_fromstring(table_rows([ROW], has_intervals), create_parent="table")

    assert not page.xpath(".//b")
    assert {cell.text_content() for cell in page.xpath(".//th | .//td")} == {HOSTILE}
    assert len(page.xpath(".//td")) == 2 + has_intervals


def test_row_without_a_range_or_a_base_says_so() -> None:
    row = replace(ROW, interval="", base="")

    page = html.fragment_fromstring(table_rows([row], True), create_parent="table")

    assert [cell.text_content() for cell in page.xpath(".//td")][1:] == ["–", "–"]
