"""The example of the documentation is a file and a mapping that fit."""

from __future__ import annotations

import re

from responses.importing.checking import kept_for
from responses.importing.mapping import read_mapping
from responses.importing.mapping_questions import QUESTION
from responses.importing.sentences import in_full
from tests.importing.stage import check
from tests.questionnaires import PROJECT, definition_in

GUIDE = (PROJECT / "docs/importing.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


def test_example_of_the_guide_is_read_as_the_guide_says() -> None:
    plan = read_mapping(block("yaml"), definition_in("enterprise"))
    kept = kept_for(plan, ())

    report = check(block("csv").encode(), plan, kept=kept)

    assert [in_full(problem) for problem in report.problems.first] == []
    assert (report.good, report.ignored) == (4, ("ID", "Date"))
    rows = list(kept.rows_in(range(4), crowd=1))
    assert [row.weight for row in rows] == [0.84, 1.21, 0.84, 1.21]
    assert rows[0].answers["ent_plan_steps"].codes == ("named_contact", "report_hotline")
    assert "ent_plan_steps" not in rows[1].answers
    assert rows[2].answers["ent_policy"].is_empty
    assert rows[3].answers["ent_action_plan"].is_empty


def test_guide_names_every_word_of_a_question() -> None:
    assert {word for word in QUESTION if f"`{word}`" not in GUIDE} == set()
