from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responses.forms import controls, reading, sentences
from responses.forms.fields import field_names, fields_of
from responses.forms.reading import NotOfThisPage, read
from surveys.answers import Answer
from surveys.definition import Choice, Definition, Kind, Question, Role
from surveys.reading import read as read_yaml
from surveys.routing import final_answers
from tests.questionnaires import yaml_text


@lru_cache
def definition(key: str) -> Definition:
    return read_yaml(yaml_text(key))


def question(key: str) -> Question:
    for name in ("law_enforcement", "enterprise"):
        if key in definition(name).by_key:
            return definition(name).by_key[key]
    raise KeyError(key)


def problems(key: str, fields: dict[str, list[str]]) -> list[str]:
    asked = question(key)
    return [problem.sentence for problem in read(asked, asked.rows, fields).problems]


def answer(key: str, fields: dict[str, list[str]]) -> Answer:
    asked = question(key)
    found = read(asked, asked.rows, fields)
    assert not found.problems
    return found.answers[key]


@pytest.mark.parametrize("table", [reading.READERS, controls.DRAWERS, sentences.MISSING])
def test_every_kind_is_in_every_table(table: dict[Kind, Any]) -> None:
    assert set(table) == set(Kind)


def test_single_with_one_choice_is_read() -> None:
    assert answer("le_region", {"q-le_region": ["us"]}) == Answer(codes=("us",))


@pytest.mark.parametrize("posted", [["mars"], ["us", "ca"]])
def test_single_with_what_the_page_cannot_send_is_refused(posted: list[str]) -> None:
    with pytest.raises(NotOfThisPage):
        read(question("le_region"), (), {"q-le_region": posted})


def test_single_left_empty_is_asked_for_once_and_hard_when_routing_needs_it() -> None:
    soft = read(question("le_region"), (), {}).problems
    hard = read(question("le_eligible"), (), {}).problems

    assert [problem.soft for problem in soft + hard] == [True, False]
    assert soft[0].sentence == "Choose an answer to “Where are you based?”"


def test_optional_left_empty_is_nobodys_problem() -> None:
    assert problems("le_country", {}) == problems("le_comment", {}) == []


def test_multiple_keeps_stored_order_and_the_text_of_other() -> None:
    asked = question("ent_plan_steps")
    first, second = asked.choices[0].code, asked.choices[1].code

    given_answer = answer(
        "ent_plan_steps",
        {"q-ent_plan_steps": ["other", second, first], "q-ent_plan_steps-other-other": ["  call\ta lawyer "]},
    )

    assert given_answer == Answer(codes=(first, second, "other"), others=(("other", "call a lawyer"),))


def test_multiple_with_an_exclusive_answer_beside_others_names_it() -> None:
    asked = question("ent_plan_steps")

    (sentence,) = problems("ent_plan_steps", {"q-ent_plan_steps": [asked.choices[0].code, "dont_know"]})

    assert "choose only “I do not know”" in sentence


def test_multiple_with_too_many_says_how_many() -> None:
    asked = question("ent_no_tech_reasons")
    codes = [choice.code for choice in asked.choices if not choice.exclusive][:4]

    (sentence,) = problems("ent_no_tech_reasons", {"q-ent_no_tech_reasons": codes})

    assert sentence.startswith("Choose no more than 3 answers")


def test_other_text_without_its_choice_is_not_dropped_silently() -> None:
    asked = question("ent_plan_steps")
    fields = {"q-ent_plan_steps": [asked.choices[0].code], "q-ent_plan_steps-other-other": ["a lawyer"]}

    (sentence,) = problems("ent_plan_steps", fields)

    assert "empty the field below it" in sentence


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"1": "laptop", "2": "usb_stick"}, ()),
        ({"1": "laptop", "2": "laptop"}, ("You chose “Laptop computer” twice",)),
        ({"2": "laptop"}, ("fill the place “First”",)),
        ({"1": "laptop", "special": "none"}, ("choose only “None of them has increased”",)),
        ({"special": "none"}, ()),
        ({}, ("Choose what comes first",)),
    ],
)
def test_ranking_with_places_and_special_answers(fields: dict[str, str], expected: tuple[str, ...]) -> None:
    found = problems(
        "storage_increasing", {f"q-storage_increasing-{name}": [v] for name, v in fields.items()}
    )

    assert len(found) == len(expected)
    assert all(words in sentence for words, sentence in zip(expected, found, strict=True))


def test_ranking_is_read_in_the_order_of_its_places() -> None:
    fields = {"q-storage_increasing-1": ["usb_stick"], "q-storage_increasing-2": ["laptop"]}

    assert answer("storage_increasing", fields).codes == ("usb_stick", "laptop")


@pytest.mark.parametrize("typed", ["forty", "101", "-1", "40,5"])
def test_number_out_of_its_bounds_says_the_bounds(typed: str) -> None:
    (sentence,) = problems("known_share_typical", {"q-known_share_typical": [typed]})

    assert sentence.endswith("must be a whole number from 0 to 100")


