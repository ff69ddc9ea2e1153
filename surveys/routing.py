"""Which questions a respondent is asked, given the answers so far. Nothing here writes or drops an answer.

The rules are those of the questionnaire schema: a leaf on an item that was not asked is false; of an item
that was asked and has no answer, `not_in` is true and every other leaf false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveys.answers import SKIPPED, Answer, Answers
from surveys.conditions import conditions_of, leaves
from surveys.definition import (
    SUBSTANTIVE_ROLES,
    AllOf,
    AnyOf,
    Condition,
    Definition,
    Disposition,
    Leaf,
    Not,
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


Asked = dict[str, None]
"""Items that are asked, in order."""

Test = Callable[[Asked, Answers], bool]
"""Whether a condition is true, of what is asked so far and what was answered."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question in the order of the walk. `rows`: (code, item, its own condition) of each row of a grid."""

    question: Question
    test: Test | None
    rows: tuple[tuple[str, str, Test | None], ...]


def walk(definition: Definition, answers: Answers) -> Path:
    asked: Asked = {}
    rows: dict[str, Sequence[str]] = {}
    for asking in _askings(definition):
        question = asking.question
        if asking.test is not None and not asking.test(asked, answers):
            continue
        if asking.rows:
            _ask_rows(asking, answers, asked, rows)
            continue
        asked[question.key] = None
        rows[question.key] = ()
        ending = ending_of(question, answers) if question.screen_out else None
        if ending:
            return Path(tuple(asked), rows, ending)
    return Path(tuple(asked), rows)


def _ask_rows(asking: Asking, answers: Answers, asked: Asked, rows: dict[str, Sequence[str]]) -> None:
    """Ask the rows of a grid whose conditions hold; one without any row left is not asked at all."""
    found = [(code, item) for code, item, test in asking.rows if test is None or test(asked, answers)]
    if found:
        rows[asking.question.key] = [code for code, _item in found]
        asked.update({item: None for _code, item in found})


def _askings(definition: Definition) -> tuple[Asking, ...]:
    """Made once for a definition and kept in it, as its own cached properties are."""
    kept: tuple[Asking, ...] | None = vars(definition).get("_askings")
    if kept is None:
        kept = tuple(_asking(definition, question) for question in definition.questions)
        vars(definition)["_askings"] = kept
    return kept


def _asking(definition: Definition, question: Question) -> Asking:
    def test_of(condition: Condition | None) -> Test | None:
        return None if condition is None else _compiled(condition, definition.by_key)

    rows = question.rows if question.is_grid else ()
    return Asking(
        question,
        test_of(question.show_if),
        tuple((row.code, item_key(question.key, row.code), test_of(row.show_if)) for row in rows),
    )


def _compiled(condition: Condition, questions: Mapping[str, Question]) -> Test:
    """The condition as one function, so that nothing of it has to be looked at again at each walk."""
    match condition:
        case Leaf():
            return _leaf(condition, questions)
        case AllOf(conditions):
            parts = [_compiled(part, questions) for part in conditions]
            return lambda asked, answers: all(part(asked, answers) for part in parts)
        case AnyOf(conditions):
            parts = [_compiled(part, questions) for part in conditions]
            return lambda asked, answers: any(part(asked, answers) for part in parts)
        case Not(inner):
            test = _compiled(inner, questions)
            return lambda asked, answers: not test(asked, answers)


def _leaf(leaf: Leaf, questions: Mapping[str, Question]) -> Test:
    item = leaf.question if leaf.row is None else item_key(leaf.question, leaf.row)
    says = OPERATIONS[leaf.op](leaf, questions[leaf.question])
    return lambda asked, answers: item in asked and says(answers.get(item, SKIPPED))


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


Says = Callable[[Answer], bool]


def _in(leaf: Leaf, question: Question) -> Says:
    values = frozenset(leaf.values)
    return lambda answer: not values.isdisjoint(answer.codes) or answer.number in values


def _not_in(leaf: Leaf, question: Question) -> Says:
    says = _in(leaf, question)
    return lambda answer: not says(answer)


def _gt(leaf: Leaf, question: Question) -> Says:
    limit = leaf.values[0]
    return lambda answer: answer.number is not None and isinstance(limit, int) and answer.number > limit


def _answered(leaf: Leaf, question: Question) -> Says:
    substantive = {choice.code for choice in question.choices if choice.role in SUBSTANTIVE_ROLES}
    return lambda answer: (
        answer.number is not None or answer.has_text or not substantive.isdisjoint(answer.codes)
    )


OPERATIONS: dict[Op, Callable[[Leaf, Question], Says]] = {
    Op.IN: _in,
    Op.NOT_IN: _not_in,
    Op.EQ: _in,
    Op.GT: _gt,
    Op.ANSWERED: _answered,
}
