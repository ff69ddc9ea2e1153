"""What a respondent sealed or typed goes from memory with the request, and does not wait to be swept up."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.http import QueryDict

from responses.access import visit_by
from responses.forms.step import StepForm
from responses.models import Draft
from responses.sealing import read_token, session_key
from responses.views.steps import journey_of, step_form
from surveys.answers import Answer
from tests.respond.fieldwork import Respondent, first_answers

pytestmark = pytest.mark.django_db


@contextmanager
def nothing_swept() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def alive(kind: type) -> int:
    return sum(type(one) is kind for one in gc.get_objects())


def key_of(respondent: Respondent) -> bytes:
    token = read_token(respondent.link.rpartition("/")[2])
    assert token
    return session_key(token)


def test_draft_that_was_found_goes_with_the_visit(respondent: Respondent) -> None:
    key = key_of(respondent.begin())

    with nothing_swept():
        before = alive(Draft)
        visit = visit_by(key)
        assert visit.draft.sealed
        assert alive(Draft) == before + 1
        del visit

        assert alive(Draft) == before


def test_answers_that_were_posted_go_with_the_form(respondent: Respondent) -> None:
    respondent.begin()
    while not respondent.names():
        respondent.press()
    posted = QueryDict(mutable=True)
    for name, said in first_answers(respondent).items():
        posted.setlist(name, [said] if isinstance(said, str) else list(said))
    journey = journey_of(visit_by(key_of(respondent)))
    step = journey.step(int(respondent.path.rpartition("/")[2]) - 1)
    assert step is not None
    parts = journey.parts(step)

    with nothing_swept():
        forms, answers = alive(StepForm), alive(Answer)
        form = step_form(journey, step, posted)
        assert form.answers
        assert alive(Answer) > answers
        del form

        assert parts
        assert (alive(StepForm), alive(Answer)) == (forms, answers)
