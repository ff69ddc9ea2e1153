"""One's own answers beside the last published report: what is shown, what is not, and that it is gone afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from reports.actions import release as releases
from reports.beside import newest_part, published_beside
from reports.models import Release
from responses.beside import Compared, ComparedItem, beside
from responses.models import Ballot
from surveys.answers import Answer
from surveys.definition import Definition, Kind, Question
from surveys.models import Questionnaire, Wave
from surveys.queries import definition_of
from tests.box.people import member_of_staff
from tests.public.content import content, released
from tests.reports.stage import NOW, answer, code_everything, eligible_seeds, wave_of
from tests.reports.test_release import tabulate
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave
from tests.surveys.respondents import answers_of

pytestmark = pytest.mark.django_db

LAST, THIS = 2018, 2019


def publish(wave: Wave) -> Release:
    asked = releases.request(edition=wave.edition, note="", by=person("analyst"), now=NOW)
    return releases.approve(release=asked, by=person("publisher"), now=NOW)


def person(role: str) -> User:
    return User.objects.filter(email=f"{role}@example.org").first() or member_of_staff(role)


COUNTED: dict[tuple[str, int], str] = {}
"""Contents that were counted and published once in this process; counting takes seconds, and is the same each time."""


def published_wave(key: str, people: int = 120) -> Wave:
    """Last year's wave, counted and published."""
    wave = wave_of(key, year=LAST)
    if (key, people) in COUNTED:
        released(json.loads(COUNTED[key, people]))
        return wave
    answer(wave, eligible_seeds(wave, people))
    code_everything(wave)
    tabulate(wave)
    COUNTED[key, people] = publish(wave).content
    return wave


def this_wave(key: str) -> Wave:
    return open_wave(Questionnaire.objects.get(key=key), year=THIS)


def items(compared: tuple[Compared, ...]) -> Iterator[tuple[str, ComparedItem]]:
    for section in compared:
        for question in section.questions:
            for item in question.items:
                yield question.text, item


def figure_of(release: Release, key: str) -> dict[str, Any]:
    found = json.loads(release.content)
    return next(
        figure
        for part in found["parts"]
        for section in part["sections"]
        for figure in section["figures"]
        if figure["id"].endswith(f".{key}")
    )


def compared_with(wave: Wave, **answers: Answer) -> tuple[Compared, ...]:
    """Somebody eligible who answered what a path needs, and these."""
    definition = definition_of(wave.questionnaire)
    eligible = next(
        found
        for seed in range(500)
        if (found := answers_of(definition, seed)) and set(answers) <= {name.split(":")[0] for name in found}
    )
    return published_beside(wave, definition, eligible | answers)


def item_for(compared: tuple[Compared, ...], question: Question, title: str = "") -> ComparedItem:
    return next(
        item for text, item in items(compared) if text == question.text and (not title or item.title == title)
    )


@pytest.fixture
def last(db: None) -> Wave:
    return published_wave("law_enforcement")


@pytest.fixture
def now(last: Wave) -> Wave:
    return this_wave("law_enforcement")


def question_of(definition: Definition, kind: Kind, **wanted: Any) -> Question:
    return next(
        q
        for q in definition.questions
        if q.kind is kind
        and not q.detached
        and all(getattr(q, name) == value for name, value in wanted.items())
    )


def test_sending_shows_the_receipt_first_and_then_the_answers_beside_the_report(now: Wave) -> None:
    respondent = Respondent(new_link(now)).begin().walk(first_answers)

    respondent.press("send")

    text = respondent.text()
    assert respondent.heading == "Your answers are sent"
    assert text.index(respondent.receipt()) < text.index("Your answers beside the report of 2018")
    assert respondent.page.xpath("//table[contains(@class, 'compared')]//tr[@class='mine']")
    assert respondent.page.xpath(f"//a[starts-with(@href, '/{LAST}/1/')]")
    sections = respondent.page.xpath("//details[contains(@class, 'compared-section')]")
    assert [section.get("open") is not None for section in sections] == [True] + [False] * (len(sections) - 1)


def test_second_press_and_a_refresh_show_the_thanks_without_the_comparison(now: Wave) -> None:
    respondent = Respondent(new_link(now)).begin().walk(first_answers)
    fields, pressed_again = respondent.fields(), Respondent(respondent.link).open()

    first = respondent.post(fields, "/answer/send").receipt()
    texts = []
    for again in (pressed_again, respondent):
        again.post(fields, "/answer/send")
        texts.append((again.heading, again.receipt(), "beside the report" in again.text()))

    assert "enquiry_answer" not in {name for name, one in respondent.client.cookies.items() if one.value}
    assert texts == [("Your answers are sent", first, False)] * 2
    assert Ballot.objects.count() == 1


