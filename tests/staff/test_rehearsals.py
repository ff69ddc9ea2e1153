from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports.actions import rehearsing as actions
from reports.demo.persons import draw
from reports.disclosure import Policy
from reports.models import Rehearsal
from reports.rehearsing import Outlook, counted_of, outlook_of, plan_of, rehearse
from responses.models import Response
from surveys.models import Questionnaire
from surveys.routing import final_answers
from tests.protection.editions import definition as made_up
from tests.public.content import released
from tests.reports.stage import wave_of
from tests.services import acting_as
from tests.staff.stage import small_content, small_questionnaire, small_wave
from tests.staff.visits import LogIn, get
from tests.surveys.build import KEYS, shipped

NOW = datetime(2019, 9, 1, 9, tzinfo=UTC)
POLICY = Policy(1, 30, 50, 50, 80, 3, 5, 5, 10)


@pytest.fixture
def questionnaire(db: None) -> Questionnaire:
    return small_questionnaire()


@pytest.mark.parametrize("key", KEYS)
def test_made_up_people_answer_every_shipped_questionnaire_along_its_path(key: str) -> None:
    people = draw(shipped(key), plan_of(shipped(key), 60, seed=1), size=60, seed=1)

    for person in people:
        # Raises for an answer that the questionnaire does not offer or that its path does not lead to.
        assert final_answers(shipped(key), person.answers).keys() <= person.answers.keys() | {"le_country"}
    assert counted_of(shipped(key), people).counts.responses == 60


def test_shares_that_were_published_are_answered_by() -> None:
    definition = made_up(3)
    published = {("one", "a"): 70.0, ("one", "b"): 20.0}

    people = draw(definition, plan_of(definition, 1000, 1, published), size=1000, seed=1)

    said = [person.said.get("one", ("",))[0] for person in people]
    substantive = sum(code in "abcde" for code in said if code)
    assert said.count("a") / substantive == pytest.approx(0.70, abs=0.02)
    assert said.count("b") / substantive == pytest.approx(0.20, abs=0.02)


@pytest.mark.parametrize(
    ("responses", "expected"),
    [(25, Outlook.WITHHELD), (90, Outlook.TOTAL_ONLY), (900, Outlook.STANDS)],
)
def test_outlook_follows_from_how_many_answer(responses: int, expected: Outlook) -> None:
    trials = rehearse(made_up(3), responses, POLICY, draws=2)

    assert outlook_of("one", trials, 2) is expected


def test_rehearsal_is_played_once_and_stores_no_respondent(
    questionnaire: Questionnaire, analyst: User
) -> None:
    asked = actions.ask(questionnaire=questionnaire, responses=120, use_last=True, by=analyst, now=NOW)

    actions.play(rehearsal_id=asked.pk, clock=lambda: NOW)
    actions.play(rehearsal_id=asked.pk, clock=lambda: NOW)

    asked.refresh_from_db()
    assert (asked.status, asked.draws, asked.from_release) == (Rehearsal.Status.DONE, 3, "")
    assert {table.question for table in asked.tables.all()} == {"size", "policy"}
    assert not Response.objects.exists()
    assert AuditEvent.objects.filter(action="rehearsal.asked").count() == 1


def test_rehearsal_answers_by_the_newest_release_and_names_it(db: None) -> None:
    wave = small_wave()
    released(small_content(wave))

    shares, release = actions.published_shares(wave.questionnaire)

    assert (shares, release) == ({}, "")
    content = small_content(wave)
    content["parts"][0]["sections"][0]["figures"][0]["lines"][0].update(kind="choice", code="written")
    released(content, number=2)

    shares, release = actions.published_shares(wave.questionnaire)

    # A withheld line has no share.
    assert (shares, release) == ({("policy", "written"): 90.0}, "2019/2")


def test_outsider_cannot_ask(questionnaire: Questionnaire, outsider: User) -> None:
    with pytest.raises(NotPermitted):
        actions.ask(questionnaire=questionnaire, responses=120, use_last=True, by=outsider, now=NOW)


def test_page_says_what_would_become_of_each_question(
    logged_in: LogIn, questionnaire: Questionnaire, analyst: User
) -> None:
    address = f"/staff/questionnaires/{questionnaire.pk}/rehearsal/"
    client = logged_in(analyst)
    assert "has not been rehearsed yet" in get(client, address)

    answer = client.post(address, {"responses": "120", "use_last": "on"})

    assert answer.status_code == 302
    assert "The worker has not finished yet" in get(client, address)
    actions.play(rehearsal_id=Rehearsal.objects.get().pk, clock=lambda: NOW)
    page = get(client, address)
    assert "will stand" in page
    assert "5 Is there a policy?" in page
    assert "Played 3 times with 120 made-up answers" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Type how many answers are expected."), ("many", "Type a whole number of answers.")],
)
def test_wrong_number_is_refused_in_words(
    logged_in: LogIn, questionnaire: Questionnaire, analyst: User, typed: str, sentence: str
) -> None:
    address = f"/staff/questionnaires/{questionnaire.pk}/rehearsal/"

    answer = logged_in(analyst).post(address, {"responses": typed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Rehearsal.objects.exists()


@pytest.mark.parametrize("key", KEYS)
def test_whole_report_is_read_with_each_figure_marked(
    logged_in: LogIn, analyst: User, db: None, key: str
) -> None:
    wave = wave_of(key)
    asked = actions.ask(questionnaire=wave.questionnaire, responses=120, use_last=False, by=analyst, now=NOW)
    client = logged_in(analyst)
    address = f"/staff/questionnaires/{wave.questionnaire_id}/rehearsal/report/"
    assert client.get(address).status_code == 404
    with acting_as("worker"):
        actions.play(rehearsal_id=asked.pk, clock=lambda: NOW)

    with acting_as("web"):
        page = lxml.html.fromstring(get(client, address))

    marks = {
        figure.get("id"): figure.xpath(".//span[contains(@class, 'tag')]")[0].text_content()
        for figure in page.xpath("//figure")
    }
    told = {f"fig-{key}.{table.question}" for table in asked.tables.filter(breakdown="")}
    assert set(marks) == told
    assert set(marks.values()) <= {"will stand", "total only", "likely withheld"}
    assert len(set(marks.values())) > 1
    assert "made up" in page.text_content()


def test_rehearsed_report_of_before_it_was_kept_leads_nowhere(
    logged_in: LogIn, questionnaire: Questionnaire, analyst: User
) -> None:
    asked = actions.ask(questionnaire=questionnaire, responses=120, use_last=False, by=analyst, now=NOW)
    actions.play(rehearsal_id=asked.pk, clock=lambda: NOW)
    Rehearsal.objects.update(content="")

    assert "Read the whole report" not in get(
        logged_in(analyst), f"/staff/questionnaires/{questionnaire.pk}/rehearsal/"
    )
