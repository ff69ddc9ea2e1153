"""What is wrong with a mapping or a file is named with its place, and nothing of the file gets in."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from responses.actions.import_responses import ImportRefused, NotTolerated
from responses.importing.mapping import read_mapping
from responses.importing.problems import MOST_LISTED, Fault, Problem, Unusable
from responses.importing.sentences import SENTENCES, in_full
from responses.importing.table import LONGEST_LINE, open_table
from responses.models import Comment, OpenText, Record, Response, Tally
from surveys.models import Wave
from surveys.wordings import rewritten
from tests.importing.stage import (
    GOOD,
    HEADER,
    MAPPING,
    bring_in,
    check,
    csv_of,
    good_rows,
    past_wave,
    problems_of,
    small_definition,
)

ROW = GOOD.format(n=7)


@pytest.fixture
def wave(db: None) -> Wave:
    return past_wave()


def assert_untouched(wave: Wave) -> None:
    for model in (Response, Record, OpenText, Comment, Tally):
        assert not model._default_manager.exists()
    wave.refresh_from_db()
    assert (wave.status, wave.origin, wave.source) == ("draft", "fielded", "")


def places(problems: list[Problem]) -> list[tuple[Fault, int, str, str]]:
    return [(one.fault, one.line, one.place, one.found) for one in problems]


def changed(**cells: str) -> str:
    """A good row with other words in these columns."""
    names = HEADER.split(",")
    row = dict(zip(names, ROW.split(","), strict=True)) | cells
    return ",".join(row[name] for name in names)


def with_row(row: str) -> bytes:
    """In a file of its own, on line 4, where line 3 is good."""
    return csv_of(ROW, ROW, row)


REFUSED_WHOLE = {
    "a bad mapping": (csv_of(ROW, ROW), MAPPING.replace("measure:", "measured:"), Unusable),
    "a bad file": (csv_of(ROW, ROW.replace("hammer", '"hammer')), MAPPING, Unusable),
    "a bad row": (csv_of(ROW, ROW, ROW.replace("north", "west")), MAPPING, NotTolerated),
}


@pytest.mark.parametrize("name", REFUSED_WHOLE)
def test_nothing_is_half_imported(wave: Wave, name: str) -> None:
    data, mapping, refusal = REFUSED_WHOLE[name]

    with pytest.raises(refusal):
        bring_in(wave, data, mapping)

    assert_untouched(wave)


# The mapping


BAD_MAPPINGS: dict[str, tuple[Callable[[str], str], Fault, str]] = {
    "an unknown question": (
        lambda text: text + "\n  weather: {column: W}",
        Fault.NO_SUCH_QUESTION,
        "questions.weather",
    ),
    "an unknown code": (
        lambda text: text.replace("measure: H_measure", "measured: H_measure"),
        Fault.NO_SUCH_CODE,
        "questions.habits.choices.measured",
    ),
    "an unknown code among the values": (
        lambda text: text.replace("agreed: may_quote", "agreed: may_quotes"),
        Fault.NO_SUCH_CODE,
        "questions.quote.values.agreed",
    ),
    "an unknown constant": (
        lambda text: text.replace("always: yes_now", "always: maybe"),
        Fault.NO_SUCH_CODE,
        "questions.eligible.always",
    ),
    "one column for two questions": (
        lambda text: text.replace("column: Country", "column: Region"),
        Fault.COLUMN_TWICE,
        "questions",
    ),
    "two ways for one question": (
        lambda text: text.replace("{column: Region}", "{column: Region, always: north}"),
        Fault.NO_SHAPE,
        "questions.region",
    ),
    "a question twice": (
        lambda text: text + "\n  region: {column: Other}",
        Fault.MAPPING_NOT_READ,
        "questions.region",
    ),
    "a way that is not for the type": (
        lambda text: text.replace("{column: Nails}", "{places: [Nails]}"),
        Fault.SHAPE_NOT_FOR_KIND,
        "questions.share.places",
    ),
    "more columns than entries": (
        lambda text: text.replace("[T1, T2]", "[T1, T2, T3, T4]"),
        Fault.TOO_MANY_COLUMNS,
        "questions.tools.columns",
    ),
    "a text beside a choice without one": (
        lambda text: text.replace("others: {other: H_text}", "others: {cut: H_text}"),
        Fault.NO_SUCH_CODE,
        "questions.habits.others.cut",
    ),
    "texts where none are taken": (
        lambda text: text.replace("{column: Region}", "{column: Region, others: {north: R}}"),
        Fault.TAKES_NO_TEXT,
        "questions.region.others",
    ),
    "codes that do not pair": (
        lambda text: text.replace("[T1, T2]", "[T1, T2], codes: [C1]"),
        Fault.CODES_DO_NOT_PAIR,
        "questions.tools.codes",
    ),
    "codes of a closed question": (
        lambda text: text.replace("{column: Region}", "{column: Region, codes: [R]}"),
        Fault.TAKES_NO_CODES,
        "questions.region.codes",
    ),
    "a word that is missing and an answer": (
        lambda text: text.replace("[No answer]", "[I prefer not to answer]"),
        Fault.WORD_MEANS_TWO_THINGS,
        "questions.region.missing",
    ),
    "a word that says two things": (
        lambda text: text.replace("[No answer]", "[NA]"),
        Fault.WORD_MEANS_TWO_THINGS,
        "missing.skipped",
    ),
    "a word that is missing and chosen": (
        lambda text: text.replace("[No answer]", "[selected]"),
        Fault.WORD_MEANS_TWO_THINGS,
        "questions.habits",
    ),
    "a word that is chosen and not chosen": (
        lambda text: text + "\nnot_chosen: [x]",
        Fault.WORD_MEANS_TWO_THINGS,
        "questions.habits",
    ),
    "a question whose gate has no column": (
        lambda text: text.replace("  comment: {column: Comment}\n", ""),
        Fault.ROUTED_BY_WITHOUT_COLUMN,
        "questions.quote",
    ),
    "missing words of a column that is not used": (
        lambda text: text.replace("[No answer]", "[No answer]\n  columns: {Rejion: {skipped: [x]}}"),
        Fault.NOT_AMONG_COLUMNS,
        "missing.columns.Rejion",
    ),
    "another questionnaire": (
        lambda text: text.replace("questionnaire: small", "questionnaire: large"),
        Fault.OTHER_QUESTIONNAIRE,
        "questionnaire",
    ),
    "another version": (
        lambda text: text.replace("version: 1", "version: 2"),
        Fault.OTHER_QUESTIONNAIRE,
        "version",
    ),
    "a word that does not exist": (
        lambda text: text + "\nwheight: x",
        Fault.UNKNOWN_KEY,
        "wheight",
    ),
    "no questions": (lambda _text: "import: 1", Fault.NO_QUESTIONS, "questions"),
    "no YAML": (lambda _text: "questions: [", Fault.MAPPING_NOT_READ, "line 1, column 13"),
    "an empty mapping": (lambda _text: "", Fault.MAPPING_NOT_READ, "file"),
    "an encoding that is none": (
        lambda text: text + "\nencoding: utf-88",
        Fault.UNKNOWN_ENCODING,
        "encoding",
    ),
    "an encoding that is no text": (
        lambda text: text + "\nencoding: base64",
        Fault.UNKNOWN_ENCODING,
        "encoding",
    ),
    "an encoding that cannot be read piece by piece": (
        lambda text: text + "\nencoding: uu",
        Fault.UNKNOWN_ENCODING,
        "encoding",
    ),
    "a delimiter of two signs": (lambda text: text + '\ndelimiter: ";;"', Fault.BAD_DELIMITER, "delimiter"),
    "a column without a name": (
        lambda text: text.replace("{column: Region}", "{column: []}"),
        Fault.NOT_A_NAME,
        "questions.region.column",
    ),
    "words that are none": (
        lambda text: text.replace("[No answer]", "[{a: b}]"),
        Fault.NOT_WORDS,
        "missing.skipped",
    ),
}


@pytest.mark.parametrize("name", BAD_MAPPINGS)
def test_mapping_with_a_fault_is_refused_with_its_place(name: str) -> None:
    change, fault, place = BAD_MAPPINGS[name]

    found = problems_of(csv_of(*good_rows(3)), change(MAPPING))

    assert (fault, place) in [(one.fault, one.place) for one in found]


def test_column_has_missing_words_of_its_own() -> None:
    mapping = MAPPING.replace("[No answer]", "[No answer]\n  columns: {Nails: {skipped: ['-9']}}")

    assert problems_of(csv_of(*[changed(Nails="-9")] * 2), mapping) == []
    assert places(problems_of(with_row(changed(Nails="-9")))) == [(Fault.NOT_VALID, 4, "Nails", "")]


def test_mapping_names_every_fault_at_once() -> None:
    mapping = MAPPING.replace("column: Region", "columns: [Region]").replace("cut: H_cut", "sawing: H_cut")

    found = problems_of(csv_of(ROW), mapping)

    assert {one.fault for one in found} == {Fault.SHAPE_NOT_FOR_KIND, Fault.NO_SUCH_CODE}


# The file as a whole


def test_columns_that_the_file_lacks_are_all_named() -> None:
    found = problems_of(b"Region,T1\r\nnorth,saw\r\n")

    assert {one.fault for one in found} == {Fault.NO_SUCH_COLUMN}
    assert {"Country", "Nails", "H_measure", "wt", "T2"} < {one.place for one in found}


def test_header_that_names_a_column_twice_is_refused() -> None:
    found = problems_of(csv_of(ROW + ",x", header=HEADER + ",Region"))

    assert places(found) == [(Fault.COLUMN_NAMED_TWICE, 1, "Region", "")]


def test_column_that_nobody_reads_may_stand_twice(wave: Wave) -> None:
    report = bring_in(wave, csv_of(*[ROW + ",x"] * 2, header=HEADER + ",Time"))

    assert report.ignored == ("Respondent", "Time", "Time")


def test_header_in_the_middle_is_no_row() -> None:
    found = problems_of(csv_of(ROW, HEADER, ROW))

    assert places(found) == [(Fault.HEADER_AGAIN, 3, "", "")]


WHOLE_FILES: dict[str, tuple[bytes, Fault, int]] = {
    "empty": (b"", Fault.EMPTY_FILE, 0),
    "blank": (b"\r\n \r\n", Fault.EMPTY_FILE, 0),
    "a header alone": (csv_of(), Fault.NO_ROWS, 0),
    "a workbook": (b"PK\x03\x04" + b"x" * 40, Fault.WORKBOOK, 0),
    "zero bytes": (csv_of(ROW, ROW.replace("hammer", "ham\0mer")), Fault.NUL, 3),
    "UTF-16 without its mark": (csv_of(ROW).decode().encode("utf-16-le"), Fault.NUL, 1),
    "a quote that is not closed": (csv_of(ROW, ROW.replace("hammer", '"hammer')), Fault.NOT_CSV, 3),
    "a line without end": (csv_of(ROW, "x" * (LONGEST_LINE + 1)), Fault.LINE_TOO_LONG, 3),
}


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_file_that_cannot_be_read_is_refused_with_its_line(name: str) -> None:
    data, fault, line = WHOLE_FILES[name]

    found = problems_of(data)

    assert [(one.fault, one.line) for one in found] == [(fault, line)]


def test_bytes_that_are_no_utf_8_are_refused_with_their_line_where_it_was_named() -> None:
    data = csv_of(ROW, ROW).replace(b"hammer", b"h\xe4mmer", 2).replace(b"h\xe4mmer", b"hammer", 1)

    found = problems_of(data, encoding="utf-8")

    assert [(one.fault, one.line, one.values["encoding"]) for one in found] == [
        (Fault.NOT_DECODED, 3, "utf-8-sig")
    ]


def test_encoding_is_found_out_where_none_is_named(wave: Wave) -> None:
    rows = [
        changed(T1="Sägeblätter für größere Hölzer, früher übliche Ausführung".replace(",", ""))
        for _ in range(9)
    ]

    report = bring_in(wave, csv_of(*rows).decode().encode("cp1252"))

    assert report.guessed
    assert OpenText.objects.filter(text__startswith="Sägeblätter für größere").count() == 9


def test_semicolons_and_the_line_of_excel_are_understood(wave: Wave) -> None:
    data = b"\xef\xbb\xbfsep=;\r\n" + csv_of(*good_rows(3)).replace(b",", b";")

    report = bring_in(wave, data)

    assert (report.delimiter, report.good, report.encoding) == (";", 3, "utf-8-sig")


def test_quoted_line_breaks_and_delimiters_belong_to_their_cell_and_lines_are_counted_as_editors_do(
    wave: Wave,
) -> None:
    two_lines = changed(Comment='"first\nsecond, and ""third"""')

    found = problems_of(csv_of(two_lines, ROW, changed(Region="nowhere")))

    assert places(found) == [(Fault.UNKNOWN_VALUE, 5, "Region", "nowhere")]
    bring_in(wave, csv_of(*[two_lines] * 3))
    assert set(Comment.objects.values_list("text", flat=True)) == {'first\nsecond, and "third"'}


