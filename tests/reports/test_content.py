from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reports.content import content_of
from reports.lines import BELOW_ONE, naming_of, ordered, printed
from reports.models import Cell, Table
from reports.public.reading import read_report
from surveys.definition import Question
from surveys.models import Wave
from surveys.queries import definition_of
from tests.reports.stage import answer, code_everything, eligible_seeds, wave_of
from tests.reports.test_release import tabulate

RESPONSES = 240
FIGURE = {
    "id",
    "number",
    "question",
    "title",
    "kind",
    "scale",
    "unit",
    "base_text",
    "base_rule",
    "sensitivity",
    "wording_version",
    "headline",
    "figure_type",
    "not_stated",
    "weighted",
    "lines",
    "breakdowns",
}


@pytest.fixture
def wave(db: None) -> Wave:
    wave = wave_of("law_enforcement")
    answer(wave, eligible_seeds(wave, RESPONSES))
    code_everything(wave)
    tabulate(wave)
    return wave


def figures(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        figure for part in content["parts"] for section in part["sections"] for figure in section["figures"]
    ]


def test_content_has_a_figure_for_every_table_and_the_public_page_can_read_it(wave: Wave) -> None:
    content = content_of(wave.edition)

    tables = set(Table.objects.filter(wave=wave, breakdown="").values_list("question", flat=True))
    assert {figure["id"] for figure in figures(content)} == {f"law_enforcement.{key}" for key in tables}
    assert all(set(figure) - {"caveats"} == FIGURE for figure in figures(content))
    asked = {figure["id"]: figure["caveats"] for figure in figures(content) if "caveats" in figure}
    by_area = ["law_enforcement.le_region", "law_enforcement.le_local_share"]
    assert asked == {
        "law_enforcement.le_region": ["law_enforcement.le_region"],
        "law_enforcement.ls_victim_regions": by_area,
        "law_enforcement.ls_offender_regions": by_area,
    }
    assert content["synthetic"] is True
    assert (content["parts"][0]["responses"], read_report(content).year) == (RESPONSES, 2019)


def test_content_holds_whole_numbers_and_no_counts(wave: Wave) -> None:
    found = figures(content_of(wave.edition))
    lines = [line for figure in found for line in figure["lines"]]
    of_groups = [
        line for figure in found for breakdown in figure["breakdowns"] for line in breakdown["lines"]
    ]

    assert lines
    assert of_groups
    assert not any("part" in line for line in lines)
    for line in (*lines, *of_groups):
        assert "count" not in line
        assert (
            isinstance(line["percent"], (int, type(None)))
            or line["percent"] == BELOW_ONE
            or (line["statistic"] == "borda_3_2_1" and line["percent"] == round(line["percent"], 1))
        )
        assert all(isinstance(line[end], (int, type(None))) for end in ("low", "high"))
        if line["status"] == "withheld":
            assert (line["percent"], line["low"], line["high"]) == (None, None, None)


def test_breakdowns_are_laid_out_as_they_are_stored(wave: Wave) -> None:
    stored = {
        (f"law_enforcement.{table.question}", table.breakdown): table
        for table in Table.objects.filter(wave=wave).exclude(breakdown="")
    }
    found = {
        (figure["id"], breakdown["class"]): breakdown
        for figure in figures(content_of(wave.edition))
        for breakdown in figure["breakdowns"]
    }

    assert found.keys() == stored.keys()
    for key, breakdown in found.items():
        detail, _, groups = stored[key].design.partition(" ")
        assert (breakdown["status"], breakdown["detail"]) == (stored[key].status, detail)
        assert [part["code"] for part in breakdown["parts"]] == [code for code in groups.split("|") if code]
        assert all(part["label"] for part in breakdown["parts"])
        assert len(breakdown["lines"]) == stored[key].cells.count()


def test_texts_of_the_content_have_no_pipe_left(wave: Wave) -> None:
    assert "{reference_period" not in str(content_of(wave.edition))


def cell(code: str, value: float | None, *, kind: str = "choice", row: str = "", position: int = 0) -> Cell:
    status = "shown" if value is not None else "withheld"
    return Cell(code=code, value=value, kind=kind, row=row, position=position, status=status, base=100)


@pytest.fixture
def question(db: None) -> Question:
    return definition_of(wave_of("enterprise").questionnaire).by_key["ent_plan_steps"]


def test_lines_in_descending_order_have_withheld_ones_after_and_pinned_ones_last(question: Question) -> None:
    definition = definition_of(Wave.objects.get().questionnaire)
    stored = [
        cell("named_contact", None, position=1),
        cell("report_police", 20.0, position=2),
        cell("report_hotline", None, position=3),
        cell("secure_device", 60.0, position=4),
        cell("other", 90.0, position=5),
        cell("dont_know", 70.0, position=6),
    ]

    codes = [c.code for c in ordered(stored, question, naming_of(definition, question))]

    assert codes == [
        "secure_device",
        "report_police",
        "named_contact",
        "report_hotline",
        "other",
        "dont_know",
    ]


def test_order_says_nothing_about_what_is_withheld(question: Question) -> None:
    definition = definition_of(Wave.objects.get().questionnaire)
    naming = naming_of(definition, replace(question))
    hidden = [cell(code, None, position=n) for n, code in enumerate(("a", "b", "c"))]

    assert [c.code for c in ordered(reversed(hidden), question, naming)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("count", "base", "expected"),
    [(0, 450, 0), (1, 450, BELOW_ONE), (3, 450, 1), (899, 900, 99), (900, 900, 100), (1, 8, 13)],
)
def test_printed_per_cent_keeps_zero_and_everybody_for_themselves(
    count: int, base: int, expected: object
) -> None:
    shown = Cell(count=count, base=base, value=100 * count / base, statistic="percent_of_respondents")

    assert printed(shown) == expected
