"""Small questionnaires of every kind, with routing, drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from surveys.definition import (
    AllOf,
    AnyOf,
    Choice,
    CodeFrame,
    Condition,
    Definition,
    Kind,
    Leaf,
    Not,
    Op,
    Question,
    Role,
    Row,
)
from tests.surveys.build import UNDECIDED, grid, question, questionnaire, screening

ALONE = Choice("alone", "None, really", Role.NONE, exclusive=True, pin=True)
OTHER = Choice("other", 'Something "else"', Role.OTHER_SPECIFY, pin=True)
LISTED = (
    Choice("first", "The first, one"),
    Choice("second", "Zweitens, fünf"),
    Choice("third", "Third\nline"),
)
FRAME = CodeFrame("things", "Things", ())


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Up to six questions; each may be asked only of those who answered an earlier one in some way."""
    kinds = draw(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=6))
    questions: list[Question] = []
    if draw(st.booleans()):
        questions.append(screening("screen"))
    for number, kind in enumerate(kinds):
        condition = draw(conditions(questions)) if questions else None
        questions.append(draw(MAKE[kind](f"q{number}", condition)))
    return questionnaire(*questions, code_frames=(FRAME,))


@st.composite
def conditions(draw: st.DrawFn, earlier: list[Question]) -> Condition | None:
    if draw(st.booleans()):
        return None
    leaves = st.sampled_from([q for q in earlier if not q.detached]).flatmap(leaf_on)
    one = draw(leaves)
    return draw(st.sampled_from([one, Not(one), AllOf((one, draw(leaves))), AnyOf((one, draw(leaves)))]))


def leaf_on(earlier: Question) -> st.SearchStrategy[Leaf]:
    row = earlier.rows[0].code if earlier.rows else None
    leaves = [Leaf(earlier.key, Op.ANSWERED, row=row)]
    if earlier.choices:
        codes = (earlier.choices[0].code,)
        leaves += [Leaf(earlier.key, op, codes, row) for op in (Op.IN, Op.NOT_IN)]
    if earlier.kind is Kind.NUMBER:
        leaves.append(Leaf(earlier.key, Op.GT, (3,)))
    return st.sampled_from(leaves)


def single(key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    return st.sampled_from([(*LISTED, UNDECIDED), (*LISTED, OTHER)]).map(
        lambda choices: question(key, choices=choices, show_if=condition)
    )


def multiple(key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    return st.sampled_from([None, 2]).map(
        lambda most: question(
            key, Kind.MULTIPLE, choices=(*LISTED, OTHER, ALONE), show_if=condition, max_choices=most
        )
    )


def ranking(key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    return st.integers(1, 3).map(
        lambda most: question(
            key, Kind.RANKING, choices=LISTED, special=(UNDECIDED,), max_choices=most, show_if=condition
        )
    )


def of_grid(kind: Kind, key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    choices = (*LISTED, UNDECIDED) if kind is Kind.GRID_SINGLE else (*LISTED, ALONE)
    rows = [Row("top", "Top"), Row("rest", "Rest", condition)]
    return st.sampled_from([None, condition]).map(
        lambda whole: grid(key, *rows, kind=kind, choices=choices, show_if=whole)
    )


def number(key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    return st.integers(-3, 3).map(
        lambda low: question(
            key, Kind.NUMBER, minimum=low, maximum=low + 9, special=(UNDECIDED,), show_if=condition
        )
    )


def open_list(key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    return st.integers(1, 3).map(
        lambda entries: question(
            key,
            Kind.OPEN_LIST,
            entries=entries,
            max_chars=40,
            code_frame=FRAME.key,
            special=(UNDECIDED,),
            show_if=condition,
        )
    )


def open_text(key: str, condition: Condition | None) -> st.SearchStrategy[Question]:
    return st.just(question(key, Kind.OPEN_TEXT, max_chars=40, show_if=condition))


MAKE = {
    Kind.SINGLE: single,
    Kind.MULTIPLE: multiple,
    Kind.RANKING: ranking,
    Kind.GRID_SINGLE: lambda key, condition: of_grid(Kind.GRID_SINGLE, key, condition),
    Kind.GRID_MULTIPLE: lambda key, condition: of_grid(Kind.GRID_MULTIPLE, key, condition),
    Kind.NUMBER: number,
    Kind.OPEN_LIST: open_list,
    Kind.OPEN_TEXT: open_text,
}
