from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from lxml import html

from reports.demo.client import Ending, JourneyFailed, Page, Respondent, fields_of, question_names
from surveys.answers import Answer
from surveys.definition import Definition
from surveys.reading import read

QUESTIONNAIRES = Path(__file__).resolve().parents[2] / "surveys/questionnaires"
BASE = "http://survey.example.org"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return read((QUESTIONNAIRES / "law_enforcement.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("item", "answer", "fields"),
    [
        ("le_region", Answer(codes=("us",)), {"q-le_region": ["us"]}),
        ("ls_forms_common:distant", Answer(codes=("neither",)), {"q-ls_forms_common-distant": ["neither"]}),
        ("storage_increasing", Answer(codes=("laptop", "tablet")), {
            "q-storage_increasing-1": ["laptop"], "q-storage_increasing-2": ["tablet"],
        }),
        ("storage_increasing", Answer(codes=("none",)), {"q-storage_increasing-special": ["none"]}),
        ("known_share_typical", Answer(number=0), {"q-known_share_typical": ["0"]}),
        ("known_share_typical", Answer(codes=("dont_know",)), {"q-known_share_typical-special": ["dont_know"]}),
        ("tech_trends", Answer(texts=("tor", "cloud")), {"q-tech_trends-1": ["tor"], "q-tech_trends-2": ["cloud"]}),
        ("le_comment", Answer(texts=("Thank you.",)), {"q-le_comment": ["Thank you."]}),
        ("ls_victim_regions:distant", Answer(codes=("as_se", "ru")), {"q-ls_victim_regions-distant": ["as_se", "ru"]}),
        ("le_years", Answer(), {}),
    ],
)  # fmt: skip
def test_answer_of_each_kind_is_typed_into_its_fields(
    definition: Definition, item: str, answer: Answer, fields: dict[str, list[str]]
) -> None:
    assert fields_of(definition, {item: answer}) == fields


def page(body: str, status: int = 200) -> Page:
    return Page(f"{BASE}/answer/step/3", status, html.fromstring(f"<html><body>{body}</body></html>"))


def test_form_is_found_by_where_it_posts_to_and_not_by_its_anchor() -> None:
    seen = page(
        '<form method="get" action="/answer/step/3"></form>'
        '<form method="post" action="/answer/step/3#errors"><input name="q-a"><input name="draft"></form>'
    )

    form = seen.form_to("/answer/step/")

    assert form is not None
    assert question_names(form) == {"q-a"}


def test_form_without_an_address_posts_to_its_page() -> None:
    assert page('<form method="post"></form>').form_to("/answer/step/") is not None
    assert page('<form method="post"></form>').form_to("/answer/send") is None


def respondent(pages: dict[str, str], fields: dict[str, list[str]]) -> tuple[Respondent, list[httpx.Request]]:
    """A respondent before a small made-up site: the answer to each method and path."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        body = pages[f"{request.method} {request.url.path}"]
        return httpx.Response(422 if "Error" in body else 200, html=f"<html><body>{body}</body></html>")

    return Respondent(httpx.MockTransport(answer), BASE, fields), seen


STEP = """<form method="post" action="/answer/step/1"><input type="hidden" name="draft" value="d1">
<input type="radio" name="q-a" value="x"><button name="action" value="continue"></button>{more}</form>"""
SKIP = '<div role="alert">Error</div><button name="action" value="skip"></button>'


def test_respondent_sends_hidden_fields_answers_and_the_main_button() -> None:
    person, seen = respondent(
        {"GET /i/t": STEP.format(more=""), "POST /answer/step/1": "<h1>Thank you</h1>"}, {"q-a": ["x"]}
    )

    ending = person.answer("/i/t")

    assert ending is Ending.SENT
    assert seen[-1].content == b"draft=d1&q-a=x&action=continue"


def test_respondent_with_an_answer_that_no_page_asks_for_fails() -> None:
    pages = {"GET /i/t": STEP.format(more=""), "POST /answer/step/1": "<h1>Thank you</h1>"}
    person, _seen = respondent(pages, {"q-a": ["x"], "q-b": ["y"]})

    with pytest.raises(JourneyFailed, match="q-b"):
        person.answer("/i/t")


def test_respondent_whose_answer_is_refused_fails_with_what_the_page_says() -> None:
    pages = {
        "GET /i/t": STEP.format(more=""),
        "POST /answer/step/1": STEP.format(more='<p role="alert">Error: too long</p>'),
    }
    person, _seen = respondent(pages, {"q-a": ["x"]})

    with pytest.raises(JourneyFailed, match="too long"):
        person.answer("/i/t")


def test_respondent_leaves_a_question_empty_only_after_the_reminder() -> None:
    pages = {"GET /i/t": STEP.format(more=""), "POST /answer/step/1": STEP.format(more=SKIP)}
    person, seen = respondent(pages, {})

    with pytest.raises(JourneyFailed):
        person.answer("/i/t")

    assert [b"action=continue" in seen[1].content, b"action=skip" in seen[2].content] == [True, True]
