from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responses import ballots
from responses.sealing import BallotUnreadable, new_receipt, receipt_hash
from surveys.answers import Answer
from surveys.definition import Definition, Kind, Required
from surveys.routing import final_answers
from tests.surveys.build import KEYS, shipped
from tests.surveys.respondents import answers_of


def complete(definition: Definition, seed: int) -> dict[str, Answer]:
    """Somebody who skips questions, but none of those that must be answered."""
    answers = answers_of(definition, seed)
    for question in definition.questions:
        if question.required is Required.HARD and answers.get(question.key) == Answer():
            answers[question.key] = Answer(codes=(question.choices[0].code,))
    return final_answers(definition, answers)


def test_every_kind_of_question_has_its_check() -> None:
    assert set(ballots.CHECKS) == set(Kind)


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None)
@given(seed=st.integers(0, 2**32))
def test_ballot_of_anybody_is_read_back_as_it_was_sent(key: str, seed: int) -> None:
    definition = shipped(key)
    answers = complete(definition, seed)
    receipt = new_receipt()
    missing = {item for item, answer in answers.items() if answer == Answer()}

    problems = ballots.problems(definition, answers)
    assert set(problems) <= missing
    if not problems:
        payload = json.loads(json.dumps(ballots.payload(definition, answers, receipt)))
        assert ballots.read(payload, definition) == ballots.Sent(answers, receipt_hash(receipt))


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    path=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    junk=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_ballot_with_anything_in_any_place_is_read_or_unreadable(
    key: str, seed: int, path: list[int], junk: object
) -> None:
    definition = shipped(key)
    payload = json.loads(json.dumps(ballots.payload(definition, complete(definition, seed), new_receipt())))
    place = payload
    for step in path[:-1]:
        inner = list(place.values())[step % len(place)] if isinstance(place, dict) and place else None
        place = inner if isinstance(inner, dict) and inner else place
    name = list(place)[path[-1] % len(place)]
    place[name] = junk

    try:
        sent = ballots.read(payload, definition)
    except BallotUnreadable:
        return
    assert final_answers(definition, sent.answers) == sent.answers
