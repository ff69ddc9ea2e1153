"""Which questions a respondent is asked, given the answers so far. Nothing here writes or drops an answer.

The rules are those of the questionnaire schema: a leaf on an item that was not asked is false; of an item
that was asked and has no answer, `not_in` is true and every other leaf false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveys.answers import SKIPPED, Answer, Answers
from surveys.conditions import conditions_of, holds, leaves
from surveys.definition import (
    SUBSTANTIVE_ROLES,
    Definition,
    Disposition,
    Leaf,
    Op,
    Question,
    item_key,
    split_item,
)


@dataclass(frozen=True, slots=True)
class ScreenOutEnding:
    """An interview that a screening answer ended: on which page, as which class, by which question."""

    page: str
    disposition: Disposition
    question: str


@dataclass(frozen=True, slots=True)
class Path:
    """The items asked, in order, and how the interview ended if a screening answer ended it.

    `rows`: key of each question asked -> codes of its rows that are asked; none of a question without rows.
    """

    items: tuple[str, ...]
    rows: Mapping[str, Sequence[str]]
    ending: ScreenOutEnding | None = None


def walk(definition: Definition, answers: Answers) -> Path:
    asked: dict[str, None] = {}
    rows: dict[str, Sequence[str]] = {}

    def leaf_holds(leaf: Leaf) -> bool:
        item = leaf.question if leaf.row is None else item_key(leaf.question, leaf.row)
        if item not in asked:
            return False
        return OPERATIONS[leaf.op](leaf, answers.get(item, SKIPPED), definition.by_key[leaf.question])

    for question in definition.questions:
        if question.show_if is not None and not holds(question.show_if, leaf_holds):
            continue
        if question.is_grid:
            _ask_rows(question, leaf_holds, asked, rows)
            continue
        asked[question.key] = None
        rows[question.key] = ()
        ending = ending_of(question, answers)
        if ending:
            return Path(tuple(asked), rows, ending)
    return Path(tuple(asked), rows)


def _ask_rows(
    question: Question,
    leaf_holds: Callable[[Leaf], bool],
    asked: dict[str, None],
    rows: dict[str, Sequence[str]],
) -> None:
    """Ask the rows of a grid whose conditions hold; one without any row left is not asked at all."""
    codes = [row.code for row in question.rows if row.show_if is None or holds(row.show_if, leaf_holds)]
    if codes:
        rows[question.key] = codes
        asked.update({item_key(question.key, code): None for code in codes})


def routing_items(definition: Definition) -> frozenset[str]:
    """The items whose answers `walk` looks at."""
    named = (
        item_key(leaf.question, leaf.row)
        for question in definition.questions
        for condition in conditions_of(question)
        for leaf in leaves(condition)
    )
    screening = (question.key for question in definition.questions if question.screen_out)
    return frozenset(named) | frozenset(screening)


def asked_items(definition: Definition, answers: Answers) -> tuple[str, ...]:
    return walk(definition, answers).items


def is_asked(definition: Definition, answers: Answers, item: str) -> bool:
    """Whether an item is asked; a grid's own key asks about any of its rows."""
    return any(asked == item or split_item(asked)[0] == item for asked in asked_items(definition, answers))


def ending(definition: Definition, answers: Answers) -> ScreenOutEnding | None:
    return walk(definition, answers).ending


def final_answers(definition: Definition, answers: Answers, path: Path | None = None) -> dict[str, Answer]:
    """What is kept at submission: every asked item, SKIPPED where it has no answer, and nothing else.

    Of an interview that ended in the screening only the screening answers are kept. `path`: where these answers lead,
    for who knows it already.
    """
    path = path or walk(definition, answers)
    kept = path.items if path.ending is None else _screening_items(definition, path.items)
    return {item: _tidy(answers.get(item, SKIPPED)) for item in kept}


def ending_of(question: Question, answers: Answers) -> ScreenOutEnding | None:
    """How this question's own answer ends the interview, if it does."""
    if question.screen_out is None:
        return None
    chosen = answers.get(question.key, SKIPPED).codes
    classes = dict(question.screen_out.dispositions)
    code = next((code for code in chosen if code in classes), None)
    return None if code is None else ScreenOutEnding(question.screen_out.page, classes[code], question.key)


def _screening_items(definition: Definition, items: Iterable[str]) -> tuple[str, ...]:
    return tuple(item for item in items if definition.by_key[split_item(item)[0]].screen_out is not None)


def _tidy(answer: Answer) -> Answer:
    """A text beside a choice goes with the choice, and an answer of blanks is none."""
    if answer.is_empty:
        return SKIPPED
    others = tuple((code, text) for code, text in answer.others if code in answer.codes and text.strip())
    return answer if others == answer.others else replace(answer, others=others)


def _given(answer: Answer) -> set[str | int]:
    return {*answer.codes} if answer.number is None else {*answer.codes, answer.number}


def _in(leaf: Leaf, answer: Answer, question: Question) -> bool:
    return not _given(answer).isdisjoint(leaf.values)


def _not_in(leaf: Leaf, answer: Answer, question: Question) -> bool:
    return not _in(leaf, answer, question)


def _gt(leaf: Leaf, answer: Answer, question: Question) -> bool:
    limit = leaf.values[0]
    return answer.number is not None and isinstance(limit, int) and answer.number > limit


def _answered(leaf: Leaf, answer: Answer, question: Question) -> bool:
    substantive = {choice.code for choice in question.choices if choice.role in SUBSTANTIVE_ROLES}
    return answer.number is not None or answer.has_text or not substantive.isdisjoint(answer.codes)


OPERATIONS: dict[Op, Callable[[Leaf, Answer, Question], bool]] = {
    Op.IN: _in,
    Op.NOT_IN: _not_in,
    Op.EQ: _in,
    Op.GT: _gt,
    Op.ANSWERED: _answered,
}
