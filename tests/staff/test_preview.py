"""A questionnaire walked by staff: the pages of respondents, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override
from lxml import html

from accounts.models import User
from responses.sealing import order_seed, read_token, session_key
from responses.staff.instruments import of_wave
from responses.staff.preview import ELSEWHERE, LEAVING, SHOWN, owner_of
from responses.staff.preview_state import State, sealed
from surveys.models import Questionnaire, Wave
from surveys.storage import write_wordings
from tests.respond.fieldwork import ELIGIBLE, Respondent, first_answers, loaded, new_link, open_wave
from tests.services import acting_as
from tests.staff.people import member

LogIn = Callable[[User], Client]


@dataclass
class Walker(Respondent):
    """Staff walk like a respondent, only that every form leads to the same address."""

    link: str = ""
    place: str = field(default="")

    def state(self) -> str:
        return str(
            self.page.xpath("//main//input[@name='state']/@value | //form//input[@name='state']/@value")[0]
        )

    @property
    def form(self) -> html.HtmlElement:
        return self.page.xpath("//main//form")[0]

    def press(self, action: str = "continue", answers: object = None) -> Walker:
        filled = {name: [v] if isinstance(v, str) else list(v) for name, v in dict(answers or {}).items()}
        data = {**self.fields(), **filled, "action": [action]}
        self.response = self.client.post(self.link, data)
        return self

    def walk_to_the_check(self) -> Walker:
        for _page in range(80):
            if not self.names() and "Check your answers" in self.heading:
                return self
            self.press(answers=first_answers(self))
            if self.response.status_code == 422:
                self.press("skip")
            assert self.response.status_code == 200, self.errors()
        raise AssertionError("the preview does not end")


@pytest.fixture
def questionnaire(db: None) -> Questionnaire:
    return loaded("enterprise")


@pytest.fixture
def walker(questionnaire: Questionnaire, logged_in: LogIn, analyst: User) -> Walker:
    link = f"/staff/questionnaires/{questionnaire.pk}/try/"
    walker = Walker(link=link, client=logged_in(analyst))
    walker.get(link)
    return walker


def everything() -> dict[str, str]:
    """A digest of the rows of every table."""
    tables = [name for name in connection.introspection.table_names() if name != "django_migrations"]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def test_preview_begins_with_the_consent_page_under_a_banner(walker: Walker) -> None:
    assert walker.heading == "About this survey and your choice to take part"
    assert "Preview: nothing is stored." in walker.response.content.decode()
    assert walker.response["Cache-Control"] == "no-store"


def test_preview_of_a_draft_is_walked_to_the_end_and_no_table_changes(walker: Walker) -> None:
    before = everything()

    with acting_as("web"):
        walker.press().walk_to_the_check()
        checked = walker.text()
        walker.press("send")

    assert "About how many people does your organisation employ? 5,001 to 10,000" in checked
    assert walker.heading == "The preview ends here"
    assert "Nothing was sent, and nothing was stored." in walker.text()
    assert everything() == before


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_pages_of_the_preview_are_those_of_a_respondent(key: str, logged_in: LogIn, analyst: User) -> None:
    wave = open_wave(key)
    link = new_link(wave)
    respondent = Respondent(link).begin()
    walker = Walker(link=f"/staff/waves/{wave.pk}/try/", client=logged_in(analyst))
    walker.response = walker.client.post(
        walker.link, {"state": state_in_order(link, wave, analyst), "action": "language-en"}
    )
    walker.press()

    seen = 0
    while "/answer/step/" in respondent.path:
        assert same_page(walker) == same_page(respondent)
        answers = first_answers(respondent)
        respondent.press(answers=answers)
        walker.press(answers=answers)
        seen += 1

    assert seen > 10
    assert walker.heading == respondent.heading == "Check your answers"


def state_in_order(link: str, wave: Wave, user: User) -> str:
    """A preview that has just begun, in the order that the holder of a link sees."""
    token = read_token(link.removeprefix("/i/"))
    assert token
    state = replace(State.fresh("en"), seed=order_seed(session_key(token)))
    return sealed(state, owner_of(user, of_wave(wave.pk, "en")))


def same_page(person: Respondent) -> tuple[str, str, list[str]]:
    """The heading, and the whole form as it stands but for its address, its hidden fields and the note on saving."""
    form = person.page.xpath("//main//form")[0]
    for element in form.xpath(".//input[@type='hidden'] | .//dialog | .//dialog/preceding-sibling::p[1]"):
        element.drop_tree()
    form.attrib.pop("action")
    markup = " ".join(html.tostring(form, encoding="unicode").split())
    return person.heading, markup, person.page.xpath("//main//details//text()")


def test_page_with_a_problem_is_shown_as_to_a_respondent(walker: Walker) -> None:
    walker.press().press()
    walker.press()

    without_answer = walker.press()

    assert without_answer.response.status_code == 422
    assert walker.errors()


def test_back_shows_the_page_before_with_its_answer(walker: Walker) -> None:
    walker.press()
    while "q-ent_size" not in walker.names():
        walker.press()
    walker.press(answers={"q-ent_size": "s_5001_10000"})

    walker.press("back")

    assert walker.fields()["q-ent_size"] == ["s_5001_10000"]


def test_answer_of_the_check_page_can_be_changed(walker: Walker) -> None:
    walker.press().walk_to_the_check()

    walker.press(str(walker.page.xpath("//button[starts-with(@value, 'change-')]/@value")[0]))
    asked = walker.heading
    walker.press(answers={"q-ent_size": "s_gt_100000"})

    assert asked == "About how many people does your organisation employ?"
    assert walker.heading == "Check your answers"
    assert "More than 100,000" in walker.text()


def test_screening_answer_ends_the_preview_with_its_page(walker: Walker) -> None:
    walker.press()
    while "q-ent_size" not in walker.names():
        walker.press()

    walker.press(answers={"q-ent_size": "lt_1000"})

    assert walker.heading == "Thank you"
    assert walker.press("send").heading == "The preview ends here"


@pytest.mark.parametrize("action", ["later", "stop"])
def test_leaving_says_what_a_respondent_would_meet_and_goes_on(walker: Walker, action: str) -> None:
    walker.press().press()
    heading = walker.heading

    left = walker.press(action).heading
    back = walker.press().heading

    assert left == "The survey would be left here"
    assert back == heading


def test_language_is_switched_without_losing_what_was_chosen(
    questionnaire: Questionnaire, logged_in: LogIn, analyst: User
) -> None:
    write_wordings(questionnaire, "sv", {"question.ent_size.text": "Hur många anställda har organisationen?"})
    questionnaire.texts_version += 1
    questionnaire.save()
    walker = Walker(link=f"/staff/questionnaires/{questionnaire.pk}/try/", client=logged_in(analyst))
    walker.get(walker.link).press()
    while "q-ent_size" not in walker.names():
        walker.press()

    walker.press("language-sv", {"q-ent_size": "s_5001_10000"})

    assert "Hur många anställda har organisationen?" in walker.heading
    assert walker.fields()["q-ent_size"] == ["s_5001_10000"]
    assert walker.page.xpath("/html/@lang") == ["sv"]


def test_other_order_keeps_the_answers_and_moves_the_choices(walker: Walker) -> None:
    walker.press()
    while "q-ent_role" not in walker.names():
        walker.press(answers={name: code for name, code in ELIGIBLE.items() if name in walker.names()})
    orders = set()
    for _time in range(12):
        orders.add(tuple(walker.page.xpath("//input[@name='q-ent_role']/@value")))
        walker.response = walker.client.post(walker.link, {"state": walker.state(), "action": "order"})

    assert len(orders) > 1
    assert {frozenset(order) for order in orders} == {frozenset(next(iter(orders)))}


def test_two_previews_have_orders_of_their_own(walker: Walker) -> None:
    first = walker.state()

    assert walker.get(walker.link).state() != first


def tampered(state: str) -> Iterator[str]:
    yield ""
    yield "x"
    yield "é" * 40
    yield "AAAA" + state
    yield state[4:]
    yield state[:100] + ("B" if state[100] == "A" else "A") + state[101:]


def test_tampered_state_is_told_in_a_sentence_and_nothing_breaks(walker: Walker) -> None:
    walker.press()

    for state in tampered(walker.state()):
        response = walker.client.post(walker.link, {"state": state, "action": "continue"})
        assert response.status_code == 400
        assert "begin it again" in response.content.decode()


def test_state_of_somebody_else_or_of_another_questionnaire_is_not_read(
    walker: Walker, questionnaire: Questionnaire, logged_in: LogIn, publisher: User
) -> None:
    other = loaded("law_enforcement")
    posted = {"state": walker.state(), "action": "continue"}

    answers: list[HttpResponse] = [
        logged_in(publisher).post(walker.link, posted),
        walker.client.post(f"/staff/questionnaires/{other.pk}/try/", posted),
    ]
    Questionnaire.objects.filter(pk=questionnaire.pk).update(definition_hash="0" * 64)
    answers.append(walker.client.post(walker.link, posted))

    assert [answer.status_code for answer in answers] == [400, 400, 400]


@pytest.mark.parametrize(
    "posted", [{"q-of_another_page": "1"}, {"action": "language-xx"}, {"action": "change-99"}]
)
def test_form_that_is_of_no_page_is_refused_in_a_sentence(walker: Walker, posted: dict[str, str]) -> None:
    walker.press()

    response = walker.client.post(walker.link, {"state": walker.state(), "action": "continue", **posted})

    assert response.status_code == 400


def test_answers_are_not_readable_in_the_page(walker: Walker) -> None:
    walker.press()
    while "q-ent_size" not in walker.names():
        walker.press()
    walker.press(answers={"q-ent_size": "s_5001_10000"})

    assert "s_5001_10000" not in walker.state()


def test_wave_that_is_being_prepared_can_be_tried_with_empty_places(logged_in: LogIn, analyst: User) -> None:
    wave = open_wave("enterprise", status=Wave.Status.DRAFT)
    wave.places.all().delete()
    Wave.objects.filter(pk=wave.pk).update(texts_version=7)

    page = Walker(link=f"/staff/waves/{wave.pk}/try/", client=logged_in(analyst))
    page.get(page.link)

    assert "[organisation]" in page.text()


def test_who_may_not_look_at_waves_may_not_preview(questionnaire: Questionnaire, logged_in: LogIn) -> None:
    path = f"/staff/questionnaires/{questionnaire.pk}/try/"

    assert logged_in(member()).get(path).status_code == 403


def test_every_place_can_be_shown_and_every_button_of_a_page_is_known() -> None:
    with override("en"):
        assert set(SHOWN) == {"begin", "step", "check", "left", "end"}
        assert set(LEAVING) == {"continue", "skip", "back", "stay", "later", "stop"}
        assert set(ELSEWHERE) == {"continue", "send"}