def test_number_beside_a_special_answer_is_asked_again() -> None:
    fields = {"q-known_share_typical": ["40"], "q-known_share_typical-special": ["dont_know"]}

    (sentence,) = problems("known_share_typical", fields)

    assert "choose only “I cannot judge”" in sentence


def test_two_special_answers_are_asked_again() -> None:
    assert problems("known_share_typical", {"q-known_share_typical-special": ["dont_know", "prefer_not"]})


def test_open_list_keeps_positions_and_names_a_text_that_is_too_long() -> None:
    kept = answer("tech_trends", {"q-tech_trends-1": [""], "q-tech_trends-2": ["cloud"]})
    (sentence,) = problems("tech_trends", {"q-tech_trends-1": ["x" * 121]})

    assert kept.texts == ("", "cloud")
    assert "can have 120 characters; this one has 121" in sentence


def test_open_text_counts_characters_and_not_bytes() -> None:
    assert answer("le_comment", {"q-le_comment": ["é" * 800]}).texts == ("é" * 800,)
    assert problems("le_comment", {"q-le_comment": ["é" * 801]})


def test_grid_says_what_is_missing_row_by_row() -> None:
    asked = question("ls_forms_common")

    found = read(asked, asked.rows, {"q-ls_forms_common-induced": ["very_common"]})

    assert [problem.name for problem in found.problems] == [
        "q-ls_forms_common-voluntary",
        "q-ls_forms_common-distant",
    ]
    assert found.answers["ls_forms_common:induced"].codes == ("very_common",)


def test_grid_of_several_keeps_exclusive_answers_alone_in_their_row() -> None:
    asked = question("ls_victim_regions")
    fields = {
        "q-ls_victim_regions-voluntary": ["us", "dont_know"],
        "q-ls_victim_regions-induced": ["us", "ca"],
    }

    found = read(asked, asked.rows[:2], fields)

    assert [problem.name for problem in found.problems] == ["q-ls_victim_regions-voluntary"]


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_no_sentence_uses_words_that_scold(key: str) -> None:
    for asked in definition(key).questions:
        for problem in read(asked, asked.rows, {}).problems:
            before_the_question = problem.sentence.split("“")[0].lower()

            assert not {"please", "valid", "invalid", "required", "oops"} & set(before_the_question.split())


def _answers(asked: Question) -> st.SearchStrategy[Answer]:
    alone = st.sampled_from(asked.offered).map(lambda choice: Answer(codes=(choice.code,)))
    words = st.text("abc é漢", min_size=1, max_size=30).map(str.split).filter(bool).map(" ".join)
    listed = [choice for choice in asked.choices if not choice.exclusive]
    most = asked.max_choices or len(listed)
    if asked.kind in {Kind.MULTIPLE, Kind.GRID_MULTIPLE}:
        some = st.sets(st.sampled_from(listed), min_size=1, max_size=most)
        return alone | some.map(lambda chosen: Answer(codes=tuple(c.code for c in listed if c in chosen)))
    if asked.kind is Kind.RANKING:
        order = st.lists(st.sampled_from(listed), min_size=1, max_size=most, unique=True)
        return order.map(lambda chosen: Answer(codes=tuple(choice.code for choice in chosen)))
    if asked.kind is Kind.NUMBER:
        return alone | st.integers(asked.minimum, asked.maximum).map(lambda number: Answer(number=number))
    if asked.kind is Kind.OPEN_LIST:
        entries = st.lists(words, min_size=1, max_size=asked.entries).map(tuple)
        return entries.map(lambda texts: Answer(texts=texts))
    if asked.kind is Kind.OPEN_TEXT:
        return words.map(lambda text: Answer(texts=(text,)))
    return alone


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_fields_of_answers_read_give_the_answers_back(data: st.DataObject) -> None:
    asked = data.draw(
        st.sampled_from([q for key in ("law_enforcement", "enterprise") for q in definition(key).questions])
    )
    answers = {item: data.draw(_answers(asked)) for item in asked.items}

    fields = fields_of(asked, asked.rows, answers)

    assert read(asked, asked.rows, fields).answers == answers
    assert read(asked, asked.rows, fields).problems == []
    assert set(fields) <= field_names(asked, asked.rows)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_read_without_a_problem_is_final(data: st.DataObject) -> None:
    """What the pages take, the end of the interview keeps as it is."""
    whole = definition(data.draw(st.sampled_from(["law_enforcement", "enterprise"])))
    answers = {item: data.draw(_answers(asked)) for asked in whole.questions for item in asked.items}

    kept = final_answers(whole, answers)

    assert all(kept[item] == answers[item] for item in kept)


def test_role_of_other_is_the_only_one_with_a_text() -> None:
    asked = question("ent_plan_steps")

    named = [name for name in field_names(asked, ()) if "-other-" in name]

    assert named == [f"q-ent_plan_steps-other-{_other(asked).code}"]


def _other(asked: Question) -> Choice:
    return next(choice for choice in asked.choices if choice.role is Role.OTHER_SPECIFY)
