from __future__ import annotations

import pytest
from hypothesis import given

from surveys.answers import SKIPPED, Answer
from surveys.definition import AllOf, AnyOf, Choice, Condition, Disposition, Kind, Leaf, Not, Op, Row
from surveys.routing import asked_items, ending, final_answers, is_asked
from tests.surveys.build import KEYS, grid, question, questionnaire, screening, shipped
from tests.surveys.respondents import answers_of, respondents

AGREE, DISAGREE, WITHHELD = (
    Answer(codes=("agree",)),
    Answer(codes=("disagree",)),
    Answer(codes=("prefer_not",)),
)
NEVER_SEEN, UNDECIDED = Answer(codes=("not_encountered",)), Answer(codes=("dont_know",))
SPECIAL = (Choice("none_of_it", "None", exclusive=True),)
NUMBER = question("first", Kind.NUMBER, minimum=0, maximum=100, special=SPECIAL)
LIST = question("first", Kind.OPEN_LIST, entries=2, max_chars=10, special=SPECIAL)


def asked_after(answer: Answer | None, condition: Condition, first=None) -> bool:
    definition = questionnaire(first or question("first"), question("second", show_if=condition))
    return is_asked(definition, {} if answer is None else {"first": answer}, "second")


@pytest.mark.parametrize(
    ("answer", "op", "values", "expected"),
    [
        (AGREE, Op.IN, ("agree", "dont_know"), True),
        (DISAGREE, Op.IN, ("agree", "dont_know"), False),
        (SKIPPED, Op.IN, ("agree",), False),
        (None, Op.IN, ("agree",), False),
        (AGREE, Op.NOT_IN, ("disagree",), True),
        (DISAGREE, Op.NOT_IN, ("disagree",), False),
        (SKIPPED, Op.NOT_IN, ("disagree",), True),
        (AGREE, Op.EQ, ("agree",), True),
        (SKIPPED, Op.EQ, ("agree",), False),
        (AGREE, Op.ANSWERED, (), True),
        (NEVER_SEEN, Op.ANSWERED, (), False),
        (UNDECIDED, Op.ANSWERED, (), False),
        (WITHHELD, Op.ANSWERED, (), False),
        (SKIPPED, Op.ANSWERED, (), False),
    ],
)
def test_leaf_on_single_question_follows_the_schema(answer, op, values, expected):
    assert asked_after(answer, Leaf("first", op, values)) is expected


@pytest.mark.parametrize(
    ("answer", "op", "values", "expected"),
    [
        (Answer(number=0), Op.ANSWERED, (), True),
        (Answer(codes=("none_of_it",)), Op.ANSWERED, (), False),
        (Answer(number=51), Op.GT, (50,), True),
        (Answer(number=50), Op.GT, (50,), False),
        (Answer(codes=("none_of_it",)), Op.GT, (50,), False),
        (SKIPPED, Op.GT, (50,), False),
        (Answer(number=50), Op.EQ, (50,), True),
        (Answer(number=0), Op.IN, (0, "none_of_it"), True),
        (Answer(codes=("none_of_it",)), Op.IN, (0, "none_of_it"), True),
        (Answer(number=1), Op.NOT_IN, (0, "none_of_it"), True),
    ],
)
def test_leaf_on_number_follows_the_schema(answer, op, values, expected):
    assert asked_after(answer, Leaf("first", op, values), NUMBER) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(texts=("", " word ")), True),
        (Answer(texts=("", "  ")), False),
        (Answer(written=True), True),
        (Answer(codes=("none_of_it",)), False),
    ],
)
def test_answered_leaf_on_short_texts_needs_a_text(answer, expected):
    assert asked_after(answer, Leaf("first", Op.ANSWERED), LIST) is expected


def test_leaf_in_on_multiple_choice_is_true_if_any_chosen_code_is_listed():
    first = question("first", Kind.MULTIPLE)
    answer = Answer(codes=("agree", "disagree"))

    assert asked_after(answer, Leaf("first", Op.IN, ("disagree", "dont_know")), first)
    assert not asked_after(answer, Leaf("first", Op.NOT_IN, ("disagree",)), first)


