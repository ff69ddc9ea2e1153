"""Grids, rankings, several choices in a cell and codes of entries: what is read of each shape, and what is refused."""

from __future__ import annotations

import io
from random import Random

import pytest

from responses.importing.checking import kept_for
from responses.importing.mapping import read_mapping
from responses.importing.problems import Fault, Problem, Unusable
from responses.importing.sentences import in_full
from responses.importing.table import open_table
from surveys.answers import SKIPPED, Answer
from surveys.definition import Analysis, BaseRule, Choice, Code, CodeFrame, Definition, Kind, Leaf, Op
from tests.importing.definitions import LISTED
from tests.importing.stage import check
from tests.surveys.build import UNDECIDED, grid, question, questionnaire

RANKED = question("order", Kind.RANKING, choices=LISTED, special=(UNDECIDED,), max_choices=2)
GRID = grid("rows", "top", "rest")
SEVERAL = question("several", Kind.MULTIPLE, choices=(*LISTED, Choice("semi", "This; and that")))
FRAME = CodeFrame(
    "things", "Things", (Code("hammer", "A hammer"), Code("saw", "A saw"), Code("nail", "A nail")), 2
)
TOOLS = question("tools", Kind.OPEN_LIST, entries=2, max_chars=40, code_frame="things")
DEFINITION = questionnaire(RANKED, GRID, SEVERAL, TOOLS, code_frames=(FRAME,))
SKIPS = "missing: {skipped: [No answer]}\n"
PLACES = SKIPS + "questions:\n  order: {places: [A, B]}"
RANKS = SKIPS + "questions:\n  order: {ranks: {first: A, second: B, third: C, dont_know: D}}"
CODED = "questions:\n  tools: {columns: [A, B], codes: [C, D]}"


def read(
    mapping: str, header: str, *rows: str, definition: Definition = DEFINITION
) -> list[dict[str, Answer]]:
    plan = read_mapping(mapping, definition)
    kept = kept_for(plan, ())
    report = check("\n".join((header, *rows)).encode(), plan, kept=kept)
    assert [in_full(problem) for problem in report.problems.first] == []
    return [dict(row.answers) for row in kept.rows_in(range(len(kept)), crowd=1)]


def problem_of(mapping: str, header: str, row: str) -> Problem:
    report = check(f"{header}\n{row}".encode(), read_mapping(mapping, DEFINITION))
    [problem] = report.problems.first
    return problem


def faults_of(mapping: str, definition: Definition = DEFINITION) -> list[tuple[Fault, str]]:
    with pytest.raises(Unusable) as refusal:
        read_mapping(mapping, definition)
    return [(problem.fault, problem.place) for problem in refusal.value.problems]


def test_ranking_is_read_by_place_and_by_choice() -> None:
    by_place = read(PLACES, "A,B", "second,first", "third,", "dont_know,", "No answer,")
    by_choice = read(RANKS, "A,B,C,D", "2,1,,0", ",0,1.0,0", ",,,1", "No answer,,,")

    wanted = [("second", "first"), ("third",), ("dont_know",), ()]
    assert [row["order"].codes for row in by_place] == wanted
    assert [row["order"].codes for row in by_choice] == wanted


@pytest.mark.parametrize(
    ("mapping", "header", "row", "fault", "place"),
    [
        (PLACES, "A,B", ",first", Fault.RANKS_NOT_IN_ORDER, "B"),
        (PLACES, "A,B", "first,FIRST", Fault.CODE_TWICE, "B"),
        (PLACES, "A,B", "first,dont_know", Fault.NOT_VALID, "A"),
        (RANKS, "A,B,C,D", "1,1,,0", Fault.RANKS_NOT_IN_ORDER, "B"),
        (RANKS, "A,B,C,D", "1,3,,0", Fault.RANKS_NOT_IN_ORDER, "A"),
        (RANKS, "A,B,C,D", "1,two,,0", Fault.NOT_A_RANK, "B"),
        (RANKS, "A,B,C,D", "1,2,3,0", Fault.NOT_VALID, "A"),
        (RANKS, "A,B,C,D", "1,2,,1", Fault.NOT_VALID, "A"),
    ],
)
def test_ranking_that_is_none_is_refused(
    mapping: str, header: str, row: str, fault: Fault, place: str
) -> None:
    problem = problem_of(mapping, header, row)

    assert (problem.fault, problem.place, problem.line) == (fault, place, 2)


def test_several_choices_in_a_cell_are_parted_and_a_label_with_the_sign_in_it_is_whole() -> None:
    rows = read(
        f"{SKIPS}questions:\n  several: A", "A", "third; first", "this; and that", "second", "No answer"
    )

    codes = [row["several"].codes for row in rows]
    assert codes == [("first", "third"), ("semi",), ("second",), ()]


def test_choice_that_stands_twice_in_a_cell_is_refused() -> None:
    assert problem_of("questions:\n  several: A", "A", "first;FIRST").fault is Fault.CODE_TWICE


def test_grid_is_mapped_whole_or_refused() -> None:
    whole = read("questions:\n  rows: {rows: {top: A, rest: B}}", "A,B", "agree,", "Yes,disagree")
    lacking = faults_of("questions:\n  rows: {rows: {top: A, middle: B}}")

    assert whole[0] == {"rows:top": Answer(codes=("agree",)), "rows:rest": SKIPPED}
    assert whole[1]["rows:rest"].codes == ("disagree",)
    assert (Fault.NO_SUCH_ROW, "questions.rows.rows.middle") in lacking
    assert (Fault.ROWS_MISSING, "questions.rows.rows") in lacking
    assert faults_of("questions:\n  rows: {column: A}") == [(Fault.NO_SHAPE, "questions.rows.rows")]


def test_question_that_counts_who_was_led_past_it_needs_a_column() -> None:
    rule = BaseRule("everyone", "gate", "disagree")
    later = question(
        "later",
        show_if=Leaf("gate", Op.IN, ("agree",)),
        analysis=Analysis(concept="test.later", base="All", base_rule=rule),
    )
    definition = questionnaire(question("gate"), later, question("other"))

    assert faults_of("questions:\n  gate: A", definition) == [
        (Fault.COUNTS_AS_WITHOUT_COLUMN, "questions.later")
    ]
    assert read("questions:\n  other: A", "A", "agree", definition=definition) == [
        {"other": Answer(codes=("agree",))}
    ]


def test_codes_of_entries_are_read_with_and_without_their_texts() -> None:
    plan = read_mapping(CODED, DEFINITION)
    kept = kept_for(plan, ())

    check(b"A,B,C,D\na claw hammer,,hammer,A saw;nail\n", plan, kept=kept)

    [row] = kept.rows_in([0], crowd=1)
    assert row.answers["tools"].texts == ("a claw hammer", "saw")
    assert row.coded == {("tools", 0): ("hammer",), ("tools", 1): ("saw", "nail")}


def test_more_codes_than_an_entry_takes_are_refused() -> None:
    problem = problem_of(CODED, "A,B,C,D", "x,,hammer;saw;nail,")

    assert (problem.fault, problem.place, problem.values["most"]) == (Fault.TOO_MANY_CODES, "C", 2)


def test_bytes_in_no_encoding_are_refused() -> None:
    noise = bytes(byte for byte in Random(5).randbytes(4000) if byte not in b"\0\r\n")

    with pytest.raises(Unusable) as refusal, open_table(io.BytesIO(b"A,B\n" + noise)):
        pass

    assert refusal.value.problems[0].fault is Fault.ENCODING_NOT_FOUND
