"""Buttons, tabs, languages and the clock on the pages of questions, and what a browser never posts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from lxml import html

from responses.entry import HOURS_OPEN
from responses.forms.step import readable
from responses.models import Draft, Invitation
from surveys.definition import Kind, Role
from surveys.models import Questionnaire, Wave, Wording
from surveys.reading import read
from tests.questionnaires import yaml_text
from tests.respond.fieldwork import Respondent, first_answers, loaded, new_link, open_wave
from tests.respond.test_journey import at_region

pytestmark = pytest.mark.django_db

PAGE_OF_MANY = {"q-tech_trends-1": ["deep fakes"], "q-tech_challenges-2": ["x" * 200]}


@pytest.fixture
def bilingual(db: None) -> Wave:
    """A wave that is open in English and in Swedish."""
    questionnaire = loaded("law_enforcement")
    in_swedish(questionnaire)
    return open_wave(questionnaire, languages=["sv"])


def in_swedish(questionnaire: Questionnaire) -> None:
    """Every text with the name of the language in front of it."""
    own = questionnaire.wordings.filter(language="en")
    Wording.objects.bulk_create(
        Wording(questionnaire=questionnaire, language="sv", path=text.path, text=f"(sv) {text.text}")
        for text in own
    )


def language_of(respondent: Respondent) -> str:
    return str(respondent.page.xpath("string(/html/@lang)"))


def test_language_button_saves_the_page_and_shows_it_in_the_other_language(bilingual: Wave) -> None:
    respondent = Respondent(new_link(bilingual)).begin().to("q-tech_trends-1")
    page = respondent.path
    (button,) = respondent.form.xpath(".//button[starts-with(@value, 'language-')]")

    respondent.press("language-sv", PAGE_OF_MANY)

    assert (button.get("value"), button.get("lang"), button.text) == ("language-sv", "sv", "Svenska")
    assert respondent.path == page
    assert language_of(respondent) == "sv"
    assert "(sv) " in respondent.text()
    assert {name: respondent.fields()[name] for name in PAGE_OF_MANY} == PAGE_OF_MANY


def test_language_that_was_chosen_stays_in_this_browser_and_in_no_other(bilingual: Wave) -> None:
    respondent = Respondent(new_link(bilingual)).begin().to("q-le_region").press("language-sv")

    again = Respondent(respondent.link, respondent.client).open()
    elsewhere = Respondent(respondent.link).open()

    assert language_of(respondent) == language_of(again) == "sv"
    assert language_of(elsewhere) == "en"
    assert Invitation.objects.get().language == "en"


def test_language_of_the_invitation_is_used_when_it_is_open(bilingual: Wave) -> None:
    invited = Respondent(new_link(bilingual, language="sv")).open()
    not_open = Respondent(new_link(bilingual, language="ar")).open()

    assert (language_of(invited), language_of(not_open)) == ("sv", "en")


def test_language_that_is_not_open_is_neither_offered_nor_taken(bilingual: Wave) -> None:
    respondent = Respondent(new_link(bilingual)).begin().to("q-le_region")
    before = bytes(Draft.objects.get().sealed)

    respondent.press("language-ar", {"q-le_region": "us"})

    assert respondent.response.status_code == 400
    assert bytes(Draft.objects.get().sealed) == before
    assert "enquiry_language" not in respondent.client.cookies


def test_language_is_on_every_page_of_questions_and_on_those_to_be_read(bilingual: Wave) -> None:
    respondent = Respondent(new_link(bilingual)).begin()

    while "/answer/step/" in respondent.path:
        assert len(respondent.form.xpath(".//*[@class='languages']//button")) == 1, respondent.path
        assert len(respondent.page.xpath("//*[@class='languages']")) == 1
        respondent.press(answers=first_answers(respondent))


@pytest.fixture
def tabs(wave: Wave) -> tuple[Respondent, Respondent]:
    """One respondent in two tabs of one browser, both at the same page."""
    first = at_region(Respondent(new_link(wave)))
    return first, Respondent(first.link, first.client).get(first.path)


OTHER_TAB = "another tab or window"


def test_page_of_an_earlier_tab_is_saved_and_the_next_page_says_so(
    tabs: tuple[Respondent, Respondent],
) -> None:
    first, second = tabs
    page = first.path
    second.press(answers={"q-le_region": "ca"})

    first.press(answers={"q-le_region": "us"})

    assert OTHER_TAB not in second.text()
    assert OTHER_TAB in first.text()
    assert first.path.endswith("?other")
    assert first.get(page).fields()["q-le_region"] == ["us"]


def test_notice_of_the_other_tab_is_said_once(tabs: tuple[Respondent, Respondent]) -> None:
    first, second = tabs
    second.press(answers={"q-le_region": "ca"})

    first.press(answers={"q-le_region": "us"}).press(answers=first_answers(first))

    assert OTHER_TAB not in first.text()


def test_form_sent_twice_counts_once_and_says_nothing(tabs: tuple[Respondent, Respondent]) -> None:
    first, second = tabs

    for tab in (first, second):
        tab.press(answers={"q-le_region": "us"})

        assert OTHER_TAB not in tab.text()


@pytest.mark.parametrize("saved", ["", "many", "-1", "9" * 400, "٣"])
def test_number_of_saves_that_is_none_loses_nothing(respondent: Respondent, saved: str) -> None:
    page = at_region(respondent).path

    respondent.press(answers={"saved": saved, "q-le_region": "us"})

    assert respondent.response.status_code == 200
    assert respondent.get(page).fields()["q-le_region"] == ["us"]


@pytest.mark.parametrize("action", ["continue", "back", "later", "stay"])
def test_cookie_begins_its_time_anew_with_every_page_saved(respondent: Respondent, action: str) -> None:
    at_region(respondent)

    posted = respondent.client.post(respondent.path, {**respondent.fields(), "action": action})
    read_again = respondent.client.get(respondent.path)

    assert posted.cookies["enquiry_answer"]["max-age"] == HOURS_OPEN * 60 * 60
    assert "enquiry_answer" not in read_again.cookies


def test_staying_saves_and_shows_the_same_page(respondent: Respondent) -> None:
    page = at_region(respondent).path

    respondent.press("stay", {"q-le_region": "us"})

    assert respondent.path == page
    assert respondent.fields()["q-le_region"] == ["us"]


def test_every_page_says_when_it_is_saved_and_for_how_long_the_browser_knows_the_link(
    either_wave: Wave,
) -> None:
    respondent = Respondent(new_link(either_wave)).begin()

    while "/answer/step/" in respondent.path:
        (dialog,) = respondent.form.xpath(".//dialog[@class='ending']")
        assert "no page has been opened for 24 hours" in respondent.text()
        assert dialog.xpath(".//button[@name='action']/@value") == ["stay", "later"]
        assert dialog.xpath(".//button[@type='button']")
        assert respondent.page.xpath("//main/@data-ends-in-seconds") == [str(HOURS_OPEN * 60 * 60)]
        respondent.press(answers=first_answers(respondent))


def test_first_page_of_questions_alone_says_that_answers_are_voluntary(either_wave: Wave) -> None:
    respondent = Respondent(new_link(either_wave)).begin()
    said = []

    while "/answer/step/" in respondent.path:
        said += ["You decide what you answer" in respondent.text()] if respondent.names() else []
        respondent.press(answers=first_answers(respondent))

    assert said[0]
    assert not any(said[1:])


def test_answers_that_are_none_stand_apart_once_in_each_list(either_wave: Wave) -> None:
    key = either_wave.questionnaire.key
    questions = read(yaml_text(key)).by_key
    no_answers = {Role.DONT_KNOW, Role.PREFER_NOT}
    respondent, seen = Respondent(new_link(either_wave)).begin(), 0

    while "/answer/step/" in respondent.path:
        for choices in respondent.form.xpath(".//div[@class='choices']"):
            labels = choices.xpath("label[contains(@class, 'choice')]")
            name = labels[0].xpath("string(input/@name)")
            question = questions[name.removeprefix("q-").partition("-")[0]]
            roles = {choice.code: choice.role for choice in question.offered}
            found = [
                n for n, one in enumerate(labels) if roles[one.xpath("string(input/@value)")] in no_answers
            ]
            apart = [n for n, one in enumerate(labels) if "apart" in one.get("class")]
            after_or = [
                n for n, one in enumerate(labels) if one.xpath("preceding-sibling::*[1][@class='or']")
            ]
            assert set(found[:1]) <= set(apart) | set(after_or), name
            assert set(apart) <= set(found[:1])
            seen += len(apart)
        respondent.press(answers=first_answers(respondent))

    assert seen > 5


def test_every_field_for_words_asks_not_to_write_names_and_says_its_limit(either_wave: Wave) -> None:
    questions = read(yaml_text(either_wave.questionnaire.key)).by_key
    respondent, seen = Respondent(new_link(either_wave)).begin(), 0

    while "/answer/step/" in respondent.path:
        for field in respondent.form.xpath(".//*[@data-most]"):
            question = questions[field.get("name").removeprefix("q-").partition("-")[0]]
            block = field.xpath("ancestor::div[contains(concat(' ', @class, ' '), ' question ')]")[0]
            words = block.text_content()
            assert ("ot write names" in words) + ("without names of persons" in words) == 1, question.key
            assert field.get("data-most") in words
            seen += question.kind in {Kind.OPEN_LIST, Kind.OPEN_TEXT}
        respondent.press(answers=first_answers(respondent))

    assert seen


def test_ranking_tells_the_script_of_its_places(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-storage_increasing-1")

    (places,) = respondent.form.xpath(".//div[@class='places'][@data-ranking]")

    assert len(places.xpath(".//select")) == 3


ENCODED = "application/x-www-form-urlencoded"
GARBAGE: dict[str, dict[str, Any] | bytes] = {
    "zero bytes": {"q-tech_trends-1": "a\0b"},
    "bytes that are no text": b"q-tech_trends-1=a%ff%feb",
    "one field three times": {"q-tech_trends-1": ["a b", "c", "d"]},
    "marks of direction": {"q-tech_trends-1": "a \u202eb"},
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("action", ["later", "continue"])
def test_garbage_in_a_field_is_no_fault_and_keeps_what_else_was_typed(
    wave: Wave, garbage: dict[str, Any] | bytes, action: str
) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-tech_trends-1")
    page = respondent.path
    rest = {**respondent.fields(), "q-tech_challenges-1": ["y" * 200], "action": [action]}
    rest.pop("q-tech_trends-1", None)
    parts = [urlencode(rest, doseq=True).encode()]
    parts += [garbage if isinstance(garbage, bytes) else urlencode(garbage, doseq=True).encode()]

    response = respondent.client.post(page, b"&".join(parts), content_type=ENCODED)

    assert response.status_code in {302, 422}
    fields = respondent.get(page).fields()
    assert fields["q-tech_challenges-1"] == ["y" * 200]
    assert fields["q-tech_trends-1"][0].startswith("a")


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "unicode_escape", "utf-7"])
def test_body_in_another_alphabet_is_no_fault(respondent: Respondent, charset: str) -> None:
    page = at_region(respondent).path
    body = urlencode({**respondent.fields(), "q-le_region": "us", "action": "stay"}, doseq=True)

    response = respondent.client.post(page, body.encode(), content_type=f"{ENCODED}; charset={charset}")

    assert response.status_code in {302, 400}


def test_halves_of_characters_reach_neither_page_nor_draft() -> None:
    posted = readable(MultiValueDict({"q-a": ["a\ud800b", "\udfff"]}))

    assert posted.getlist("q-a") == ["a\ufffdb", "\ufffd"]


def test_file_in_the_place_of_a_field_is_no_answer(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin().to("q-tech_trends-1")
    fields = {name: values[0] for name, values in respondent.fields().items()}
    fields |= {"q-tech_challenges-1": "crypto", "action": "stay", "q-tech_trends-2": ""}

    posted = {**fields, "q-tech_trends-1": SimpleUploadedFile("a.txt", b"text")}
    response = respondent.client.post(respondent.path, posted)

    assert response.status_code == 302
    assert respondent.get(respondent.path).fields()["q-tech_challenges-1"] == ["crypto"]


def test_definitions_are_at_hand_from_the_page_that_brings_them_on(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin()
    brought, at_hand = [], []

    while "/answer/step/" in respondent.path:
        words = respondent.page.xpath("//details[@class='words']")
        at_hand.append(html.tostring(words[0]) if words else b"")
        brought.append(not respondent.names())
        respondent.press(answers=first_answers(respondent))

    last_brought = max(number for number, is_page in enumerate(brought) if is_page)
    assert all(at_hand[last_brought + 1 :])
    assert not at_hand[0]