@pytest.mark.parametrize("op", [Op.IN, Op.NOT_IN, Op.ANSWERED])
def test_leaf_on_question_not_asked_is_false_and_its_negation_true(op):
    leaf = Leaf("second", op, () if op is Op.ANSWERED else ("agree",))
    definition = questionnaire(
        question("first"),
        question("second", show_if=Leaf("first", Op.IN, ("agree",))),
        question("third", show_if=leaf),
        question("fourth", show_if=Not(leaf)),
    )
    # An answer given before the path changed is still there while browsing, and does not count.
    answers = {"first": DISAGREE, "second": AGREE}

    assert asked_items(definition, answers) == ("first", "fourth")


def test_all_and_any_combine_conditions():
    agree, seen = Leaf("first", Op.IN, ("agree",)), Leaf("first", Op.NOT_IN, ("not_encountered",))

    assert asked_after(AGREE, AllOf((agree, seen)))
    assert not asked_after(DISAGREE, AllOf((agree, seen)))
    assert asked_after(DISAGREE, AnyOf((agree, seen)))
    assert not asked_after(NEVER_SEEN, AnyOf((agree, seen)))


def grids() -> tuple:
    rows = (Row(code, code, Leaf("forms", Op.IN, ("agree",), row=code)) for code in ("a", "b"))
    return grid("forms", "a", "b"), grid("areas", *rows)


def test_rows_with_false_condition_are_left_out():
    definition = questionnaire(*grids())

    asked = asked_items(definition, {"forms:a": AGREE, "forms:b": DISAGREE})

    assert asked == ("forms:a", "forms:b", "areas:a")
    assert is_asked(definition, {"forms:a": AGREE}, "areas")


def test_grid_without_rows_left_is_not_asked():
    definition = questionnaire(
        *grids(), question("last", show_if=Leaf("areas", Op.NOT_IN, ("agree",), row="a"))
    )

    asked = asked_items(definition, {"forms:a": DISAGREE})

    assert asked == ("forms:a", "forms:b")
    assert not is_asked(definition, {}, "areas")


def test_ending_by_screening_answer_stops_the_path():
    definition = questionnaire(screening("eligible"), question("later"))

    end = ending(definition, {"eligible": DISAGREE, "later": AGREE})

    assert end is not None
    assert (end.page, end.disposition, end.question) == (
        "screened_out",
        Disposition.NOT_ELIGIBLE,
        "eligible",
    )
    assert asked_items(definition, {"eligible": DISAGREE}) == ("eligible",)
    assert ending(definition, {"eligible": AGREE}) is None


def test_final_answers_of_screened_out_are_the_screening_answers():
    definition = questionnaire(screening("size"), question("mood"), screening("part"), question("later"))

    kept = final_answers(definition, {"size": AGREE, "mood": AGREE, "part": DISAGREE, "later": AGREE})

    assert kept == {"size": AGREE, "part": DISAGREE}
    assert final_answers(definition, kept) == kept


def test_final_answers_drop_what_is_off_the_path_and_fill_what_was_skipped():
    definition = questionnaire(
        question("first"), question("second", show_if=Leaf("first", Op.IN, ("agree",))), question("third")
    )
    answers = {"first": DISAGREE, "second": AGREE, "stranger": AGREE}

    kept = final_answers(definition, answers)

    assert kept == {"first": DISAGREE, "third": SKIPPED}
    assert answers == {"first": DISAGREE, "second": AGREE, "stranger": AGREE}


def test_final_answers_keep_no_text_of_a_choice_that_was_taken_back():
    definition = questionnaire(question("first"))
    answer = Answer(codes=("agree",), others=(("other", "an old text"),))

    assert final_answers(definition, {"first": answer}) == {"first": AGREE}


@pytest.mark.parametrize("key", KEYS)
def test_final_answers_are_their_own_final_answers(key):
    definition = shipped(key)

    @given(respondents(definition))
    def check(answers):
        assert final_answers(definition, answers) == answers
        assert tuple(answers) == tuple(i for i in asked_items(definition, answers) if i in answers)

    check()


def test_respondents_of_the_tests_reach_every_item():
    for key in KEYS:
        definition = shipped(key)
        reached = {item for seed in range(300) for item in answers_of(definition, seed)}
        assert reached == {item for question in definition.questions for item in question.items}
