"""Any questionnaire that can be expressed is tabulated: drawn ones, every figure counted again in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.columns import columns_of
from reports.kernel import Batch, count
from reports.statistics import Counted
from surveys.codebook import Codebook
from surveys.definition import ANSWERED, ASKED, VALID, Definition, Kind, Net, Question
from tests.importing.definitions import definitions
from tests.reports.recount import Person, Recount
from tests.reports.test_tabulation import all_blocks, asked
from tests.surveys.respondents import answers_of

ALSO: dict[Kind, tuple[str, ...]] = {
    Kind.SINGLE: ("percent_without_dont_know",),
    Kind.MULTIPLE: ("percent_of_mentions",),
    Kind.RANKING: ("percent_ranked_first", "percent_ranked_top_3", "mean_rank"),
    Kind.NUMBER: ("bands", "percent_of_respondents"),
}


@st.composite
def analysed(draw: st.DrawFn) -> Definition:
    """A drawn questionnaire with every statistic that its kinds have, a net, and any rule for the base."""
    definition = draw(definitions())
    rules = st.sampled_from([ASKED, ANSWERED, VALID])
    sections = tuple(
        replace(section, questions=tuple(with_analysis(q, draw(rules)) for q in section.questions))
        for section in definition.sections
    )
    return replace(definition, sections=sections)


def with_analysis(question: Question, rule: Any) -> Question:
    analysis = replace(question.analysis, base_rule=rule, also=ALSO.get(question.kind, ()))
    if question.kind is Kind.NUMBER:
        analysis = replace(analysis, statistic="median_and_quartiles")
    if question.kind is Kind.OPEN_TEXT:
        analysis = replace(analysis, statistic="verbatim")
    if len(question.choices) > 2:
        two = tuple(choice.code for choice in question.choices[:2])
        analysis = replace(analysis, nets=(Net("early", "One of the first two", two),))
    return replace(question, analysis=analysis)


def counted(definition: Definition, people: list[dict[str, Any]]) -> Counted:
    book = Codebook(definition)
    columns = columns_of(definition, book)
    marks = pa.array([book.pack(book.marks(answers)) for answers in people], type=pa.binary())
    return Counted(definition, book, columns, count([Batch(marks)], columns.plan))


def recount_of(definition: Definition, people: list[dict[str, Any]]) -> Recount:
    """Without a database: the people as their records say."""
    book, recount = Codebook(definition), object.__new__(Recount)
    recount.definition, recount.nets = definition, ()
    everybody = [Person(book.record(answers)) for answers in people]
    recount.people = [person for person in everybody if not recount._screened(person)]
    return recount


def differences(definition: Definition, people: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    recount = recount_of(definition, people)
    for question, breakdown, block in all_blocks(counted(definition, people)):
        for measure in block.measures:
            found = (measure.value if measure.count is None else measure.count, block.base)
            expected = recount.figure(question, breakdown, asked(block, measure))
            if found != pytest.approx(expected):
                yield question, asked(block, measure), found, expected


@given(analysed(), st.integers(0, 2**32), st.integers(1, 25))
def test_figures_of_any_questionnaire_equal_a_plain_recount(
    definition: Definition, seed: int, people: int
) -> None:
    assert list(differences(definition, [answers_of(definition, seed + n) for n in range(people)])) == []


@pytest.mark.deep
@settings(max_examples=2000)
@given(analysed(), st.integers(0, 2**32), st.integers(1, 40))
def test_figures_of_many_questionnaires_equal_a_plain_recount(
    definition: Definition, seed: int, people: int
) -> None:
    assert list(differences(definition, [answers_of(definition, seed + n) for n in range(people)])) == []