# Rows


BAD_ROWS: dict[str, tuple[str, Fault, str, str]] = {
    "a code that is not in the definition": (
        changed(Region="west"),
        Fault.UNKNOWN_VALUE,
        "Region",
        "west",
    ),
    "a text for a number": (changed(Nails="many"), Fault.NOT_A_NUMBER, "Nails", "many"),
    "a fraction for a whole number": (changed(Nails="3.5"), Fault.NOT_A_NUMBER, "Nails", "3.5"),
    "a number out of bounds": (changed(Nails="1001"), Fault.NOT_VALID, "Nails", ""),
    "two choices where they exclude each other": (changed(H_none="1"), Fault.NOT_VALID, "H_measure", ""),
    "more choices than can be chosen": (
        changed(H_cut="1", H_other="1"),
        Fault.NOT_VALID,
        "H_measure",
        "",
    ),
    "a choice that is neither chosen nor not": (changed(H_cut="2"), Fault.NOT_CHOSEN_OR_NOT, "H_cut", "2"),
    "a choice half not asked": (changed(H_cut="NA"), Fault.PARTLY_NOT_ASKED, "H_cut", "NA"),
    "a text beside a choice that is not chosen": (
        changed(H_text="glueing"),
        Fault.CHOSEN_WITHOUT_ITS_CHOICE,
        "H_text",
        "",
    ),
    "a text that is too long": (changed(T1="x" * 61), Fault.NOT_VALID, "T1", ""),
    "an answer to a question that was not asked": (
        changed(T1="", Quote="yes"),
        Fault.UNASKED_ANSWERED,
        "Quote",
        "",
    ),
    "a skip of a question that was not asked": (
        changed(T1="", Quote="No answer"),
        Fault.UNASKED_SKIPPED,
        "Quote",
        "",
    ),
    "an asked question said to be not asked": (changed(Region="NA"), Fault.ASKED_SAID_NOT, "Region", ""),
    "a weight of zero": (changed(wt="0"), Fault.WEIGHT_NOT_POSITIVE, "wt", "0"),
    "a weight below zero": (changed(wt="-1.5"), Fault.WEIGHT_NOT_POSITIVE, "wt", "-1.5"),
    "a weight too small to be one": (changed(wt="1e-999"), Fault.WEIGHT_NOT_POSITIVE, "wt", "1e-999"),
    "a weight without an end": (changed(wt="1e999"), Fault.WEIGHT_NOT_POSITIVE, "wt", "1e999"),
    "a weight that is a text": (changed(wt="heavy"), Fault.WEIGHT_NOT_A_NUMBER, "wt", "heavy"),
    "a weight that is no number": (changed(wt="nan"), Fault.WEIGHT_NOT_A_NUMBER, "wt", "nan"),
    "no weight": (changed(wt=""), Fault.WEIGHT_MISSING, "wt", ""),
    "a cell too many": (ROW + ",x", Fault.WRONG_NUMBER_OF_CELLS, "", ""),
    "a cell too few": (ROW.rpartition(",")[0], Fault.WRONG_NUMBER_OF_CELLS, "", ""),
    "a control character": (changed(T1="ham\x07mer"), Fault.NOT_VALID, "T1", ""),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_row_with_a_problem_is_named_with_line_column_and_what_was_found(name: str) -> None:
    row, fault, column, found = BAD_ROWS[name]

    problems = problems_of(with_row(row))

    assert places(problems) == [(fault, 4, column, found)]
    assert in_full(problems[0]).startswith("line 4")


def test_label_that_two_choices_have_in_any_language_is_ambiguous() -> None:
    def relabel(path: str, text: str) -> str:
        return "NORD" if "region.choice" in path and "north" in path else text

    swedish = rewritten(small_definition(), relabel)
    plan = read_mapping(MAPPING, small_definition(), [swedish])

    report = check(with_row(changed(Region="nord")), plan)

    [problem] = report.problems.first
    assert (problem.fault, problem.line, problem.found) == (Fault.AMBIGUOUS_VALUE, 4, "nord")
    assert problem.values["codes"] == "north, far_north"


def test_labels_of_every_language_are_understood_whatever_their_case_and_spaces() -> None:
    def relabel(path: str, text: str) -> str:
        return "I norra  delen" if path.endswith("choice.north") else text

    plan = read_mapping(MAPPING, small_definition(), [rewritten(small_definition(), relabel)])
    rows = [changed(Region=word) for word in ["  i NORRA delen", "NORTH", "north", "Far  north"]]

    report = check(csv_of(*rows), plan)

    assert (report.good, report.problems.total) == (4, 0)


def test_problems_are_listed_up_to_a_limit_with_their_total(wave: Wave) -> None:
    rows = [changed(Region="west", Nails="many")] * MOST_LISTED

    with pytest.raises(NotTolerated) as refusal:
        bring_in(wave, csv_of(*rows))

    problems = refusal.value.report.problems
    assert (len(problems.first), problems.total) == (MOST_LISTED, 2 * MOST_LISTED)
    assert "200 of 200 rows" in str(refusal.value)


def test_share_that_is_stated_is_tolerated_and_not_a_row_more(wave: Wave) -> None:
    rows = [*good_rows(96), *[changed(Region="west")] * 4]
    with pytest.raises(NotTolerated):
        bring_in(wave, csv_of(*rows), tolerated=3.9)
    assert_untouched(wave)

    report = bring_in(wave, csv_of(*rows), tolerated=4.0)

    assert (report.good, report.with_problems) == (96, 4)
    assert Response.objects.filter(wave=wave).count() == 96


def test_file_without_a_good_row_is_never_tolerated(wave: Wave) -> None:
    with pytest.raises(NotTolerated, match="No row of the file can be imported"):
        bring_in(wave, csv_of(changed(Region="west")), tolerated=100)

    assert_untouched(wave)


@pytest.mark.parametrize("tolerated", [-0.1, 100.1, float("nan")])
def test_tolerated_share_lies_between_none_and_all(wave: Wave, tolerated: float) -> None:
    with pytest.raises(ImportRefused, match="between 0 and 100"):
        bring_in(wave, csv_of(ROW), tolerated=tolerated)


def test_weights_that_nearly_all_differ_are_a_link_to_their_source(wave: Wave) -> None:
    rows = [changed(wt=f"{1 + n / 1000:.9f}") for n in range(0, 400, 10)]

    with pytest.raises(NotTolerated, match="a link to its source: 40 of 40 rows"):
        bring_in(wave, csv_of(*rows), tolerated=100)

    assert_untouched(wave)


def test_weights_keep_three_figures(wave: Wave) -> None:
    rows = [changed(wt=text) for text in ["0.123456", "1234.5", '"1,5"'] * 2]

    report = bring_in(wave, csv_of(*rows))

    assert report.alone == 0
    weights = set(Response.objects.values_list("weight", flat=True))
    assert weights == {0.123, 1230.0, 1.5}


def test_every_fault_has_a_sentence_that_can_be_filled() -> None:
    names = "reason known wanted most columns codes owners rows gate code encoding limit alone found item"
    values = dict.fromkeys(names.split(), 1)

    assert set(SENTENCES) == set(Fault)
    assert all(str(text) % values for text in SENTENCES.values())


def test_a_found_word_is_cut_short() -> None:
    [problem] = problems_of(csv_of(ROW, ROW, changed(Region="w" * 500)))

    assert len(problem.found) < 70


def test_table_reads_lines_one_at_a_time() -> None:
    with open_table(io.BytesIO(b"a,b\n1,2\n\n3,4\n")) as table:
        lines = [(line.number, line.cells) for line in table.lines]

    assert table.header == ("a", "b")
    assert lines == [(2, ["1", "2"]), (4, ["3", "4"])]


def test_lines_with_nothing_in_them_are_no_rows_and_are_counted() -> None:
    nothing = "," * HEADER.count(",")

    report = check(csv_of(nothing, ROW, nothing, "", ROW, nothing), read_mapping(MAPPING, small_definition()))

    assert (report.rows, report.good, report.blank) == (2, 2, 3)
