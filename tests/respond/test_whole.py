"""The whole questionnaire before answering: all of it, in words, for whoever has a link; and nothing changes by it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from responses.forms.controls import MATRIX_COLUMNS
from responses.models import Draft, Invitation, PrintedQuestionnaire
from responses.pdf import style
from responses.plans import plan_of
from responses.printing import ENDINGS, SHAPES, WIDEST_TABLE
from surveys.conditions import conditions_of
from surveys.definition import Kind
from surveys.models import Wave
from surveys.outline import CLOSING
from tests.respond.fieldwork import Respondent, new_link, open_wave
from tests.respond.test_style import PHYSICAL


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def block(respondent: Respondent, key: str) -> html.HtmlElement:
    return respondent.page.get_element_by_id(f"q-{key}")


def test_whole_questionnaire_shows_every_text_of_every_question(either_wave: Wave) -> None:
    respondent = Respondent(new_link(either_wave)).open().get("/answer/whole")

    definition = plan_of(either_wave, "en").definition
    for question in definition.questions:
        said = words(block(respondent, question.key))
        labels = [] if question.choices_from else [choice.label for choice in question.choices]
        labels += [choice.label for choice in question.special] + [row.label for row in question.rows]
        wanted = [f"{question.number}. {question.text}", question.help, *labels]
        assert [text for text in wanted if " ".join(text.split()) not in said] == []


def test_whole_questionnaire_has_consent_definitions_and_endings_with_their_places_filled(
    either_wave: Wave,
) -> None:
    respondent = Respondent(new_link(either_wave)).open().get("/answer/whole")

    headings = [words(heading) for heading in respondent.page.xpath("//h2 | //h3")]
    for page in plan_of(either_wave, "en").definition.pages:
        assert page.title in headings
    assert "run by the organisation and paid for by the funder" in respondent.text()
    assert "[" not in respondent.text()
    assert "{" not in respondent.text()


def test_whole_questionnaire_says_of_whom_each_question_is_asked(either_wave: Wave) -> None:
    respondent = Respondent(new_link(either_wave)).open().get("/answer/whole")

    for question in plan_of(either_wave, "en").definition.questions:
        routing = block(respondent, question.key).xpath(".//div[@class='routing']")
        assert len(routing) == len(list(conditions_of(question))), question.key
        assert all(words(each).startswith("Only if") for each in routing)


def test_screening_question_says_that_the_questions_may_end(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).open().get("/answer/whole")

    assert "If your answer is “No”, the questions end there." in words(block(respondent, "le_eligible"))


def test_whole_questionnaire_is_to_be_read_and_has_no_field(either_wave: Wave) -> None:
    respondent = Respondent(new_link(either_wave)).open().get("/answer/whole")

    fields = respondent.page.xpath("//main//input | //main//select | //main//textarea | //main//form")
    assert fields == []
    assert respondent.page.xpath("//main//button/@data-print") == [""]
    assert respondent.page.xpath("//main//button/@hidden") == [""]


def test_whole_questionnaire_is_there_before_answering_and_during_it(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).open()

    before = respondent.get("/answer/whole").response
    respondent.get("/answer/").post({"consent_given": ["yes"], "action": ["continue"]})
    during = respondent.get("/answer/whole").response

    assert (before.status_code, during.status_code) == (200, 200)
    assert before.content.count(b'class="box') == during.content.count(b'class="box')


def test_whole_questionnaire_changes_nothing(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin()
    before = list(Draft.objects.values_list("sealed")), list(Invitation.objects.values_list("state"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        respondent.get("/answer/whole").get("/answer/whole.pdf")

    assert (
        list(Draft.objects.values_list("sealed")),
        list(Invitation.objects.values_list("state")),
    ) == before
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


def test_whole_questionnaire_without_a_link_is_turned_away(wave: Wave) -> None:
    stranger = Respondent(new_link(wave))

    assert [stranger.get(path).response.status_code for path in ("/answer/whole", "/answer/whole.pdf")] == [
        404,
        404,
    ]


def test_whole_questionnaire_of_a_wave_that_has_closed_or_not_begun_is_not_shown(db: None) -> None:
    now = datetime.now(UTC)
    closed = open_wave("enterprise", year=2019)
    coming = open_wave("law_enforcement", year=2020, opens_at=now + timedelta(days=1))
    visitors = [Respondent(new_link(wave)).open() for wave in (closed, coming)]
    Wave.objects.filter(pk=closed.pk).update(closes_at=now - timedelta(hours=2))

    headings = [visitor.get("/answer/whole").heading for visitor in visitors]

    assert headings == ["This survey has closed", "This survey is not open yet"]


def test_page_offers_the_pdf_when_there_is_one_and_says_so_while_there_is_none(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).open()

    without = respondent.get("/answer/whole").text()
    turned = respondent.get("/answer/whole.pdf").path
    PrintedQuestionnaire.objects.create(wave=wave, language="en", fingerprint="f", content=b"%PDF-1.7")
    offered = respondent.get("/answer/whole").page.xpath("//a[@href='/answer/whole.pdf']")
    file = respondent.get("/answer/whole.pdf").response

    assert "A PDF of it is being made" in without
    assert turned == "/answer/whole"
    assert len(offered) == 1
    assert file.content == b"%PDF-1.7"
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == 'attachment; filename="law_enforcement-en.pdf"'
    assert file["Cache-Control"] == "no-store"


def test_pdf_of_another_language_is_not_offered(wave: Wave) -> None:
    PrintedQuestionnaire.objects.create(wave=wave, language="sv", fingerprint="f", content=b"%PDF-1.7")

    respondent = Respondent(new_link(wave)).open().get("/answer/whole")

    assert respondent.page.xpath("//a[@href='/answer/whole.pdf']") == []


def test_every_kind_and_every_closing_page_has_its_way_to_be_printed() -> None:
    assert set(SHAPES) == set(Kind)
    assert set(ENDINGS) == set(CLOSING)
    assert WIDEST_TABLE == MATRIX_COLUMNS


@pytest.mark.parametrize("text", ["<b onclick=x>", "{% now %}", "&lt;"])
def test_authors_text_is_shown_as_text(wave: Wave, text: str) -> None:
    wave.questionnaire.wordings.filter(path="question.le_role.text").update(text=text)
    wave.questionnaire.texts_version += 1
    wave.questionnaire.definition_hash = f"changed{text}"
    wave.questionnaire.save()

    respondent = Respondent(new_link(wave)).open().get("/answer/whole")

    assert words(block(respondent, "le_role").xpath("h3")[0]) == f"4. {text}"


def test_stylesheet_of_the_printed_questionnaire_serves_both_directions() -> None:
    assert re.findall(PHYSICAL, style()) == []
    assert "url(" not in style()
