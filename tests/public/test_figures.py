from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.public.bars import bar
from reports.public.figures import CHARTS, figure_view
from reports.public.reading import Figure, read_figure, read_line
from reports.public.shapes import (
    BarChart,
    GroupedChart,
    Histogram,
    NoChart,
    NumberChart,
    Segment,
    StackedChart,
)
from reports.public.stacks import fills_of, segments
from tests.public import content

FIGURE_TYPES = {"bar", "stacked_likert", "grouped_bar", "top_n_table", "histogram", "none"}


def figure(data: dict[str, object]) -> Figure:
    return read_figure(data)


def number(place: str) -> float:
    return float(place.removesuffix("%"))


def test_charts_have_a_drawing_for_every_figure_type() -> None:
    assert set(CHARTS) == FIGURE_TYPES


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (content.POLICY, BarChart),
        (content.FREQUENCY, StackedChart),
        (content.AREAS, GroupedChart),
        (content.RANKING, GroupedChart),
        (content.SHARE, Histogram),
        (content.COUNTRIES, NumberChart),
        (content.SMALL, NoChart),
    ],
    ids=lambda value: value["id"] if isinstance(value, dict) else value.__name__,
)
def test_figure_of_a_type_gets_its_chart(data: dict[str, object], kind: type) -> None:
    assert isinstance(figure_view(figure(data), {}, False).chart, kind)


def test_headline_is_the_number_and_its_label() -> None:
    view = figure_view(figure(content.POLICY), {}, False)

    assert view.headline is not None
    assert (view.headline.number, view.headline.label) == ("90\N{NO-BREAK SPACE}%", "Has a policy")


def test_bar_in_right_to_left_is_mirrored() -> None:
    line = read_line(content.line("a", "A", 30))

    left, right = bar(line, rtl=False), bar(line, rtl=True)

    assert (left.x, left.width, left.whisker.low if left.whisker else "") == ("0%", "30%", "22%")
    assert (right.x, right.width, right.whisker.low if right.whisker else "") == ("70%", "30%", "78%")


def test_bar_of_a_withheld_line_is_a_word_without_a_rectangle() -> None:
    made = bar(read_line(content.withheld("a", "A")), rtl=False)

    assert (made.value, made.mark, made.is_drawn, made.whisker) == ("withheld", "withheld", False, None)


def test_bar_of_zero_is_zero_and_not_withheld() -> None:
    made = bar(read_line(content.line("a", "A", 0)), rtl=False)

    assert (made.value, made.mark, made.width) == ("0\N{NO-BREAK SPACE}%", "", "0%")


def test_value_on_a_segment_is_printed_from_six_per_cent() -> None:
    lines = [read_line(content.line(c, c, share)) for c, share in (("a", 89), ("b", 6), ("c", 5))]

    made = segments(lines, fills_of(figure(content.POLICY), lines), False)

    assert [segment.text for segment in made] == ["89", "6", ""]


def test_stack_with_a_withheld_share_has_a_gap_without_a_number() -> None:
    lines = [read_line(content.line("a", "A", 70)), read_line(content.withheld("b", "B"))]

    made = segments(lines, fills_of(figure(content.POLICY), lines), False)

    assert [(segment.fill.name, segment.text) for segment in made] == [("blue", "70"), ("blank", "")]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=7).filter(any), st.booleans())
def test_segments_of_any_shares_fill_the_width_without_overlap(shares: list[int], rtl: bool) -> None:
    lines = [read_line(content.line(str(n), str(n), share)) for n, share in enumerate(shares)]

    made = segments(lines, fills_of(figure(content.POLICY), lines), rtl)

    assert_covers(sorted(made, key=lambda segment: number(segment.x)))


def assert_covers(ordered: list[Segment]) -> None:
    ends = [number(segment.x) + number(segment.width) for segment in ordered]
    starts = [number(segment.x) for segment in ordered]
    assert starts[0] == pytest.approx(0, abs=0.05)
    assert ends[-1] == pytest.approx(100, abs=0.05)
    assert starts[1:] == pytest.approx(ends[:-1], abs=0.05)


