"""From posted fields to answers, for every kind of question: what could be read, and what stands against it.

Reading never writes and never refuses a whole page because of one field; only a form that was tampered with, or that
belongs to another page, is refused (`NotOfThisPage`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from responses.forms import sentences
from responses.forms.names import entry_name, main_name, other_name, special_name
from responses.forms.texts import one_line, several_lines, whole_number
from surveys.answers import Answer
from surveys.definition import Choice, Kind, Question, Required, Role, Row, item_key

OTHER_CHARS = 80
"""How long the text beside an "other" may be; the schema of questionnaires fixes it."""

Fields = Mapping[str, Sequence[str]]


class NotOfThisPage(Exception):
    """The form holds a field or an answer that this page does not offer."""

    def __init__(self) -> None:
        super().__init__(_("The form that arrived does not belong to this page. Nothing of it was saved."))


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about one group of controls (`name`); soft ones are said once and may be passed."""

    name: str
    sentence: str
    soft: bool = False


@dataclass(slots=True)
class Reading:
    answers: dict[str, Answer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(question: Question, rows: tuple[Row, ...], fields: Fields) -> Reading:
    """What was answered on a page that shows this question, of a grid these rows."""
    reading = Reading()
    READERS[question.kind](question, rows, fields, reading)
    return reading


def _codes(question: Question, fields: Fields, name: str, offered: Sequence[Choice]) -> tuple[str, ...]:
    """The chosen codes in stored order."""
    chosen = {value for value in fields.get(name, ()) if value}
    if not chosen <= {choice.code for choice in offered}:
        raise NotOfThisPage
    return tuple(choice.code for choice in offered if choice.code in chosen)


def _choice(question: Question, code: str) -> Choice:
    return next(choice for choice in question.offered if choice.code == code)


def _exclusive(question: Question, codes: Sequence[str]) -> Choice | None:
    return next(
        (c for c in question.offered if c.code in codes and (c.exclusive or c in question.special)), None
    )


def _check_given(
    question: Question, name: str, answer: Answer, reading: Reading, row: Row | None = None
) -> None:
    """Nothing is missing where something else stands against the same controls already."""
    if any(row is None or name == problem.name for problem in reading.problems):
        return
    if answer.is_empty and question.required is not Required.OPTIONAL:
        soft = question.required is Required.SOFT
        reading.problems.append(Problem(name, sentences.missing(question, row), soft))


def _single(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    name = main_name(question)
    codes = _codes(question, fields, name, question.offered)
    if len(codes) > 1:
        raise NotOfThisPage
    answer = Answer(codes=codes, others=_others(question, codes, fields, reading))
    reading.answers[question.key] = answer
    _check_given(question, name, answer, reading)


def _multiple(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    name = main_name(question)
    codes = _codes(question, fields, name, question.offered)
    answer = Answer(codes=codes, others=_others(question, codes, fields, reading))
    reading.answers[question.key] = answer
    _check_set(question, name, codes, reading)
    _check_given(question, name, answer, reading)


def _check_set(
    question: Question, name: str, codes: tuple[str, ...], reading: Reading, row: Row | None = None
) -> None:
    """Nothing beside an exclusive answer, and not more than may be chosen."""
    exclusive = _exclusive(question, codes)
    if exclusive and len(codes) > 1:
        reading.problems.append(Problem(name, sentences.mixed(question, exclusive, row)))
    elif question.max_choices and len(codes) > question.max_choices:
        reading.problems.append(Problem(name, sentences.too_many(question, question.max_choices, row)))
    elif question.min_choices and codes and not exclusive and len(codes) < question.min_choices:
        reading.problems.append(Problem(name, sentences.too_few(question, question.min_choices)))


def _others(
    question: Question, codes: tuple[str, ...], fields: Fields, reading: Reading
) -> tuple[tuple[str, str], ...]:
    """The texts beside the chosen "other" answers."""
    found = []
    for choice in question.choices:
        if choice.role is not Role.OTHER_SPECIFY:
            continue
        name = other_name(question, choice.code)
        text = one_line(_first(fields, name))
        if len(text) > OTHER_CHARS:
            reading.problems.append(Problem(name, sentences.too_long(question, len(text), OTHER_CHARS)))
        if text and choice.code not in codes:
            reading.problems.append(Problem(name, sentences.other_without_choice(question, choice)))
        elif text:
            found.append((choice.code, text))
    return tuple(found)


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""


def _ranking(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    names = [entry_name(question, place) for place in places(question)]
    chosen = [_codes(question, fields, name, question.choices) for name in names]
    ranked = [codes[0] if codes else "" for codes in chosen]
    special = _special(question, fields, any(ranked), reading)
    answer = Answer(codes=special or tuple(code for code in ranked if code))
    reading.answers[question.key] = answer
    if any(ranked):
        _check_ranks(question, names, ranked, reading)
    _check_given(question, names[0], answer, reading)


def _special(question: Question, fields: Fields, beside: bool, reading: Reading) -> tuple[str, ...]:
    """The special answers beside a field: one of them, and then nothing in the field (`beside`)."""
    name = special_name(question)
    codes = _codes(question, fields, name, question.special)
    if codes and (beside or len(codes) > 1):
        sentence = sentences.special_beside_others(question, _choice(question, codes[0]))
        reading.problems.append(Problem(name, sentence))
    return codes


def _check_ranks(question: Question, names: list[str], ranked: list[str], reading: Reading) -> None:
    filled = [bool(code) for code in ranked]
    if filled != sorted(filled, reverse=True):
        empty = filled.index(False)
        sentence = sentences.place_left_out(question, sentences.place_label(empty + 1))
        reading.problems.append(Problem(names[empty], sentence))
    for place, code in enumerate(ranked):
        if code and code in ranked[:place]:
            sentence = sentences.ranked_twice(question, _choice(question, code))
            reading.problems.append(Problem(names[place], sentence))
    if not reading.problems and sum(filled) < (question.min_choices or 1):
        reading.problems.append(Problem(names[0], sentences.too_few(question, question.min_choices or 1)))


def _grid(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    for row in rows:
        name = main_name(question, row)
        codes = _codes(question, fields, name, question.offered)
        if question.kind is Kind.GRID_SINGLE and len(codes) > 1:
            raise NotOfThisPage
        answer = Answer(codes=codes)
        reading.answers[item_key(question.key, row.code)] = answer
        if question.kind is Kind.GRID_MULTIPLE:
            _check_set(question, name, codes, reading, row)
        _check_given(question, name, answer, reading, row)


def _number(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    name = main_name(question)
    typed = one_line(_first(fields, name))
    number = whole_number(typed) if typed else None
    special = _special(question, fields, bool(typed), reading)
    answer = Answer(codes=special) if special else Answer(number=number)
    reading.answers[question.key] = answer
    if typed and not _in_bounds(question, number):
        sentence = sentences.not_whole(question, question.minimum, question.maximum)
        reading.problems.append(Problem(name, sentence))
    elif not typed:
        _check_given(question, name, answer, reading)


def _in_bounds(question: Question, number: int | None) -> bool:
    if number is None:
        return False
    lowest, highest = question.minimum, question.maximum
    return (lowest is None or number >= lowest) and (highest is None or number <= highest)


def _open_list(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    names = [entry_name(question, place) for place in places(question)]
    texts = [one_line(_first(fields, name)) for name in names]
    special = _special(question, fields, any(texts), reading)
    _check_lengths(question, names, texts, reading)
    while texts and not texts[-1]:
        texts.pop()
    answer = Answer(codes=special) if special else Answer(texts=tuple(texts))
    reading.answers[question.key] = answer
    _check_given(question, names[0], answer, reading)


def _open_text(question: Question, rows: tuple[Row, ...], fields: Fields, reading: Reading) -> None:
    name = main_name(question)
    text = several_lines(_first(fields, name))
    special = _special(question, fields, bool(text), reading)
    _check_lengths(question, [name], [text], reading)
    answer = Answer(codes=special, texts=(text,) if text and not special else ())
    reading.answers[question.key] = answer
    _check_given(question, name, answer, reading)


def _check_lengths(question: Question, names: list[str], texts: list[str], reading: Reading) -> None:
    for name, text in zip(names, texts, strict=True):
        if question.max_chars and len(text) > question.max_chars:
            sentence = sentences.too_long(question, len(text), question.max_chars)
            reading.problems.append(Problem(name, sentence))


def places(question: Question) -> range:
    """Places of a ranking or entries of a list, from 1."""
    most = question.entries if question.kind is Kind.OPEN_LIST else question.max_choices
    return range(1, (most or len(question.choices)) + 1)


Reader = Callable[[Question, tuple[Row, ...], Fields, Reading], None]

READERS: dict[Kind, Reader] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _multiple,
    Kind.RANKING: _ranking,
    Kind.GRID_SINGLE: _grid,
    Kind.GRID_MULTIPLE: _grid,
    Kind.NUMBER: _number,
    Kind.OPEN_LIST: _open_list,
    Kind.OPEN_TEXT: _open_text,
}
