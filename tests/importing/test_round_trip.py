"""What another tool writes of any questionnaire comes back as exactly the answers that were given."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses import ballots
from responses.importing.checking import Report, kept_for
from responses.importing.kept import Kept, KeptRow
from responses.importing.mapping import read_mapping
from responses.importing.sentences import in_full
from responses.importing.skeleton import skeleton
from surveys.answers import Answer
from surveys.codebook import Codebook
from surveys.definition import Definition, Kind
from tests.importing.definitions import MAKE, definitions
from tests.importing.exporting import WRITE, Export, tidy
from tests.importing.stage import check
from tests.surveys.build import KEYS, shipped
from tests.surveys.respondents import answers_of

SHAPES = [(",", "utf-8", "\r\n"), (";", "utf-8-sig", "\n"), ("\t", "utf-16", "\r\n"), ("|", "cp1252", "\n")]


def read_back(definition: Definition, data: bytes, mapping: str) -> tuple[Report, Kept]:
    plan = read_mapping(mapping, definition)
    kept = kept_for(plan, Codebook(definition).profile_questions)
    return check(data, plan, kept=kept), kept


def rows_of(kept: Kept) -> list[KeptRow]:
    return list(kept.rows_in(range(len(kept)), crowd=3))


def comparable(answers: dict[str, Answer]) -> frozenset[tuple[str, Answer]]:
    return frozenset(answers.items())


@given(definitions(), st.integers(0, 2**32), st.integers(1, 8), st.sampled_from(SHAPES))
def test_any_questionnaire_in_any_shape_comes_back_as_it_was(
    definition: Definition, seed: int, people: int, shape: tuple[str, str, str]
) -> None:
    delimiter, encoding, end = shape
    respondents = [answers_of(definition, seed + number) for number in range(people)]
    export = Export(definition, respondents, Random(seed), weights=[1.5] * people).build()
    named = {"encoding": encoding} if encoding == "cp1252" else {}

    report, kept = read_back(definition, export.csv(delimiter, encoding, end), export.mapping(**named))

    assert [in_full(problem) for problem in report.problems.first] == []
    assert [row.answers for row in rows_of(kept)] == tidy(respondents)
    assert {row.weight for row in rows_of(kept)} == {1.5}


@pytest.mark.parametrize("key", KEYS)
def test_shipped_questionnaires_come_back_as_they_were(key: str) -> None:
    definition = shipped(key)
    drawn = (answers_of(definition, number) for number in range(100))
    respondents = [answers for answers in drawn if not ballots.problems(definition, answers)]
    export = Export(definition, respondents, Random(7)).build()

    report, kept = read_back(definition, export.csv(), export.mapping())

    assert [in_full(problem) for problem in report.problems.first] == []
    found = Counter(comparable(dict(row.answers)) for row in rows_of(kept))
    assert found == Counter(comparable(answers) for answers in tidy(respondents))


@given(definitions())
def test_skeleton_of_any_questionnaire_is_a_mapping_of_all_of_it(definition: Definition) -> None:
    plan = read_mapping(skeleton(definition), definition)

    assert plan.without_column == plan.choices_without_column == ()


def test_every_kind_is_drawn_and_written() -> None:
    assert set(MAKE) == set(WRITE) == set(Kind)