def test_scale_that_begins_with_its_weak_end_has_its_blue_at_the_other_end() -> None:
    answers = [read_line(content.line(code, code, 25)) for code in ("never", "rarely", "sometimes", "often")]

    common = fills_of(figure(content.POLICY), answers)
    frequency = fills_of(replace(figure(content.POLICY), scale="likert4_frequency"), answers)

    assert (common["never"].name, frequency["often"].name) == ("blue", "blue")


def test_row_of_a_grid_with_nothing_to_show_says_so() -> None:
    chart = figure_view(figure(content.FREQUENCY), {}, False).chart

    assert isinstance(chart, StackedChart)
    assert {stack.label: stack.mark for stack in chart.stacks} == {
        "Laptop": "",
        "Phone": "",
        "Disc": "small_base",
        "Tape": "withheld",
    }


def test_base_of_rows_that_differ_is_a_range() -> None:
    assert (
        figure_view(figure(content.FREQUENCY), {}, False).base
        == "All eligible organisations: 40 to 100 answers"
    )


def test_legend_explains_only_the_marks_that_are_used() -> None:
    areas, frequency = (
        figure_view(figure(data), {}, False).legend for data in (content.AREAS, content.FREQUENCY)
    )

    assert areas == ()
    assert [sentence.split(":")[0] for sentence in frequency] == ["Withheld", "* Small base"]


@pytest.mark.parametrize(
    ("not_stated", "begins"),
    [(None, None), ("fewer than 5", "Fewer than 5 of those asked"), (7, "7 of those asked")],
)
def test_not_stated_is_a_sentence(not_stated: object, begins: str | None) -> None:
    notes = figure_view(figure(content.POLICY | {"not_stated": not_stated}), {}, False).notes

    assert len(notes) == (1 if begins is None else 2)
    assert begins is None or notes[1].startswith(begins)


def test_tables_have_one_for_each_statistic() -> None:
    view = figure_view(figure(content.RANKING), {}, False)

    assert [(table.caption.split(":")[0], table.heading) for table in view.tables] == [
        ("Share of respondents", "Per cent"),
        ("Ranked first", "Per cent"),
        ("Mean score", "Score"),
    ]


def test_share_among_a_net_names_the_net() -> None:
    data = content.POLICY | {"lines": [content.line("a", "A", 50, statistic="percent_among_has_policy")]}

    view = figure_view(figure(data), {"has_policy": "Has a policy"}, False)

    assert view.tables[0].caption == "Share of those in the group “Has a policy”"


def test_middle_of_numbers_is_a_sentence() -> None:
    chart = figure_view(figure(content.SHARE), {}, False).chart

    assert isinstance(chart, Histogram)
    sentence = chart.sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert "said 50 % or less; the middle half said between 25 % and 70 %" in sentence
    assert len(chart.columns) == 12


def test_headline_of_numbers_is_their_middle() -> None:
    view = figure_view(figure(content.SHARE), {}, False)

    assert view.headline is not None
    assert view.headline.number == "50\N{NO-BREAK SPACE}%"


def test_profile_in_two_classes_is_a_group_for_each() -> None:
    lines = [
        content.line("us", "United States", 40, kind="class", row="area2", row_label="Area"),
        content.line("chief", "Chief", 10, kind="class", row="role2", row_label="Role"),
    ]

    chart = figure_view(figure(content.SIZE | {"lines": lines}), {}, False).chart

    assert isinstance(chart, BarChart)
    assert [group.label for group in chart.groups] == ["Area", "Role"]


@pytest.mark.parametrize(("kind", "is_profile"), [("single", True), ("open_list", False), ("derived", False)])
def test_number_of_different_answers_is_profile_only_of_a_tally(kind: str, is_profile: bool) -> None:
    assert figure(content.COUNTRIES | {"kind": kind}).is_profile is is_profile


def test_headline_on_a_small_base_carries_its_mark() -> None:
    lines = [content.line("a", "A", 63, base=60, status="small_base")]
    headline = {"label": "A", "percent": 63, "base": 60}

    view = figure_view(figure(content.POLICY | {"lines": lines, "headline": headline}), {}, False)

    assert view.headline is not None
    assert view.headline.is_small


@pytest.mark.parametrize("data", [content.COUNTRIES, content.SMALL], ids=lambda data: data["id"])
def test_figure_without_a_share_has_no_note_on_shares(data: dict[str, object]) -> None:
    assert figure_view(figure(data), {}, False).notes == ()