def test_form_with_a_proof_shows_nothing_before_its_answers_were_sent(now: Wave) -> None:
    """The cookie may have run out: then nothing was sent, and the page must not say so."""
    respondent = Respondent(new_link(now)).begin().walk(first_answers)
    fields = respondent.fields()
    respondent.client.cookies.clear()

    respondent.post(fields, "/answer/send")

    assert respondent.heading != "Your answers are sent"
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("proof", ["", "x", "AAAA", "é" * 20, "A" * 100])
def test_made_up_proof_without_a_cookie_shows_nothing(now: Wave, proof: str) -> None:
    respondent = Respondent(new_link(now)).begin().walk(first_answers)
    fields = respondent.fields()
    respondent.post(fields, "/answer/send")

    respondent.post({**fields, "proof": [proof]}, "/answer/send")

    assert respondent.receipt() == ""


def test_comparison_is_stored_nowhere(now: Wave) -> None:
    respondent = Respondent(new_link(now)).begin().walk(first_answers)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        respondent.press("send")

    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert sorted(sql.split('"')[1] for sql in written) == ["responses_ballot", "responses_invitation"]
    assert not respondent.client.session.keys()


def test_own_choice_is_marked_by_a_word_among_the_published_lines(now: Wave) -> None:
    asked = definition_of(now.questionnaire).by_key["ls_frequency"]
    code = asked.choices[0].code

    item = item_for(compared_with(now, **{asked.key: Answer(codes=(code,))}), asked)

    (mine,) = [line for line in item.lines if line.mine]
    assert (mine.label, mine.mine) == (asked.choices[0].label, "your answer")
    assert item.base.startswith(f"{asked.analysis.base}: ")
    published = {
        line["label"]: line["percent"]
        for line in figure_of(Release.objects.get(), asked.key)["lines"]
        if line["statistic"] == "percent_of_respondents" and line["base_rule"] == "answered"
    }
    for line in item.lines:
        assert line.figure == in_print(published[line.label])
        assert line.is_withheld is (published[line.label] is None)


def in_print(percent: int | str | None) -> str:
    return "" if percent is None else f"{percent}\N{NO-BREAK SPACE}%"


def test_several_own_choices_are_all_marked(db: None) -> None:
    published_wave("enterprise")
    wave = this_wave("enterprise")
    definition = definition_of(wave.questionnaire)
    marked = 0

    for asked in (q for q in definition.questions if q.kind is Kind.MULTIPLE):
        chosen = [choice for choice in asked.choices if not choice.exclusive][:2]
        compared = compared_with(wave, **{asked.key: Answer(codes=tuple(c.code for c in chosen))})
        item = item_for(compared, asked)
        marked += bool(item.lines)
        assert not item.lines or {n.label for n in item.lines if n.mine == "your answer"} == {
            c.label for c in chosen
        }

    assert marked


def test_ranking_says_which_place_was_the_own_one(now: Wave) -> None:
    asked = question_of(definition_of(now.questionnaire), Kind.RANKING)
    codes = (asked.choices[2].code, asked.choices[0].code)

    item = item_for(compared_with(now, **{asked.key: Answer(codes=codes)}), asked)

    mine = {line.label: line.mine for line in item.lines if line.mine}
    assert mine == {asked.choices[2].label: "your place 1", asked.choices[0].label: "your place 2"}
    assert item.heading == "Ranked among the first 3"


def test_number_stands_in_its_band_with_the_published_middle(now: Wave) -> None:
    asked = question_of(definition_of(now.questionnaire), Kind.NUMBER)

    item = item_for(compared_with(now, **{asked.key: Answer(number=47)}), asked)

    (mine,) = [line for line in item.lines if line.mine]
    assert (mine.label, mine.mine) == (
        "40\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}49\N{NO-BREAK SPACE}%",
        "your answer: 47\N{NO-BREAK SPACE}%",
    )
    assert len(item.lines) == 12


def test_special_answer_stands_among_the_special_answers(now: Wave) -> None:
    asked = question_of(definition_of(now.questionnaire), Kind.NUMBER)
    special = asked.special[0]

    item = item_for(compared_with(now, **{asked.key: Answer(codes=(special.code,))}), asked)

    assert [line.label for line in item.lines if line.mine] == [special.label]
    assert not item.note


def test_rows_of_a_grid_that_were_answered_are_compared_one_by_one(now: Wave) -> None:
    asked = question_of(definition_of(now.questionnaire), Kind.GRID_SINGLE)
    compared = compared_with(now, **{asked.key: Answer()})
    rows = {row.label for row in asked.rows}

    found = [item for text, item in items(compared) if text == asked.text]

    assert found
    assert {item.title for item in found} <= rows
    assert all(sum(bool(line.mine) for line in item.lines) == 1 for item in found if item.lines)


