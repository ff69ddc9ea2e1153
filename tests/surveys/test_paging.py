from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.answers import Answer
from surveys.conditions import routed_by_all
from surveys.definition import Leaf, Op, Order, Page, PageKind, Row, item_key
from surveys.ordering import Shuffle
from surveys.paging import PagePart, cut, next_step, parts_on, previous_step, progress, steps_on_path
from surveys.routing import asked_items
from tests.surveys.build import KEYS, definitions_page, grid, question, questionnaire, screening, shipped
from tests.surveys.respondents import respondents

AGREE, DISAGREE = Answer(codes=("agree",)), Answer(codes=("disagree",))


def pages(definition) -> list[list[str]]:
    return [
        [step.page.key] if step.page else [part.question_key for part in step.parts]
        for step in cut(definition)
    ]


def after(key: str, code: str = "agree") -> Leaf:
    return Leaf(key, Op.IN, (code,))


def test_page_holds_at_most_five_questions():
    definition = questionnaire(*(question(f"q{n}") for n in range(7)))

    assert pages(definition) == [["q0", "q1", "q2", "q3", "q4"], ["q5", "q6"]]


def test_section_begins_a_page():
    definition = questionnaire((question("one"),), (question("two"),))

    assert pages(definition) == [["one"], ["two"]]


def test_question_that_depends_on_another_begins_a_page():
    definition = questionnaire(
        question("one"), question("two", show_if=after("one")), question("three", show_if=after("one"))
    )

    assert pages(definition) == [["one"], ["two", "three"]]


def test_question_that_depends_through_others_begins_a_page():
    definition = questionnaire(
        (question("one"),),
        (question("two", show_if=after("one")), question("three"), question("four", show_if=after("two"))),
    )

    assert pages(definition) == [["one"], ["two", "three"], ["four"]]


def test_grid_stands_alone_and_a_long_one_is_cut_into_slices_of_nearly_one_length():
    definition = questionnaire(question("one"), grid("long", *(f"r{n}" for n in range(8))), question("two"))

    parts = [step.parts for step in cut(definition)]

    assert parts == [
        (PagePart("one"),),
        (PagePart("long", 0, 4),),
        (PagePart("long", 4, 8),),
        (PagePart("two"),),
    ]


def test_screening_question_ends_its_page():
    definition = questionnaire(question("one"), screening("eligible"), question("two"))

    assert pages(definition) == [["one", "eligible"], ["two"]]


def test_definitions_stand_before_the_page_that_begins_with_their_question():
    words = definitions_page("words", "two")
    general = definitions_page("general", "section_1")
    start = Page("start", PageKind.WELLBEING_START, "Before you start", "Body")
    definition = questionnaire(question("one"), question("two"), pages=(words, general, start))

    assert pages(definition) == [["start"], ["general"], ["one"], ["words"], ["two"]]


def test_definitions_are_on_the_path_only_when_what_they_announce_is_asked():
    words = definitions_page("words", "two")
    definition = questionnaire(question("one"), question("two", show_if=after("one")), pages=(words,))
    steps = cut(definition)

    assert [s.number for s in steps_on_path(definition, steps, {"one": AGREE})] == [0, 1, 2]
    assert [s.number for s in steps_on_path(definition, steps, {"one": DISAGREE})] == [0]


def test_next_and_previous_pass_over_what_is_not_asked():
    definition = questionnaire(
        (question("one"),), (question("two", show_if=after("one")),), (question("three"),)
    )
    steps = cut(definition)
    answers = {"one": DISAGREE}

    assert next_step(definition, steps, answers, steps[0]) == steps[2]
    assert previous_step(definition, steps, answers, steps[2]) == steps[0]
    assert next_step(definition, steps, answers, steps[2]) is None
    assert previous_step(definition, steps, answers, steps[0]) is None
    # Somebody may stand on a page that an earlier answer has taken off the path since.
    assert next_step(definition, steps, answers, steps[1]) == steps[2]


def test_ending_by_screening_leaves_no_further_step():
    definition = questionnaire((screening("eligible"),), (question("later"),))
    steps = cut(definition)

    assert next_step(definition, steps, {"eligible": DISAGREE}, steps[0]) is None


def test_parts_show_the_rows_asked_in_displayed_order():
    rows = (Row(f"r{n}", f"Row {n}", None if n else after("one")) for n in range(7))
    definition = questionnaire(question("one"), grid("long", *rows, row_order=Order.RANDOM))
    steps, shuffle = cut(definition), Shuffle(b"seed")
    asked = [f"r{n}" for n in range(1, 7)]

    shown = [
        [row.code for row in part.rows]
        for step in steps[1:]
        for part in parts_on(step, definition, {}, shuffle)
    ]

    displayed = [row.code for row in shuffle.rows(definition.by_key["long"], asked)]
    assert shown == [displayed[:4], displayed[4:]]


def test_slice_without_rows_left_is_not_on_the_path():
    rows = (Row(f"r{n}", f"Row {n}", after("one") if n < 5 else None) for n in range(8))
    definition = questionnaire(question("one"), grid("long", *rows))
    steps = cut(definition)

    assert [s.number for s in steps_on_path(definition, steps, {})] == [0, 1]
    assert [s.number for s in steps_on_path(definition, steps, {"one": AGREE})] == [0, 1, 2]


def test_progress_counts_sections_with_anything_to_answer():
    definition = questionnaire(
        (question("one"),), (question("two", show_if=after("one")),), (question("three"),)
    )
    steps = cut(definition)

    assert progress(definition, steps, {"one": DISAGREE}, steps[2]) == (2, 2)
    assert progress(definition, steps, {"one": AGREE}, steps[2]) == (3, 3)
    assert progress(definition, steps, {}, steps[0]) == (1, 2)


@pytest.mark.parametrize("key", KEYS)
def test_no_page_of_a_shipped_questionnaire_breaks_the_rule(key):
    definition = shipped(key)

    for step in cut(definition):
        questions = [definition.by_key[part.question_key] for part in step.parts]
        assert len(questions) <= 5
        assert len(questions) == 1 or not any(q.is_grid for q in questions)
        assert not any(q.screen_out for q in questions[:-1])
        keys = {q.key for q in questions}
        assert not any(keys & routed_by_all(definition.by_key, q.key) for q in questions)
        assert all(part.last_row - part.first_row <= 6 for part in step.parts)


@pytest.mark.parametrize("key", KEYS)
def test_pages_on_the_path_show_exactly_what_is_asked(key):
    definition = shipped(key)
    steps = cut(definition)

    @settings(max_examples=25)
    @given(respondents(definition), st.binary(min_size=16, max_size=16))
    def check(answers, seed):
        shuffle = Shuffle(seed)
        shown = [
            item_key(part.question.key, row)
            for step in steps_on_path(definition, steps, answers)
            for part in parts_on(step, definition, answers, shuffle)
            for row in ([row.code for row in part.rows] or [None])
        ]

        assert sorted(shown) == sorted(asked_items(definition, answers))
        assert len(set(shown)) == len(shown)

    check()


@pytest.mark.parametrize("key", KEYS)
def test_previous_step_of_a_next_step_leads_back(key):
    definition = shipped(key)
    steps = cut(definition)

    @settings(max_examples=25)
    @given(respondents(definition))
    def check(answers):
        on_path = steps_on_path(definition, steps, answers)
        for step in on_path:
            following = next_step(definition, steps, answers, step)
            if following:
                assert previous_step(definition, steps, answers, following) == step

    check()
