"""The whole questionnaire in words: every condition is said where it matters, and nothing is left to look up."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from surveys import condition_words, question_words
from surveys.condition_words import Claim, Clause, Voice, in_words
from surveys.conditions import routed_by, routed_by_all
from surveys.definition import (
    AllOf,
    AnyOf,
    Choice,
    Disposition,
    Kind,
    Leaf,
    Not,
    Op,
    Order,
    PageKind,
    Required,
    Role,
    Row,
    split_item,
)
from surveys.outline import Outline, OutlinedQuestion, outline
from surveys.paging import cut
from tests.surveys.build import KEYS, grid, question, questionnaire, screening, shipped


def asked(written: Outline) -> dict[str, OutlinedQuestion]:
    return {q.question.key: q for s in written.sections for screen in s.screens for q in screen.questions}


def words(clause: Clause | None) -> list[str]:
    return [] if clause is None else [clause.words, *(w for inner in clause.clauses for w in words(inner))]


def items(clause: Clause | None) -> set[str]:
    if clause is None:
        return set()
    return ({clause.item} - {""}).union(*(items(inner) for inner in clause.clauses))


@pytest.mark.parametrize("key", KEYS)
def test_outline_holds_every_question_once_and_every_page_of_the_cut(key: str) -> None:
    definition = shipped(key)

    written = outline(definition)

    keys = [q.question.key for s in written.sections for screen in s.screens for q in screen.questions]
    numbers = [n for s in written.sections for sc in s.screens for n in range(sc.first, sc.last + 1)]
    read_before = [
        step for step in cut(definition) if step.page and step.page.kind is PageKind.WELLBEING_START
    ]
    assert keys == [question.key for question in definition.questions]
    assert numbers == [step.number + 1 for step in cut(definition) if step not in read_before]


@pytest.mark.parametrize("key", KEYS)
def test_outline_names_everything_that_a_question_depends_on(key: str) -> None:
    definition = shipped(key)

    for found in asked(outline(definition)).values():
        own = items(found.condition).union(*(items(row.condition) for row in found.rows))
        inherited = set().union(*(items(one.clause) for one in found.inherited))
        named = {split_item(item)[0] for item in own | inherited}
        assert named == routed_by_all(definition.by_key, found.question.key)


@pytest.mark.parametrize("key", KEYS)
def test_outline_leads_from_each_question_to_those_that_name_it(key: str) -> None:
    definition = shipped(key)

    led = {
        (found.question.key, split_item(reference.item)[0])
        for found in asked(outline(definition)).values()
        for reference in found.leads_to
    }

    assert led == {(before, q.key) for q in definition.questions for before in routed_by(q)}


def test_condition_on_a_row_names_the_row_and_what_the_row_hangs_on() -> None:
    found = asked(outline(shipped("law_enforcement")))["ls_victim_countries_asia"]

    assert found.condition
    assert found.condition.words == (
        "Asked if the answers to question 13, “As far as you know, where did most of the victims live?”, row "
        "“Distant live-streaming” include “South and Central Asia”, “South-East Asia”, or “East Asia”."
    )
    assert [one.reference.item for one in found.inherited] == [
        "ls_victim_regions",
        "ls_victim_regions:distant",
        "ls_forms_common",
    ]


def test_several_conditions_become_a_list_under_one_sentence() -> None:
    inner = AnyOf((Leaf("first", Op.IN, ("agree",)), Not(Leaf("second", Op.ANSWERED))))
    definition = questionnaire(
        question("first"),
        question("second"),
        question("third", show_if=AllOf((inner, Leaf("first", Op.ANSWERED)))),
    )

    found = asked(outline(definition))["third"]

    assert words(found.condition) == [
        "Asked if all of these are true:",
        "At least one of these is true:",
        "The answer to question first, “Text of first” is “Yes”.",
        "This is not true:",
        "There is an answer to question second, “Text of second”.",
        "There is an answer to question first, “Text of first”.",
    ]


def test_list_of_one_condition_is_said_like_the_condition_alone() -> None:
    leaf = Leaf("first", Op.IN, ("agree",))
    definition = questionnaire(question("first"))

    alone, listed = (in_words(c, definition, Voice.ONLY_IF) for c in (leaf, AnyOf((AllOf((leaf,)),))))

    assert alone == listed


@pytest.mark.parametrize(
    ("kind", "op", "values", "sentence"),
    [
        (
            Kind.SINGLE,
            Op.IN,
            ("agree", "disagree"),
            "Asked if the answer to question q, “Text of q” is “Yes” or “No”.",
        ),
        (Kind.MULTIPLE, Op.IN, ("agree",), "Asked if the answers to question q, “Text of q” include “Yes”."),
        (Kind.NUMBER, Op.EQ, (3,), "Asked if the answer to question q, “Text of q” is 3."),
        (Kind.NUMBER, Op.GT, (3,), "Asked if the number given to question q, “Text of q” is greater than 3."),
        (
            Kind.SINGLE,
            Op.NOT_IN,
            ("agree",),
            "Asked of everybody who was asked question q, “Text of q”, unless the answer is “Yes”. Leaving it empty "
            "leads here too.",
        ),
        (
            Kind.MULTIPLE,
            Op.NOT_IN,
            ("agree",),
            "Asked of everybody who was asked question q, “Text of q”, unless the answers include “Yes”. Leaving it "
            "empty leads here too.",
        ),
        (
            Kind.OPEN_TEXT,
            Op.ANSWERED,
            (),
            "Asked if there is an answer to question q, “Text of q”. Special answers such as “I cannot judge” "
            "are none.",
        ),
    ],
)
def test_condition_is_one_sentence(kind: Kind, op: Op, values: tuple[str | int, ...], sentence: str) -> None:
    definition = questionnaire(question("q", kind))

    said = in_words(Leaf("q", op, values), definition, Voice.ASKED_IF)

    assert said == Clause(sentence, item="q")


def test_rows_carry_their_own_conditions() -> None:
    definition = questionnaire(
        question("first"), grid("second", "free", Row("bound", "Bound", Leaf("first", Op.IN, ("agree",))))
    )

    free, bound = asked(outline(definition, Voice.ONLY_IF))["second"].rows

    assert free.condition is None
    assert words(bound.condition) == ["Only if your answer to question first, “Text of first” is “Yes”."]


def test_screening_answers_say_where_the_interview_ends_and_as_what() -> None:
    found = asked(outline(shipped("enterprise")))["ent_size_confirm"]

    assert found.endings == (
        "After “No, 5,000 or fewer” the questions end on the page “Thank you”; counted as not belonging to "
        "those asked.",
        "After “I do not know” the questions end on the page “Thank you”; counted as not known whether they belong "
        "to those asked.",
    )


def test_question_is_described_by_kind_requirement_limits_and_order() -> None:
    choices = (
        Choice("a", "A"),
        Choice("b", "B"),
        Choice("none", "None", Role.NONE, exclusive=True, pin=True),
    )
    definition = questionnaire(
        question(
            "q", Kind.MULTIPLE, choices=choices, max_choices=2, order=Order.RANDOM, required=Required.HARD
        )
    )

    found = asked(outline(definition))["q"]

    assert found.facts == (
        "Several answers.",
        "Must be answered.",
        "At most 2 answers.",
        "Answers in random order.",
        "“None” always comes last.",
    )
    assert found.choices[-1].facts == ("counts as an answer: none", "only alone")


def test_public_list_is_named_by_its_ends_and_not_written_out() -> None:
    found = asked(outline(shipped("law_enforcement")))["le_country"]

    assert found.choices == ()
    assert found.listed == "One of a list with 249 answers, from “Afghanistan” to “Zimbabwe”."


def test_long_question_is_named_by_the_sentence_that_asks() -> None:
    assert condition_words.short("Think of a case. How often?") == "How often?"
    assert condition_words.short("فكّر في قضية؟ كم مرة؟") == "كم مرة؟"
    assert condition_words.short("word " * 40).endswith("word…")
    assert len(condition_words.short("word " * 40)) <= condition_words.LONGEST_NAME + 1


def test_every_value_has_its_words() -> None:
    assert set(question_words.KINDS) == set(question_words.LIMITS) == set(Kind)
    assert set(question_words.REQUIRED) == set(Required)
    assert set(question_words.ORDERS) == set(question_words.ROW_ORDERS) == set(Order) - {Order.FIXED}
    assert set(question_words.ENDINGS) == set(Disposition)
    assert set(question_words.ROLES) == set(Role) - {Role.SUBSTANTIVE}
    assert set(condition_words.SENTENCES) == set(Claim)
    assert all(set(voices) == set(Voice) for voices in condition_words.SENTENCES.values())
    assert all(set(voices) == set(Voice) for voices in condition_words.GROUPS.values())


@pytest.mark.parametrize("language", ["en", "sv", "ar", "en-xa"])
def test_alternatives_are_joined_in_the_language_of_the_page(language: str) -> None:
    joined = {"en": "A or B", "sv": "A eller B", "ar": "A أو B", "en-xa": "A or B"}

    with override(language):
        assert condition_words.one_of(["A", "B"]) == joined[language]


def test_questions_after_a_screening_question_are_in_the_outline_all_the_same() -> None:
    definition = questionnaire(screening("first"), question("second"))

    assert list(asked(outline(definition))) == ["first", "second"]