def test_every_line_of_every_path_is_published_and_every_item_marks_an_own_answer(now: Wave) -> None:
    definition = definition_of(now.questionnaire)
    detached = {
        q.text for q in definition.questions if q.detached or q.kind in {Kind.OPEN_TEXT, Kind.OPEN_LIST}
    }
    seen = 0

    for seed in range(150):
        for text, item in items(published_beside(now, definition, answers_of(definition, seed))):
            seen += 1
            assert text not in detached
            assert item.lines or item.note
            assert not item.lines or any(line.mine for line in item.lines), (text, item)
            assert all(line.figure or line.is_withheld for line in item.lines)
            assert all(not (line.figure and line.is_withheld) for line in item.lines)

    assert seen > 500


def test_screened_out_get_no_comparison(now: Wave) -> None:
    respondent = Respondent(new_link(now)).begin()
    while "q-le_eligible" not in respondent.names():
        respondent.press(answers=first_answers(respondent))
    codes = definition_of(now.questionnaire).by_key["le_eligible"].screen_out
    assert codes is not None

    respondent.press(answers={"q-le_eligible": codes.dispositions[0][0]}).press("send")

    assert respondent.receipt()
    assert "beside the report" not in respondent.text()


def test_no_release_means_no_comparison(db: None) -> None:
    wave = open_wave("law_enforcement")
    definition = definition_of(wave.questionnaire)

    assert beside(wave, definition, answers_of(definition, 1)) == ()


def test_request_that_nobody_approved_is_not_compared_with(db: None) -> None:
    wave = wave_of("enterprise", year=LAST)
    answer(wave, eligible_seeds(wave, 60))
    code_everything(wave)
    tabulate(wave)
    releases.request(edition=wave.edition, note="", by=member_of_staff("analyst"), now=NOW)

    assert newest_part("enterprise") is None


def test_newest_release_of_the_newest_edition_with_the_questionnaire_is_taken(last: Wave) -> None:
    released(json.loads(Release.objects.get().content), number=2)
    released(content(year=2020))

    found = newest_part("law_enforcement")

    assert found is not None
    assert (found.year, found.number) == (LAST, 2)
    assert newest_part("enterprise") is not None


def test_changed_wording_is_not_compared(now: Wave) -> None:
    definition = definition_of(now.questionnaire)
    asked = question_of(definition, Kind.RANKING)
    given = {**answers_of(definition, 3), asked.key: Answer(codes=(asked.choices[0].code,))}

    same = {text for text, _item in items(published_beside(now, definition, given))}
    changed = {text for text, _item in items(published_beside(now, reworded(definition, asked.key), given))}

    assert asked.text in same
    assert changed == same - {asked.text}


def reworded(definition: Definition, key: str) -> Definition:
    """The next version of the questionnaire, in which one question has a new wording."""

    def with_new(question: Question) -> Question:
        newer = question.wording_version + (question.key == key)
        return replace(question, wording_version=newer)

    sections = (replace(s, questions=tuple(map(with_new, s.questions))) for s in definition.sections)
    return replace(definition, sections=tuple(sections))


def test_made_up_report_is_not_shown_to_real_respondents(now: Wave) -> None:
    Wave.objects.filter(pk=now.pk).update(synthetic=False)
    now.refresh_from_db()

    assert (
        published_beside(
            now, definition_of(now.questionnaire), answers_of(definition_of(now.questionnaire), 1)
        )
        == ()
    )


def test_withheld_is_a_word_and_small_bases_are_marked(db: None) -> None:
    published_wave("enterprise", people=60)
    wave = this_wave("enterprise")
    respondent = Respondent(new_link(wave)).begin().walk(first_answers)

    respondent.press("send")

    page = respondent.page
    cells = [cell.text_content() for cell in page.xpath("//table[contains(@class, 'compared')]//td")]
    assert "withheld" in cells
    assert any(cell.endswith("*") for cell in cells)
    assert all(cell == "withheld" or "%" in cell for cell in cells)
    assert "Small base" in respondent.text()


def test_kept_content_makes_the_comparison_one_query_and_fast(now: Wave) -> None:
    definition = definition_of(now.questionnaire)
    given = answers_of(definition, 1)
    published_beside(now, definition, given)

    with CaptureQueriesContext(connection) as queries:
        published_beside(now, definition, given)

    assert len(queries) == 1
    assert '"content"' not in queries[0]["sql"]


def test_what_compares_is_named_in_the_settings(now: Wave, settings: Settings) -> None:
    definition = definition_of(now.questionnaire)
    given = answers_of(definition, 1)

    settings.RESPONDENT_COMPARISON = "tests.respond.test_beside.nothing"

    assert beside(now, definition, given) == ()


def nothing(wave: Wave, definition: Definition, answers: object) -> tuple[Compared, ...]:
    return ()
