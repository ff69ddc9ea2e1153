"""A mapping to begin with: every question of a questionnaire, with column names to be exchanged for the file's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from surveys.definition import Choice, Definition, Kind, Question, Role

INDENT = "  "


def skeleton(definition: Definition) -> str:
    """YAML that can be read as it stands. Comments show the labels."""
    return "\n".join(_lines(definition)) + "\n"


def _lines(definition: Definition) -> Iterator[str]:
    yield "# Which column of the file holds which answer. Exchange the names of columns for the file's own, and take"
    yield "# out the questions that the file does not have. docs/importing.md explains every word."
    yield "import: 1"
    yield f"questionnaire: {_quoted(definition.key)}"
    yield f"version: {definition.version}"
    yield 'source: ""  # where the answers were collected; every page that shows them says it'
    yield "missing:"
    yield f'{INDENT}not_asked: ["Not asked"]'
    yield f'{INDENT}skipped: ["No answer"]'
    yield f'{INDENT}either: [""]'
    yield '# weight: "weight"'
    yield "questions:"
    for question in definition.questions:
        yield f"{INDENT}# {question.number}. {_one_line(question.text)}"
        yield f"{INDENT}{_quoted(question.key)}:"
        yield from (f"{INDENT * 2}{line}" for line in PARTS[question.kind](question))


def _one(question: Question) -> Iterator[str]:
    yield f"column: {_column(question)}"
    yield from _others(question)


def _closed(question: Question) -> Iterator[str]:
    yield from _labels(question.offered)
    yield from _one(question)


def _choices(question: Question) -> Iterator[str]:
    yield "choices:"
    yield from _by_code(question, question.offered)
    yield from _others(question)


def _ranking(question: Question) -> Iterator[str]:
    yield from _labels(question.offered)
    places = range(1, (question.max_choices or len(question.choices)) + 1)
    yield f"places: [{', '.join(_column(question, place) for place in places)}]"


def _grid(question: Question) -> Iterator[str]:
    yield from _labels(question.offered)
    yield "rows:"
    for row in question.rows:
        yield f"{INDENT}{_quoted(row.code)}: {_column(question, row.code)}  # {_one_line(row.label)}"


def _grid_of_choices(question: Question) -> Iterator[str]:
    yield "rows:"
    for row in question.rows:
        yield f"{INDENT}{_quoted(row.code)}:  # {_one_line(row.label)}"
        yield from (f"{INDENT}{line}" for line in _by_code(question, question.offered, row.code))


def _entries(question: Question) -> Iterator[str]:
    entries = range(1, (question.entries or 1) + 1)
    yield f"columns: [{', '.join(_column(question, entry) for entry in entries)}]"
    coded = ", ".join(_column(question, entry, "code") for entry in entries)
    yield f"# codes: [{coded}]"


PARTS: dict[Kind, Callable[[Question], Iterator[str]]] = {
    Kind.SINGLE: _closed,
    Kind.MULTIPLE: _choices,
    Kind.RANKING: _ranking,
    Kind.GRID_SINGLE: _grid,
    Kind.GRID_MULTIPLE: _grid_of_choices,
    Kind.NUMBER: _one,
    Kind.OPEN_LIST: _entries,
    Kind.OPEN_TEXT: _one,
}


def _by_code(question: Question, choices: Iterable[Choice], row: str = "") -> Iterator[str]:
    for choice in choices:
        name = _column(question, *([row] if row else []), choice.code)
        yield f"{INDENT}{_quoted(choice.code)}: {name}  # {_one_line(choice.label)}"


MOST_LABELS = 40


def _labels(choices: tuple[Choice, ...]) -> Iterator[str]:
    """A long public list, such as that of countries, is known elsewhere."""
    if len(choices) <= MOST_LABELS:
        yield from (f"# {choice.code}: {_one_line(choice.label)}" for choice in choices)


def _others(question: Question) -> Iterator[str]:
    takes_text = [choice.code for choice in question.choices if choice.role is Role.OTHER_SPECIFY]
    if takes_text:
        yield "others:"
        yield from (f"{INDENT}{_quoted(code)}: {_column(question, code, 'text')}" for code in takes_text)


def _column(question: Question, *parts: object) -> str:
    return _quoted("_".join(str(part) for part in (question.key, *parts)))


def _quoted(text: str) -> str:
    """A JSON text is a YAML text, whatever the word would mean without quotes."""
    return json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
