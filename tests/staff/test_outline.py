"""All routes of a questionnaire on one page, with links that lead somewhere, for whoever may look at waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from lxml import html

from accounts.models import User
from responses.plans import filled
from surveys.definition import PageKind
from surveys.models import Questionnaire, Wave
from surveys.queries import definition_of
from surveys.storage import write_wordings
from tests.respond.fieldwork import loaded, open_wave
from tests.staff.people import member
from tests.staff.visits import get

LogIn = Callable[[User], Client]


@pytest.fixture(params=["law_enforcement", "enterprise"])
def questionnaire(request: pytest.FixtureRequest, db: None) -> Questionnaire:
    return loaded(request.param)


@pytest.fixture
def client(logged_in: LogIn, analyst: User) -> Client:
    return logged_in(analyst)


def outline_of(client: Client, questionnaire: Questionnaire, query: str = "") -> html.HtmlElement:
    return html.document_fromstring(get(client, f"/staff/questionnaires/{questionnaire.pk}/outline/{query}"))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_outline_shows_every_question_with_its_answers_and_codes(
    client: Client, questionnaire: Questionnaire
) -> None:
    page = outline_of(client, questionnaire)

    for question in filled(definition_of(questionnaire), {}).definition.questions:
        said = words(page.get_element_by_id(f"q-{question.key}"))
        choices = () if question.choices_from else question.choices
        wanted = [question.text, question.key, question.help]
        wanted += [f"{each.label} {each.code}" for each in (*choices, *question.special, *question.rows)]
        assert [text for text in wanted if " ".join(text.split()) not in said] == []


def test_every_link_of_the_outline_leads_to_one_place_of_it(
    client: Client, questionnaire: Questionnaire
) -> None:
    page = outline_of(client, questionnaire)

    ids = Counter(page.xpath("//@id"))
    targets = {link.removeprefix("#") for link in page.xpath("//main//a/@href") if link.startswith("#")}
    assert len(targets) > len(definition_of(questionnaire).questions)
    assert {target: ids[target] for target in targets if ids[target] != 1} == {}


def test_outline_shows_the_texts_to_read_where_they_are_read(
    client: Client, questionnaire: Questionnaire
) -> None:
    page = outline_of(client, questionnaire)

    for text in definition_of(questionnaire).pages:
        block = page.get_element_by_id(f"p-{text.key}")
        assert text.title in words(block)
        if text.kind is PageKind.DEFINITIONS:
            assert block.getparent().get("class") == "screen"


def test_outline_says_both_ways_what_depends_on_what(client: Client, db: None) -> None:
    page = outline_of(client, loaded("law_enforcement"))

    asked_if = words(page.get_element_by_id("q-ls_victim_countries_asia"))
    leads_to = words(page.get_element_by_id("q-ls_frequency"))

    assert "Asked if the answers to question 13" in asked_if
    assert "What these conditions hang on in their turn:" in asked_if
    assert "Question 12, “When you find evidence" in leads_to


def test_outline_in_another_language_marks_its_texts(client: Client, questionnaire: Questionnaire) -> None:
    write_wordings(questionnaire, "ar", {"questionnaire.title": "استبيان"})
    questionnaire.texts_version += 1
    questionnaire.save()

    page = outline_of(client, questionnaire, "?language=ar")

    assert {(p.get("lang"), p.get("dir"), words(p)) for p in page.xpath("//p[@class='lead']")} == {
        ("ar", "rtl", "استبيان")
    }
    assert page.xpath("/html/@lang") == ["en"]
    assert page.xpath("//main//h3[not(ancestor-or-self::*[@dir='rtl'][@lang='ar'])]") == []
    assert page.xpath("//a[@hreflang]/@hreflang") == ["en"]


def test_language_that_there_are_no_texts_in_is_the_source_language(
    client: Client, questionnaire: Questionnaire
) -> None:
    page = outline_of(client, questionnaire, "?language=<b>")

    assert set(page.xpath("//main//h3/@lang")) == {"en"}


def test_outline_of_a_wave_has_its_places_filled(client: Client, db: None) -> None:
    wave = open_wave("enterprise")

    said = get(client, f"/staff/waves/{wave.pk}/outline/")

    assert "run by the organisation and paid for by the funder" in words(html.document_fromstring(said))


def test_list_names_each_version_with_its_state_and_languages(client: Client, db: None) -> None:
    wave = open_wave("enterprise", status=Wave.Status.DRAFT)
    loaded("law_enforcement")
    Questionnaire.objects.filter(pk=wave.questionnaire_id).update(frozen_at=wave.opens_at)
    write_wordings(wave.questionnaire, "sv", {"questionnaire.title": "Enkät"})

    page = html.document_fromstring(get(client, "/staff/questionnaires/"))

    rows = [[words(cell) for cell in row][2:4] for row in page.xpath("//tbody/tr")]
    assert rows == [["frozen", "English, Svenska"], ["draft", "English"]]


def test_list_without_any_questionnaire_says_how_to_load_one(client: Client, no_questionnaires: None) -> None:
    assert "manage.py load_questionnaire" in get(client, "/staff/questionnaires/")


@pytest.mark.parametrize("page", ["outline", "try"])
def test_questionnaire_that_does_not_exist_is_not_found(client: Client, page: str) -> None:
    assert client.get(f"/staff/questionnaires/999/{page}/").status_code == 404


def test_outline_is_for_those_who_may_look_at_waves(logged_in: LogIn, questionnaire: Questionnaire) -> None:
    assert logged_in(member()).get(f"/staff/questionnaires/{questionnaire.pk}/outline/").status_code == 403


def test_author_cannot_put_markup_into_the_outline(client: Client, questionnaire: Questionnaire) -> None:
    write_wordings(questionnaire, "sv", {"questionnaire.title": "<b onclick=x>Enkät"})
    questionnaire.texts_version += 1
    questionnaire.save()

    assert "<b onclick" not in get(client, f"/staff/questionnaires/{questionnaire.pk}/outline/?language=sv")
