"""Rules of every page of a respondent, checked on all of them: filled, empty and with errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from lxml import html

from responses.access import Visit
from responses.views import steps
from surveys.models import Questionnaire, Wave
from surveys.reading import read
from surveys.storage import write
from surveys.wordings import rewritten
from tests.questionnaires import yaml_text
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave

pytestmark = pytest.mark.django_db

INLINE = re.compile(rb"\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=", re.IGNORECASE)
FOCUSABLE = {"input", "select", "textarea"}
PUBLIC_PAGES = ("/withdraw/", "/code/", "/what-we-store/", "/answer/", "/i/" + "A" * 22)
LEAVING_PAGES = ("/answer/later", "/answer/stop", "/answer/decline", "/answer/")
B = "<b onclick='x'>"


def every_page(wave: Wave) -> Iterator[Respondent]:
    """Each page of the way, empty, with the errors of leaving it empty, and the pages beside it."""
    respondent = Respondent(new_link(wave)).open()
    yield respondent
    yield respondent.post({"action": "continue"})
    for path in PUBLIC_PAGES:
        yield Respondent("").get(path)
    respondent.begin()
    while "/answer/step/" in respondent.path:
        yield respondent
        if respondent.names():
            yield respondent.press()
        if "/answer/step/" in respondent.path:
            respondent.press(answers=first_answers(respondent))
    for path in LEAVING_PAGES:
        yield Respondent(respondent.link, respondent.client).get(path)
    yield respondent
    yield respondent.press("send")
    yield respondent.open()


def test_every_page_keeps_the_rules(either_wave: Wave) -> None:
    for respondent in every_page(either_wave):
        response, page = respondent.response, respondent.page

        assert response["Cache-Control"] == "no-store", respondent.path
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Content-Security-Policy"].startswith("default-src 'none'")
        assert not INLINE.search(response.content), respondent.path
        assert len(page.xpath("//h1")) == 1, respondent.path
        assert len(page.xpath("//main[@id='main'] | //body/header | //body/footer")) == 3
        assert page.xpath("//body/*[1]/@href") == ["#main"]
        assert page.xpath("/html/@lang | /html/@dir") == ["en", "ltr"]
        assert "sessionid" not in respondent.client.cookies
        assert not page.xpath("//*[@required]")
        assert_ids_are_whole(page, respondent.path)


def assert_ids_are_whole(page: html.HtmlElement, path: str) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), (path, [one for one in ids if ids.count(one) > 1])
    named = [
        one
        for names in page.xpath("//@aria-describedby | //@aria-labelledby | //label/@for")
        for one in names.split()
    ]
    assert set(named) <= set(ids), path


def test_every_summary_link_leads_to_a_control_that_takes_the_focus(either_wave: Wave) -> None:
    seen = 0
    for respondent in every_page(either_wave):
        for link in respondent.page.xpath("//div[@id='errors']//a"):
            (target,) = respondent.page.xpath(f"//*[@id='{link.get('href')[1:]}']")

            assert target.tag in FOCUSABLE
            assert target.get("type") != "hidden"
            assert (
                respondent.text().count(" ".join(link.text.split())) > 1
                or target.get("name") == "consent_given"
            )
            seen += 1
    assert seen > 15


def test_pages_with_errors_say_so_in_the_title_and_take_the_focus(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-le_eligible").press()

    (summary,) = respondent.page.xpath("//div[@id='errors']")
    assert respondent.page.xpath("string(//title)").startswith("Error: ")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert summary.get("autofocus") is not None
    assert respondent.form.get("action").endswith("#errors")


def test_reading_pages_writes_nothing(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-le_region")

    with CaptureQueriesContext(connection) as queries:
        for path in (respondent.link, respondent.path, *LEAVING_PAGES, "/answer/check", *PUBLIC_PAGES):
            respondent.get(path)

    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_question_page_asks_the_database_once_and_saving_reads_and_writes_once(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-le_region")

    with CaptureQueriesContext(connection) as shown:
        respondent.client.get(respondent.path)
    with CaptureQueriesContext(connection) as saved:
        respondent.client.post(
            respondent.path, {**respondent.fields(), "q-le_region": "us", "action": "continue"}
        )

    (query,) = shown
    assert query["sql"].startswith("SELECT")
    assert [query["sql"].split()[0] for query in saved] == ["SELECT", "UPDATE"]


def test_page_saved_while_another_tab_saved_starts_again_with_the_draft_locked(
    wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-le_region")
    form = {**respondent.fields(), "q-le_region": "us", "action": "continue"}
    read_answers = steps.answering

    def answering_as_another_tab_saves(request: HttpRequest, now: datetime) -> Visit:
        visit = read_answers(request, now)
        other = read_answers(request, now)
        with transaction.atomic():
            other.save(replace(other.content(), saves=other.content().saves + 1))
        return visit

    monkeypatch.setattr(steps, "answering", answering_as_another_tab_saves)
    with CaptureQueriesContext(connection) as saved:
        answer = respondent.client.post(respondent.path, form)

    # The tests run in a transaction, so that its begin and its end are a savepoint and its release.
    words = [query["sql"].split()[0] for query in saved]
    assert words[-4:] == ["SAVEPOINT", "SELECT", "UPDATE", "RELEASE"]
    assert "FOR UPDATE" in saved[-3]["sql"]
    assert answer.status_code == 302
    assert answer["Location"].endswith("?other")


def test_exclusive_answers_stand_last_after_an_or(db: None) -> None:
    respondent = Respondent(new_link(open_wave("enterprise"))).begin().to("q-ent_plan_steps")

    (fieldset,) = respondent.page.xpath("//fieldset[@id='q-ent_plan_steps']")
    words = [
        element.text_content().strip()
        for element in fieldset.xpath(".//label[@class='choice'] | .//p[@class='or']")
    ]
    assert words[words.index("or") + 1 :] == ["I do not know", "I prefer not to answer"]


def test_small_grid_is_a_matrix_and_a_large_one_a_list(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-ls_forms_common-voluntary")
    small = respondent.page.xpath("//div[@class='grid matrix']")
    respondent.to("q-ls_victim_regions-voluntary")
    large = respondent.page.xpath("//div[@class='grid']")

    assert small
    assert large


def test_text_in_choice_and_hint_and_error_is_escaped(db: None) -> None:
    wave = open_wave(with_tags("enterprise"))

    for respondent in every_page(wave):
        assert b"<b onclick" not in respondent.response.content, respondent.path

    assert "&lt;b onclick" in Respondent(new_link(wave)).open().response.content.decode()


def test_text_of_a_respondent_is_escaped_everywhere(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-tech_trends-1")
    answers = {"q-tech_trends-1": f'{B}&"', "q-tech_challenges-1": B * 20, "q-tech_helpful-1": "a"}

    respondent.press(answers=answers)
    wrong = respondent.response.content
    respondent.press(answers={"q-tech_challenges-1": B}).walk(first_answers)

    assert b"<b onclick" not in wrong + respondent.response.content
    assert f'{B}&"' in respondent.text()


def with_tags(key: str) -> Questionnaire:
    """Another version of the questionnaire, with a tag in front of every text."""
    definition = rewritten(read(yaml_text(key)), lambda path, text: f"{B}{text}" if text else text)
    return write(replace(definition, version=2))


def test_language_of_the_link_is_the_language_of_the_page(wave: Wave) -> None:
    """Without a translation the texts stay English, and the page says that they are."""
    respondent = Respondent(new_link(wave, language="sv")).open()

    assert respondent.page.xpath("/html/@lang") == ["en"]


def test_places_and_dates_are_filled_in(either_wave: Wave) -> None:
    text = Respondent(new_link(either_wave)).open().text()

    assert "[" not in text
    assert "the funder" in text
    assert str(datetime.now(UTC).year) in text
