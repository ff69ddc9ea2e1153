"""Whatever stands in a mapping or a file, it is read or refused in words; nothing else happens."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from responses.importing.mapping import TOP, read_mapping
from responses.importing.mapping_questions import QUESTION
from responses.importing.problems import Problem, Unusable
from responses.importing.sentences import in_full
from tests.importing.stage import HEADER, MAPPING, csv_of, problems_of, small_definition
from tests.importing.test_bad_input import ROW, changed

KEYS = [question.key for question in small_definition().questions]
CODES = ["north", "measure", "other", "none", "dont_know", "may_quote", "yes_now"]
NAMES = HEADER.split(",")
WORDS = st.sampled_from([*NAMES, *CODES, "NA", "", ";", "codes", "yes", "1", "utf-16", "nothing"])
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(-2, 3), st.floats(allow_nan=False))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from([*CODES, *NAMES]), inner, max_size=4)
    ),
    max_leaves=8,
)
OF_A_QUESTION = st.one_of(VALUES, st.dictionaries(st.sampled_from(sorted(QUESTION)), VALUES, max_size=5))
OF_THE_TOP = st.dictionaries(st.sampled_from(sorted(TOP - {"questions"})), VALUES, max_size=4)
CELLS = st.one_of(WORDS, st.text(max_size=12), st.integers().map(str), st.floats().map(str))


def all_have_sentences(problems: list[Problem]) -> bool:
    return all(in_full(problem) for problem in problems)


@given(OF_THE_TOP, st.dictionaries(st.sampled_from(KEYS), OF_A_QUESTION, max_size=4))
def test_any_mapping_is_read_or_refused(top: dict[str, Any], questions: dict[str, Any]) -> None:
    text = yaml.safe_dump({**top, "questions": questions}, allow_unicode=True)

    assert all_have_sentences(problems_of(csv_of(ROW, changed(Region="x")), text))


@given(st.text(max_size=200))
def test_any_text_in_place_of_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(Unusable) as refusal:
        read_mapping(text, small_definition())

    assert all_have_sentences(list(refusal.value.problems))


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "utf-16", "cp1252", "shift_jis"]))
def test_any_bytes_in_place_of_a_file_are_read_or_refused(data: bytes, encoding: str) -> None:
    problems = problems_of(data, encoding=encoding)

    assert problems
    assert all_have_sentences(problems)


@given(st.lists(st.lists(CELLS, min_size=15, max_size=15), min_size=1, max_size=5))
def test_any_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = "\n".join([HEADER, *lines]).encode("utf-8", "replace")

    assert all_have_sentences(problems_of(data, MAPPING))
