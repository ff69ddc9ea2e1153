"""Routing: conditions that can be decided when the question comes, and endings that exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from surveys.conditions import located_leaves
from surveys.definition import Kind, Leaf, Op, PageKind, Question
from surveys.validation.draft import Draft, Located
from surveys.validation.problem import Problem, near

WITH_CODES = frozenset(Kind) - {Kind.OPEN_TEXT}
OPERANDS: dict[Op, frozenset[Kind]] = {
    Op.IN: WITH_CODES,
    Op.NOT_IN: WITH_CODES,
    Op.EQ: frozenset({Kind.SINGLE, Kind.GRID_SINGLE, Kind.NUMBER}),
    Op.GT: frozenset({Kind.NUMBER}),
    Op.ANSWERED: frozenset(Kind),
}
"""Kinds of question that each comparison can be made with."""

COUNT_OF_VALUES: dict[Op, tuple[Callable[[int], bool], str]] = {
    Op.IN: (lambda count: count >= 1, "at least one value"),
    Op.NOT_IN: (lambda count: count >= 1, "at least one value"),
    Op.EQ: (lambda count: count == 1, "exactly one value"),
    Op.GT: (lambda count: count == 1, "exactly one value"),
    Op.ANSWERED: (lambda count: count == 0, "no values"),
}


def check_routing(draft: Draft) -> Iterator[Problem]:
    for located in draft.located:
        for path, leaf in _leaves(located):
            yield from _check_leaf(draft, located, path, leaf)


def check_screening(draft: Draft) -> Iterator[Problem]:
    pages = {page.key: page for page in draft.definition.pages}
    screening = {q.key for q in draft.definition.questions if q.screen_out}
    used: set[str] = set()
    for located in draft.sure:
        screen_out = located.question.screen_out
        if screen_out is None:
            continue
        used.add(screen_out.page)
        page = pages.get(screen_out.page)
        if page is None or page.kind is not PageKind.SCREEN_OUT:
            message = f"There is no page `{screen_out.page}` of the kind screen_out. Add it to `pages`."
            yield Problem(located.at("screen_out.page"), message)
        yield from _check_screening_question(located, screening)
    for n, entry in enumerate(draft.definition.pages):
        if entry.kind is PageKind.SCREEN_OUT and entry.key not in used:
            yield Problem(f"pages[{n}]", "No question ends on this page. Name it in a `screen_out`.")


def _check_screening_question(located: Located, screening: set[str]) -> Iterator[Problem]:
    question = located.question
    if question.kind is not Kind.SINGLE or question.detached:
        message = "Only a question of the type single that is not detached can end the interview."
        yield Problem(located.at("screen_out"), message)
        return
    codes = {choice.code for choice in question.choices}
    for code, _disposition in question.screen_out.dispositions if question.screen_out else ():
        if code not in codes:
            yield Problem(
                located.at(f"screen_out.dispositions.{code}"),
                f"This question has no choice `{code}`.{near(code, codes)}",
            )
    # Of the screened out only screening answers are kept, and they must still tell the same path.
    for path, leaf in _leaves(located):
        if leaf.question not in screening:
            message = "A screening question can depend on other screening questions only."
            yield Problem(f"{path}.question", message)


def _leaves(located: Located) -> Iterator[tuple[str, Leaf]]:
    yield from located_leaves(located.question.show_if, located.at("show_if"))
    for n, row in enumerate(located.question.rows):
        yield from located_leaves(row.show_if, located.at(f"rows[{n}].show_if"))


def _check_leaf(draft: Draft, located: Located, path: str, leaf: Leaf) -> Iterator[Problem]:
    if not leaf.question:
        return
    place = draft.order.get(leaf.question)
    if place is None:
        message = f"There is no question `{leaf.question}`.{near(leaf.question, draft.order)}"
        yield Problem(f"{path}.question", message)
    elif place >= located.position:
        message = f"`{leaf.question}` does not come before this question. Ask about an earlier one."
        yield Problem(f"{path}.question", message)
    elif draft.located[place].question.detached:
        message = f"`{leaf.question}` is detached and cannot route. Take the condition out."
        yield Problem(f"{path}.question", message)
    elif draft.located[place].path not in draft.unsure:
        yield from _check_use(draft.located[place].question, path, leaf)


def _check_use(question: Question, path: str, leaf: Leaf) -> Iterator[Problem]:
    yield from _check_row(question, path, leaf)
    if question.kind not in OPERANDS[leaf.op]:
        message = f"`{leaf.op}` says nothing about a question of the type {question.kind}."
        yield Problem(f"{path}.op", message)
        return
    fits, wanted = COUNT_OF_VALUES[leaf.op]
    if not fits(len(leaf.values)):
        yield Problem(f"{path}.values", f"`{leaf.op}` takes {wanted}.")
        return
    for n, value in enumerate(leaf.values):
        message = _fault_of_value(question, leaf.op, value)
        if message:
            yield Problem(f"{path}.values[{n}]", message)


def _check_row(question: Question, path: str, leaf: Leaf) -> Iterator[Problem]:
    rows = {row.code for row in question.rows}
    if question.is_grid and leaf.row is None:
        yield Problem(f"{path}", f"`{question.key}` is a grid. Name the row that is meant with `row`.")
    elif question.is_grid and leaf.row not in rows:
        yield Problem(f"{path}.row", f"`{question.key}` has no row `{leaf.row}`.{near(str(leaf.row), rows)}")
    elif not question.is_grid and leaf.row is not None:
        yield Problem(f"{path}.row", f"`{question.key}` has no rows. Take `row` out.")


def _fault_of_value(question: Question, op: Op, value: str | int) -> str:
    codes = {choice.code for choice in question.offered}
    if isinstance(value, str) and op is not Op.GT:
        return "" if value in codes else f"`{question.key}` offers no answer `{value}`.{near(value, codes)}"
    if question.kind is not Kind.NUMBER:
        return f'{value} is a number. Write a code that `{question.key}` offers, in quotes: "{value}".'
    if not isinstance(value, int):
        return f"`{op}` compares with a whole number, without quotes."
    low, high = question.minimum, question.maximum
    inside = low is None or high is None or low <= value <= high
    return "" if inside else f"{value} is not between {low} and {high}, the bounds of `{question.key}`."
