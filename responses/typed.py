"""What somebody typed into a form that cannot be saved, in words, so that they can still read and copy it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict

from responses.forms.names import entry_name, main_name, other_name, special_name
from responses.forms.reading import places
from responses.forms.texts import several_lines
from surveys.definition import Definition, Kind, Question, Role

WRITTEN = frozenset({Kind.NUMBER, Kind.OPEN_LIST, Kind.OPEN_TEXT})
IN_PLACES = frozenset({Kind.RANKING, Kind.OPEN_LIST})


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer as it stood in the form; `row` is the row of a grid."""

    question: str
    row: str
    said: tuple[str, ...]


def typed_answers(definition: Definition, posted: QueryDict) -> tuple[Typed, ...]:
    """The answers in a form to questions of this questionnaire. Whatever else the form holds is not repeated."""
    if not any(name.startswith("q-") for name in posted):
        return ()
    found = (typed for question in definition.questions for typed in _of_question(question, posted))
    return tuple(typed for typed in found if typed.said)


def _of_question(question: Question, posted: QueryDict) -> Iterator[Typed]:
    if question.is_grid:
        for row in question.rows:
            yield Typed(question.text, row.label, tuple(_chosen(question, posted, main_name(question, row))))
    else:
        said = (*_in_fields(question, posted), *_chosen(question, posted, special_name(question)))
        yield Typed(question.text, "", said)


def _in_fields(question: Question, posted: QueryDict) -> Iterator[str]:
    for name in _fields(question):
        if question.kind in WRITTEN:
            yield from filter(None, map(several_lines, posted.getlist(name)))
        else:
            yield from _chosen(question, posted, name)


def _fields(question: Question) -> list[str]:
    if question.kind in IN_PLACES:
        return [entry_name(question, place) for place in places(question)]
    return [main_name(question)]


def _chosen(question: Question, posted: QueryDict, name: str) -> Iterator[str]:
    """The chosen answers by their labels, each with the text beside it."""
    codes = posted.getlist(name)
    for choice in question.offered:
        other = choice.role is Role.OTHER_SPECIFY and name == main_name(question)
        beside = several_lines(posted.get(other_name(question, choice.code), "")) if other else ""
        if beside:
            yield f"{choice.label}: {beside}"
        elif choice.code in codes:
            yield choice.label
