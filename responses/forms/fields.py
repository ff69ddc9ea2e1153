"""The fields of a question: which a page with it may post, and how they look for answers that are there already."""

from __future__ import annotations

from collections.abc import Mapping

from responses.forms.names import entry_name, main_name, other_name, special_name
from responses.forms.reading import places
from surveys.answers import SKIPPED, Answer
from surveys.definition import Kind, Question, Role, Row, item_key

IN_PLACES = frozenset({Kind.RANKING, Kind.OPEN_LIST})
SPECIAL_BESIDE = IN_PLACES | {Kind.NUMBER, Kind.OPEN_TEXT}
"""Kinds whose special answers stand beside a field; elsewhere they are choices among the others."""


def field_names(question: Question, rows: tuple[Row, ...]) -> frozenset[str]:
    """Every field that a page with this question may post."""
    if question.is_grid:
        return frozenset(main_name(question, row) for row in rows)
    names = {special_name(question)} if question.special and question.kind in SPECIAL_BESIDE else set()
    if question.kind in IN_PLACES:
        names |= {entry_name(question, place) for place in places(question)}
    else:
        names.add(main_name(question))
    others = (c for c in question.choices if c.role is Role.OTHER_SPECIFY)
    return frozenset(names | {other_name(question, choice.code) for choice in others})


def fields_of(
    question: Question, rows: tuple[Row, ...], answers: Mapping[str, Answer]
) -> dict[str, list[str]]:
    """The fields as a browser would post them for these answers: reading them gives the answers back."""
    if question.is_grid:
        return {
            main_name(question, row): list(answers.get(item_key(question.key, row.code), SKIPPED).codes)
            for row in rows
        }
    answer = answers.get(question.key, SKIPPED)
    return {name: values for name, values in _flat_fields(question, answer).items() if any(values)}


def _flat_fields(question: Question, answer: Answer) -> dict[str, list[str]]:
    specials = [code for code in answer.codes if any(choice.code == code for choice in question.special)]
    listed = [code for code in answer.codes if code not in specials]
    entries = list(answer.texts) if question.kind is Kind.OPEN_LIST else listed
    if question.kind in IN_PLACES:
        fields = {entry_name(question, place): [text] for place, text in enumerate(entries, start=1)}
    elif question.kind is Kind.NUMBER:
        fields = {main_name(question): [] if answer.number is None else [str(answer.number)]}
    elif question.kind is Kind.OPEN_TEXT:
        fields = {main_name(question): list(answer.texts)}
    else:
        return {main_name(question): list(answer.codes)} | {
            other_name(question, code): [text] for code, text in answer.others
        }
    return fields | {special_name(question): specials}
