"""Every fault of a mapping or a file in words: what is wrong, and what would do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from responses.importing.problems import Fault, Problem

SENTENCES: Mapping[Fault, Promise] = {
    Fault.MAPPING_NOT_READ: gettext_lazy("The mapping cannot be read here. %(reason)s"),
    Fault.UNKNOWN_KEY: gettext_lazy("There is no such word here. Choose one of: %(known)s."),
    Fault.NO_QUESTIONS: gettext_lazy(
        "The mapping names no questions. Write under “questions” which column answers which one."
    ),
    Fault.OTHER_QUESTIONNAIRE: gettext_lazy(
        "The mapping was written for something else; here it is %(wanted)s. Take another mapping, or correct it."
    ),
    Fault.NOT_A_NAME: gettext_lazy("Write the name of a column here."),
    Fault.NOT_WORDS: gettext_lazy("Write a word here, or a list of words."),
    Fault.NO_SUCH_QUESTION: gettext_lazy("The questionnaire has no such question. Use its keys."),
    Fault.NO_SUCH_ROW: gettext_lazy("The question has no such row. It has: %(known)s."),
    Fault.NO_SUCH_CODE: gettext_lazy("The question has no such code here. It has: %(known)s."),
    Fault.SHAPE_NOT_FOR_KIND: gettext_lazy(
        "A question of this type is not mapped in this way. Use one of: %(known)s."
    ),
    Fault.NO_SHAPE: gettext_lazy("Say where the answer stands, in exactly one of these ways: %(known)s."),
    Fault.TOO_MANY_COLUMNS: gettext_lazy("The question has at most %(most)s places. Name no more columns."),
    Fault.TAKES_NO_TEXT: gettext_lazy(
        "No choice of this question takes a text beside it. Take “others” out, or name its choice."
    ),
    Fault.TAKES_NO_CODES: gettext_lazy("Only lists of short texts come with codes. Take “codes” out."),
    Fault.CODES_DO_NOT_PAIR: gettext_lazy(
        "There are %(columns)s columns of texts and %(codes)s of codes. Name one of codes for each of texts."
    ),
    Fault.WORD_MEANS_TWO_THINGS: gettext_lazy(
        "This word could mean two things here. Say which: an answer under “values” of the question, or no answer"
        " under its own “missing”."
    ),
    Fault.COLUMN_TWICE: gettext_lazy(
        "One column is named for several things: %(owners)s. Each column answers one."
    ),
    Fault.NOT_AMONG_COLUMNS: gettext_lazy(
        "No question is answered by a column of this name. Correct the name, or take it out."
    ),
    Fault.ROWS_MISSING: gettext_lazy(
        "A grid is mapped with all its rows or not at all. Without a column: %(rows)s. If the source did not ask"
        " them, load a version of the questionnaire without them for this wave."
    ),
    Fault.COUNTS_AS_WITHOUT_COLUMN: gettext_lazy(
        "The question has no column, and everybody whom %(gate)s leads past it would be counted as %(code)s. Map it,"
        " or load a version of the questionnaire without it for this wave."
    ),
    Fault.ROUTED_BY_WITHOUT_COLUMN: gettext_lazy(
        "Whether this question is asked depends on %(gate)s, which has no column. Map that one as well; if everybody"
        " in the file gave one answer to it, with “always”."
    ),
    Fault.UNKNOWN_ENCODING: gettext_lazy("There is no such encoding. Usual ones are utf-8 and windows-1252."),
    Fault.BAD_DELIMITER: gettext_lazy(
        "A delimiter is one sign, such as a comma or a semicolon, or the word tab."
    ),
    Fault.EMPTY_FILE: gettext_lazy("The file is empty. Its first line names the columns."),
    Fault.NO_ROWS: gettext_lazy("The file has a header and no rows under it."),
    Fault.WORKBOOK: gettext_lazy("This is a workbook and no CSV. Save its sheet as CSV in UTF-8."),
    Fault.NOT_DECODED: gettext_lazy(
        "A character on this line is none in %(encoding)s. Save the file in this encoding, or name the right one."
    ),
    Fault.ENCODING_NOT_FOUND: gettext_lazy(
        "The encoding of the file cannot be found out. Save it in UTF-8, or name it in the mapping as “encoding”."
    ),
    Fault.NUL: gettext_lazy(
        "The line holds a zero byte. A text has none: save the file as CSV in UTF-8, or name its encoding, such as"
        " utf-16-le."
    ),
    Fault.NOT_CSV: gettext_lazy(
        "From this line on the file cannot be read as CSV. Look for a quotation mark that is opened and not closed."
    ),
    Fault.LINE_TOO_LONG: gettext_lazy("The line is longer than %(limit)s characters. Is the file a CSV?"),
    Fault.NO_SUCH_COLUMN: gettext_lazy(
        "The mapping names this column and the file has none of that name. Correct the mapping; the file begins"
        " with: %(columns)s."
    ),
    Fault.COLUMN_NAMED_TWICE: gettext_lazy(
        "The header names this column twice, so nobody can say which is meant. Rename one of them."
    ),
    Fault.WEIGHTS_TELL_ROWS_APART: gettext_lazy(
        "The weights are nearly all different, which makes each a link to its source: %(alone)s of %(rows)s rows"
        " would be alone with theirs. Leave the weights out, or bring those of the weighting cells."
    ),
    Fault.NOTHING_TO_IMPORT: gettext_lazy("No row of the file can be imported."),
    Fault.WRONG_NUMBER_OF_CELLS: gettext_lazy(
        "The line has %(found)s cells and the header %(wanted)s. Look for a delimiter inside a text without quotes."
    ),
    Fault.HEADER_AGAIN: gettext_lazy("The header stands here once more. Take the line out."),
    Fault.UNKNOWN_VALUE: gettext_lazy(
        "This is no code and no label of the question. Say under “values” which code it stands for, or under"
        " “missing” that it is none."
    ),
    Fault.AMBIGUOUS_VALUE: gettext_lazy(
        "This could stand for several codes: %(codes)s. Say under “values” which one is meant."
    ),
    Fault.NOT_CHOSEN_OR_NOT: gettext_lazy(
        "This neither says that the choice was chosen nor that it was not. Add it to “chosen”, “not_chosen” or"
        " “missing”."
    ),
    Fault.CHOSEN_WITHOUT_ITS_CHOICE: gettext_lazy(
        "A text stands beside a choice that is not chosen: %(code)s. Choose it, or take the text out."
    ),
    Fault.CODE_TWICE: gettext_lazy("The same choice stands here twice. Take one out."),
    Fault.NOT_A_NUMBER: gettext_lazy(
        "This is no whole number. Write it in figures without spaces or commas, or say under “values” or “missing”"
        " what it stands for."
    ),
    Fault.NOT_A_RANK: gettext_lazy("This is no place of a ranking. Write 1 for the first, 2 for the second."),
    Fault.RANKS_NOT_IN_ORDER: gettext_lazy(
        "The places of the ranking do not follow each other from 1 on, each once. Close the gap or leave the row out."
    ),
    Fault.PARTLY_NOT_ASKED: gettext_lazy(
        "The line says of one choice that it was not asked and of another what was answered. Correct one of them."
    ),
    Fault.TOO_MANY_CODES: gettext_lazy("An entry has at most %(most)s codes in this frame. Take one out."),
    Fault.UNASKED_ANSWERED: gettext_lazy(
        "The line answers %(item)s, and by its other answers that was not asked. Correct one of them, or say under"
        " “missing” that this word is no answer."
    ),
    Fault.UNASKED_SKIPPED: gettext_lazy(
        "The line says that %(item)s was asked and skipped, and by its other answers it was not asked. If the word"
        " stands for both, write it under “either”."
    ),
    Fault.ASKED_SAID_NOT: gettext_lazy(
        "The line says that %(item)s was not asked, and by its other answers it was. If the word stands for both,"
        " write it under “either”."
    ),
    Fault.NOT_VALID: gettext_lazy("%(reason)s"),
    Fault.WEIGHT_MISSING: gettext_lazy("The row has no weight. Give each row one, or leave the weights out."),
    Fault.WEIGHT_NOT_A_NUMBER: gettext_lazy("The weight is no number. Write it in figures, such as 0.85."),
    Fault.WEIGHT_NOT_POSITIVE: gettext_lazy(
        "A weight is above zero. A row that counts nothing is left out of the file instead."
    ),
}


def sentence(problem: Problem) -> str:
    return str(SENTENCES[problem.fault]) % dict(problem.values)


def in_full(problem: Problem) -> str:
    """With its place in front: `line 7, column Q3: “Maybe”. This is no code …`."""
    parts = []
    if problem.line:
        parts.append(_("line %(line)s") % {"line": problem.line})
    if problem.place and problem.line:
        parts.append(_("column %(column)s") % {"column": problem.place})
    elif problem.place:
        parts.append(problem.place)
    where = ", ".join(parts)
    said = f"“{problem.found}”. {sentence(problem)}" if problem.found else sentence(problem)
    return f"{where}: {said}" if where else said
