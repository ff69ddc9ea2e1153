"""Pages joined from frozen pieces are the pages that the templates draw, whatever was typed and in whatever order."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html import escape

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from responses.access import Visit, visit_by
from responses.forms import frozen, untouched
from responses.forms.fields import field_names
from responses.forms.page import address_of, page_context, template_of
from responses.forms.step import StepForm, drawn
from responses.journey import Journey
from responses.plans import Plan, filled
from responses.texts import Texts
from responses.views import steps
from surveys.models import Wave
from surveys.ordering import Shuffle
from surveys.paging import Step
from surveys.reading import read
from surveys.wordings import rewritten
from tests.questionnaires import yaml_text
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave
from tests.respond.test_pages import with_tags
from tests.surveys.respondents import answers_of

NASTY = "<b onclick=1>&\"'"
LANGUAGES = ("en", "en-xa", "ar-xb")
SLOTS = tuple(map(frozen.slot, ("value", "options", "questions", "csrf_token")))


@lru_cache
def plan(key: str) -> Plan:
    """A questionnaire with markup in every text that its author wrote."""
    definition = read(yaml_text(key))
    return filled(rewritten(definition, lambda path, text: f"{NASTY}{text}" if text else text), {})


typed = st.text(max_size=20) | st.sampled_from([NASTY, *SLOTS, "</textarea>", "\n\n", "&amp;", "{{ q }}"])


@st.composite
def pages(draw: st.DrawFn) -> tuple[Journey, Step, dict[str, list[str]]]:
    """A page of somebody's way, with anything at all in its fields."""
    whole = plan(draw(st.sampled_from(["law_enforcement", "enterprise"])))
    answers = answers_of(whole.definition, draw(st.integers(0, 200)))
    shuffle = Shuffle(draw(st.binary(min_size=32, max_size=32)))
    journey = Journey(whole, steps.Content(answers=answers), shuffle)
    step = draw(st.sampled_from([step for step in journey.path if step.parts]))
    fields = dict(steps.stored_fields(journey, step))
    for part in journey.parts(step):
        for name in field_names(part.question, part.rows):
            if draw(st.booleans()):
                fields[name] = draw(st.lists(typed, min_size=1, max_size=2))
    return journey, step, fields


@settings(max_examples=150, deadline=None)
@given(pages(), st.sampled_from(LANGUAGES))
def test_questions_from_frozen_pieces_are_those_of_the_templates(
    page: tuple[Journey, Step, dict[str, list[str]]], language: str
) -> None:
    journey, step, fields = page
    form = StepForm(journey.parts(step), shuffle=journey.shuffle, stored=fields)

    with override(language):
        plain = [get_template(shown.template).render({"q": shown}) for shown in form.shown.values()]
        joined = frozen.questions(drawn(journey.parts(step), shuffle=journey.shuffle, stored=fields))

        assert joined == "".join(plain)
        assert joined.split() == render_crispy_form(form).split()
    assert "<b onclick" not in joined


@settings(max_examples=100, deadline=None)
@given(pages(), st.sampled_from(LANGUAGES))
def test_questions_that_nobody_has_touched_are_those_of_the_templates(
    page: tuple[Journey, Step, dict[str, list[str]]], language: str
) -> None:
    journey, step, _fields = page
    parts, shuffle = journey.parts(step), journey.shuffle

    with override(language):
        joined = untouched.questions(parts, shuffle=shuffle, kept=journey.plan.untouched)

        assert joined == frozen.questions(drawn(parts, shuffle=shuffle, stored={}))


@settings(max_examples=60, deadline=None)
@given(pages())
def test_texts_stand_once_escaped_in_frozen_pieces(
    page: tuple[Journey, Step, dict[str, list[str]]],
) -> None:
    journey, step, fields = page

    joined = frozen.questions(drawn(journey.parts(step), shuffle=journey.shuffle, stored=fields))

    for part in journey.parts(step):
        assert escape(part.question.text) in joined
    assert "&amp;lt;" not in joined.replace(escape("&lt;"), "")


def test_slot_of_another_process_is_text_like_any_other() -> None:
    piece = frozen.Frozen(("a", "c"), ("value",))

    assert piece.filled({"value": iter([frozen.slot("value")])}) == f"a{frozen.slot('value')}c"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_every_page_of_a_way_is_the_page_that_its_template_draws(key: str) -> None:
    respondent = Respondent(new_link(open_wave(with_tags(key), languages=["sv"]))).begin()
    seen = 0

    while "/answer/step/" in respondent.path:
        visit = visit_by(base64.urlsafe_b64decode(respondent.client.cookies["enquiry_answer"].value))
        journey = steps.journey_of(visit)
        step = journey.step(int(respondent.path.rpartition("/")[2].partition("?")[0]) - 1)
        assert step is not None
        assert shape(respondent.response.content.decode()) == shape(plain_page(visit, journey, step))
        seen += 1
        respondent.press(answers=first_answers(respondent))

    assert seen > 10
    assert "<b onclick" not in respondent.response.content.decode()


def plain_page(visit: Visit, journey: Journey, step: Step) -> str:
    """The page without anything frozen."""
    hidden = steps._hidden(visit, journey)
    context = page_context(journey, step, address=address_of(step), hidden=hidden)
    request: HttpRequest = RequestFactory().get("/")
    given = Texts(visit).frame | context | {"form": steps.step_form(journey, step)}
    return get_template(template_of(step)).render(given, request)


def shape(markup: str) -> list[str]:
    """The words of a page, without the token against forged forms, which each page has of its own."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", markup).split()


@pytest.mark.django_db
def test_answer_that_looks_like_a_slot_comes_back_as_it_was_typed(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-tech_trends-1")
    page = respondent.path
    said = [frozen.slot("value"), f"{NASTY}", frozen.slot("questions")]

    respondent.press("later", {f"q-tech_trends-{n}": text for n, text in enumerate(said, start=1)}).get(page)

    fields = respondent.fields()
    assert [fields[f"q-tech_trends-{n}"] for n in (1, 2, 3)] == [[text] for text in said]


@pytest.mark.django_db
def test_token_against_forged_forms_is_of_each_page_its_own(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-le_region")

    tokens = {tuple(respondent.get(respondent.path).fields()["csrfmiddlewaretoken"]) for _ in range(3)}

    assert len(tokens) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_ranked", [True, False])
@pytest.mark.parametrize("said", [(), (f"a\n{NASTY}",), (NASTY, SLOTS[0]), ("1", "2", "3")])
def test_checked_answer_is_the_one_that_its_template_says(
    said: tuple[str, ...], is_ranked: bool, language: str
) -> None:
    own = {"asked": NASTY, "heading": "of all", "is_ranked": is_ranked, "address": "/answer/step/3#q-a&b"}

    with override(language):
        plain = get_template("respond/checked.html").render({**own, "said": said})
        joined = frozen.checked(NASTY, "of all", said, is_ranked=is_ranked, address="/answer/step/3#q-a&b")

    assert joined == plain
    assert all(escape(text.splitlines()[0]) in joined for text in said)
