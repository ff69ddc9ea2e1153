"""Forms that no longer fit the draft of this browser's link: nothing is saved, and what was typed is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import QueryDict

from responses.forms.fields import field_names
from responses.models import Draft
from responses.typed import typed_answers
from surveys.definition import Kind, Question, Role
from surveys.models import Wave
from surveys.queries import definition_of
from tests.respond.fieldwork import Fields, Respondent, first_answers, loaded, new_link
from tests.respond.test_journey import at_region

pytestmark = pytest.mark.django_db


def sealed() -> set[bytes]:
    return {bytes(draft.sealed) for draft in Draft.objects.all()}


@pytest.fixture
def second(respondent: Respondent, wave: Wave) -> Respondent:
    """A second person at the same browser, with a page of the first one still open in it."""
    at_region(respondent)
    other = Respondent(new_link(wave), client=respondent.client)
    other.begin()
    return other


def test_form_of_the_first_person_saves_nothing_for_the_second_and_is_shown(
    respondent: Respondent, second: Respondent
) -> None:
    before = sealed()

    respondent.press(answers={"q-le_region": "us"})

    assert respondent.response.status_code == 400
    assert respondent.heading == "These answers belong to another link"
    assert "Nothing of it was saved" in respondent.text()
    assert "United States" in respondent.text()
    assert sealed() == before


def test_form_of_the_first_person_is_saved_once_their_link_is_shown(
    respondent: Respondent, second: Respondent
) -> None:
    respondent.press("later", {"q-le_region": "us"})

    respondent.post({**respondent.fields(), "link": [respondent.link]})

    assert respondent.heading == "Saved for later"
    path = respondent.page.xpath("//main//a[@class='button']/@href")[0]
    assert respondent.get(path).fields()["q-le_region"] == ["us"]


def test_form_shown_with_the_wrong_link_once_more_saves_nothing(
    respondent: Respondent, second: Respondent
) -> None:
    respondent.press(answers={"q-le_region": "us"})
    before = sealed()

    respondent.post({**respondent.fields(), "link": [second.link]})

    assert respondent.heading == "These answers belong to another link"
    assert "United States" in respondent.text()
    assert sealed() == before


def test_page_leads_on_with_the_link_that_is_open(respondent: Respondent, second: Respondent) -> None:
    respondent.press(answers={"q-le_region": "us"})

    respondent.get(respondent.page.xpath("//main//a[@class='button']/@href")[0])

    assert respondent.heading == "Welcome back"


def test_page_of_a_draft_deleted_and_begun_anew_is_shown_and_not_saved(respondent: Respondent) -> None:
    at_region(respondent)
    stale, path = {**respondent.fields(), "q-le_region": ["us"], "action": ["continue"]}, respondent.path
    respondent.press("stop").post(respondent.fields())
    at_region(respondent)
    before = sealed()

    respondent.post(stale, path)

    assert respondent.heading == "These answers belong to another link"
    assert "deleted and begun anew" in respondent.text()
    assert "United States" in respondent.text()
    assert sealed() == before


def test_page_of_a_draft_deleted_in_another_tab_is_shown(respondent: Respondent) -> None:
    at_region(respondent)
    Draft.objects.all().delete()

    respondent.press(answers={"q-le_region": "us"})

    assert respondent.response.status_code == 409
    assert respondent.heading == "There are no saved answers here"
    assert "United States" in respondent.text()
    assert not Draft.objects.exists()


def test_page_that_another_tab_has_routed_past_is_shown(respondent: Respondent) -> None:
    """Nothing typed is lost, whatever the reason for which it cannot be saved."""
    at_region(respondent)

    respondent.post(
        {**respondent.fields(), "q-le_region": ["us"], "action": ["continue"]}, "/answer/step/999"
    )

    assert respondent.heading == "That did not fit"
    assert "United States" in respondent.text()


def test_typed_words_are_escaped(respondent: Respondent, second: Respondent) -> None:
    stranger = {"draft": ["other"], "action": ["continue"], "q-tech_trends-1": ["<b onclick=x>bold</b>"]}

    respondent.post(stranger, respondent.path)

    assert "<b onclick=x>bold</b>" in respondent.text()
    assert b"<b onclick" not in respondent.response.content


def test_what_is_no_question_of_this_questionnaire_is_not_repeated(
    respondent: Respondent, second: Respondent
) -> None:
    stranger = {"draft": ["other"], "action": ["x"], "q-mars": ["mars-text"], "note": ["note-text"]}

    respondent.post({**stranger, "q-le_region": ["mars-code"]}, respondent.path)

    assert respondent.response.status_code == 400
    assert all(word not in respondent.text() for word in ("mars-text", "note-text", "mars-code"))
    assert not respondent.page.xpath("//main//form")


def test_sending_the_answers_of_another_link_shows_no_empty_list(
    respondent: Respondent, second: Respondent
) -> None:
    respondent.post({"draft": ["other"], "receipt": ["AAAA"]}, "/answer/send")

    assert respondent.response.status_code == 400
    assert "What you typed" not in respondent.text()


# What was typed, in words


def posted(fields: Fields) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in fields.items():
        query.setlist(name, values)
    return query


def questions(wave: Wave) -> Iterator[Question]:
    yield from definition_of(wave.questionnaire).questions


def test_every_answer_of_a_whole_journey_is_found_in_words(either_wave: Wave) -> None:
    definition = definition_of(either_wave.questionnaire)
    respondent = Respondent(new_link(either_wave)).begin()
    seen: set[Kind] = set()

    def look(page: Respondent) -> Fields:
        chosen = {name: [v] if isinstance(v, str) else list(v) for name, v in first_answers(page).items()}
        found = typed_answers(definition, posted(chosen))
        assert sum(len(typed.said) for typed in found) == sum(len(values) for values in chosen.values())
        assert {typed.question for typed in found} <= {question.text for question in definition.questions}
        seen.update(q.kind for q in definition.questions if q.text in {typed.question for typed in found})
        return chosen

    respondent.walk(look)

    assert seen == {question.kind for question in definition.questions}


@pytest.mark.parametrize("is_chosen", [True, False])
def test_text_beside_other_is_said_with_its_label(db: None, is_chosen: bool) -> None:
    definition = definition_of(loaded("enterprise"))
    question, choice = next(
        (q, c) for q in definition.questions for c in q.choices if c.role is Role.OTHER_SPECIFY
    )
    fields = {f"q-{question.key}-other-{choice.code}": ["own words"]}
    if is_chosen:
        fields[f"q-{question.key}"] = [choice.code]

    (typed,) = typed_answers(definition, posted(fields))

    assert typed.said == (f"{choice.label}: own words",)


def test_every_field_of_every_question_is_read(either_wave: Wave) -> None:
    """A kind of question that is added later must not lose what was typed either."""
    definition = definition_of(either_wave.questionnaire)
    for question in definition.questions:
        rows = question.rows[:1] if question.is_grid else ()
        for name in field_names(question, rows):
            values = [question.offered[0].code if question.offered else "words"]
            if name.endswith("-special"):
                values = [question.special[0].code]

            found = typed_answers(definition, posted({name: values}))

            assert len(found) == 1, name


def test_words_with_control_characters_are_shown_without_them(either_wave: Wave) -> None:
    definition = definition_of(either_wave.questionnaire)
    question = next(q for q in questions(either_wave) if q.kind is Kind.OPEN_TEXT)

    (typed,) = typed_answers(definition, posted({f"q-{question.key}": ["a\0b\nc"]}))

    assert typed.said == ("ab\nc",)
