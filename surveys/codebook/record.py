"""The readable record of one respondent's closed answers, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from surveys.answers import Answer, Answers
from surveys.codebook.layout import Layout
from surveys.codebook.stored import CoarseAnswers, as_coarse, closed
from surveys.definition import Kind, Question, item_key

Record = dict[str, Any]


def record_of(layout: Layout, answers: Answers | CoarseAnswers) -> Record:
    """Question key -> value, in the order of the definition; a question that was not asked is absent.

    A code, a number, a list of codes, `true` for a text, a mapping by row for a grid, `null` for skipped, and
    `{"classes": ...}` for a profile question kept as its classes. Detached and open texts are never in it.
    """
    stored = as_coarse(answers)
    kept = closed(layout, stored.answers)
    record: Record = {}
    for question in layout.definition.questions:
        if question.key in stored.classes:
            record[question.key] = {"classes": dict(stored.classes[question.key])}
        elif any(item in kept for item in question.items):
            record[question.key] = _question_value(question, kept)
    return record


def _question_value(question: Question, kept: Mapping[str, Answer]) -> Any:
    if not question.is_grid:
        return _value(question, kept[question.key])
    items = {row.code: item_key(question.key, row.code) for row in question.rows}
    return {row: _value(question, kept[item]) for row, item in items.items() if item in kept}


def _value(question: Question, answer: Answer) -> Any:
    return None if answer.is_empty else WRITTEN_AS[question.kind](answer)


def _code(answer: Answer) -> Any:
    return answer.codes[0]


def _codes(answer: Answer) -> Any:
    return list(answer.codes)


def _number(answer: Answer) -> Any:
    return answer.codes[0] if answer.number is None else answer.number


def _text(answer: Answer) -> Any:
    return answer.codes[0] if answer.codes else True


WRITTEN_AS: dict[Kind, Callable[[Answer], Any]] = {
    Kind.SINGLE: _code,
    Kind.MULTIPLE: _codes,
    Kind.RANKING: _codes,
    Kind.GRID_SINGLE: _code,
    Kind.GRID_MULTIPLE: _codes,
    Kind.NUMBER: _number,
    Kind.OPEN_LIST: _text,
    Kind.OPEN_TEXT: _text,
}


def stored_of_record(layout: Layout, record: Mapping[str, Any]) -> CoarseAnswers:
    answers: dict[str, Answer] = {}
    classes: dict[str, Mapping[str, str]] = {}
    for key, value in record.items():
        question = layout.definition.by_key[key]
        if question.is_grid:
            answers.update({item_key(key, row): _answer(cell) for row, cell in value.items()})
        elif isinstance(value, dict):
            classes[key] = value["classes"]
        else:
            answers[key] = _answer(value)
    return CoarseAnswers(_in_order(layout, answers), classes)


def _in_order(layout: Layout, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """JSON objects that PostgreSQL gives back have an order of their own."""
    order = {item: n for n, item in enumerate(i for q in layout.definition.questions for i in q.items)}
    return {item: answers[item] for item in sorted(answers, key=lambda item: order[item])}


def _answer(value: Any) -> Answer:
    match value:
        case None:
            return Answer()
        case bool():
            return Answer(written=value)
        case int():
            return Answer(number=value)
        case str():
            return Answer(codes=(value,))
        case _:
            return Answer(codes=tuple(value))
