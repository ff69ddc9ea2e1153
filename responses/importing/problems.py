"""What can be wrong with a mapping or with a file, as data; the sentences are in `responses.importing.sentences`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

MOST_LISTED = 200
LONGEST_QUOTED = 60


class Fault(Enum):
    """Each has one sentence that says what would do."""

    # Of the mapping file.
    MAPPING_NOT_READ = auto()
    UNKNOWN_KEY = auto()
    NO_QUESTIONS = auto()
    OTHER_QUESTIONNAIRE = auto()
    NOT_A_NAME = auto()
    NOT_WORDS = auto()
    NO_SUCH_QUESTION = auto()
    NO_SUCH_ROW = auto()
    NO_SUCH_CODE = auto()
    SHAPE_NOT_FOR_KIND = auto()
    NO_SHAPE = auto()
    TOO_MANY_COLUMNS = auto()
    TAKES_NO_TEXT = auto()
    TAKES_NO_CODES = auto()
    CODES_DO_NOT_PAIR = auto()
    WORD_MEANS_TWO_THINGS = auto()
    COLUMN_TWICE = auto()
    NOT_AMONG_COLUMNS = auto()
    ROWS_MISSING = auto()
    COUNTS_AS_WITHOUT_COLUMN = auto()
    ROUTED_BY_WITHOUT_COLUMN = auto()
    UNKNOWN_ENCODING = auto()
    BAD_DELIMITER = auto()
    # Of the file as a whole.
    EMPTY_FILE = auto()
    NO_ROWS = auto()
    WORKBOOK = auto()
    NOT_DECODED = auto()
    ENCODING_NOT_FOUND = auto()
    NUL = auto()
    NOT_CSV = auto()
    LINE_TOO_LONG = auto()
    NO_SUCH_COLUMN = auto()
    COLUMN_NAMED_TWICE = auto()
    WEIGHTS_TELL_ROWS_APART = auto()
    NOTHING_TO_IMPORT = auto()
    # Of one row.
    WRONG_NUMBER_OF_CELLS = auto()
    HEADER_AGAIN = auto()
    UNKNOWN_VALUE = auto()
    AMBIGUOUS_VALUE = auto()
    NOT_CHOSEN_OR_NOT = auto()
    CHOSEN_WITHOUT_ITS_CHOICE = auto()
    CODE_TWICE = auto()
    NOT_A_NUMBER = auto()
    NOT_A_RANK = auto()
    RANKS_NOT_IN_ORDER = auto()
    PARTLY_NOT_ASKED = auto()
    TOO_MANY_CODES = auto()
    UNASKED_ANSWERED = auto()
    UNASKED_SKIPPED = auto()
    ASKED_SAID_NOT = auto()
    NOT_VALID = auto()
    WEIGHT_MISSING = auto()
    WEIGHT_NOT_A_NUMBER = auto()
    WEIGHT_NOT_POSITIVE = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct.

    `line` counts from 1 as editors do, 0 being the file as a whole. `place` is a column of the file or, with line 0,
    a path into the mapping. `found` is what stood there, cut short; of written answers it is always empty.
    """

    fault: Fault
    place: str = ""
    line: int = 0
    found: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)


class Unusable(Exception):
    """Why a mapping, or a file as a whole, cannot be used."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(", ".join(problem.fault.name for problem in problems))


def quoted(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


@dataclass
class Listed:
    """The first problems of many, and how many there are."""

    first: list[Problem] = field(default_factory=list)
    total: int = 0

    def add(self, problem: Problem) -> None:
        self.total += 1
        if len(self.first) < MOST_LISTED:
            self.first.append(problem)
