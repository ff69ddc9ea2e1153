from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from responses.models import Ballot, Draft, Invitation
from surveys.models import Wave
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave

pytestmark = pytest.mark.django_db


def at_first_question(respondent: Respondent) -> Respondent:
    """Past the pages to be read, at the screening question."""
    return respondent.begin().to("q-le_eligible")


def at_region(respondent: Respondent) -> Respondent:
    return at_first_question(respondent).press(answers={"q-le_eligible": "main_task"})


def to_check(respondent: Respondent) -> Respondent:
    return respondent.begin().walk(first_answers)


def test_respondent_answers_everything_and_gets_a_receipt(either_wave: Wave) -> None:
    respondent = to_check(Respondent(new_link(either_wave)))
    checked = respondent.text()

    respondent.press("send")

    assert "Check your answers" in checked
    assert respondent.heading == "Your answers are sent"
    assert len(respondent.receipt()) == 19
    assert Ballot.objects.count() == 1
    assert not Draft.objects.exists()
    assert Invitation.objects.get().state == Invitation.State.FINISHED


def test_respondent_who_skips_everything_that_may_be_skipped_can_send(either_wave: Wave) -> None:
    respondent = Respondent(new_link(either_wave)).begin()

    respondent.walk(lambda page: {k: v for k, v in first_answers(page).items() if k in page_hard})
    checked = respondent.text()
    respondent.press("send")

    assert "Not answered" in checked
    assert Ballot.objects.count() == 1


page_hard = {"q-le_eligible", "q-ent_size", "q-ent_decision"}


def test_consent_not_ticked_is_asked_for_and_begins_nothing(respondent: Respondent) -> None:
    respondent.open().post({"action": "continue"})

    assert respondent.response.status_code == 422
    assert respondent.errors() == ["Tick the box to say that you agree, or choose not to take part"]
    assert not Draft.objects.exists()


def test_opening_a_link_writes_nothing(respondent: Respondent) -> None:
    respondent.open()

    assert respondent.heading == "About this survey and your choice to take part"
    assert Invitation.objects.get().state == Invitation.State.INVITED
    assert not Draft.objects.exists()


def test_screened_out_sends_only_the_screening_answers(respondent: Respondent) -> None:
    at_first_question(respondent).press(answers={"q-le_eligible": "not_involved"})
    offered = respondent.text()

    respondent.press("send")

    assert "only this is sent" in offered
    assert "Do you at present work on" in offered
    assert "outside the group" in respondent.text()
    assert Ballot.objects.count() == 1


def test_screened_out_by_mistake_goes_back_and_on(respondent: Respondent) -> None:
    at_first_question(respondent).press(answers={"q-le_eligible": "not_involved"})
    (back,) = respondent.page.xpath("//a[@class='back']/@href")

    respondent.get(back).press(answers={"q-le_eligible": "part_task"})

    assert "q-le_region" in respondent.names()


@pytest.mark.parametrize("action", ["later", "back", "stop", "continue"])
def test_every_button_saves_what_is_on_the_page_before_it_is_judged(
    respondent: Respondent, action: str
) -> None:
    page = respondent.begin().to("q-tech_trends-1").path
    mixed = {
        "q-tech_trends-1": "deep fakes",
        "q-tech_trends-special": "none",
        "q-tech_challenges-1": "x" * 200,
    }

    respondent.press(action, mixed)
    respondent.get(page)

    fields = respondent.fields()
    assert fields["q-tech_trends-1"] == ["deep fakes"]
    assert fields["q-tech_trends-special"] == ["none"]
    assert fields["q-tech_challenges-1"] == ["x" * 200]


def test_something_left_empty_is_asked_for_once(respondent: Respondent) -> None:
    at_region(respondent).press()
    first = respondent.response.status_code
    asked = respondent.errors()

    respondent.press()

    assert first == 422
    assert asked == ["Choose an answer to “Where are you based?”"]
    assert "q-le_region" not in respondent.names()


def test_screening_question_left_empty_is_asked_for_again_and_offers_no_way_past(
    respondent: Respondent,
) -> None:
    at_first_question(respondent)

    for action in ("continue", "skip", "continue"):
        respondent.press(action)

        assert respondent.response.status_code == 422
        assert "Continue without answering" not in respondent.text()


def test_link_opened_in_another_browser_goes_on_where_it_stopped(respondent: Respondent) -> None:
    at_region(respondent).press("later", {"q-le_region": "us"})

    elsewhere = Respondent(respondent.link).open()
    welcome = elsewhere.heading
    elsewhere.get(elsewhere.page.xpath("//a[@class='button']/@href")[0])

    assert welcome == "Welcome back"
    assert elsewhere.fields()["q-le_region"] == ["us"]


def test_change_from_the_check_page_comes_back_to_it(respondent: Respondent) -> None:
    to_check(respondent)
    change = respondent.page.xpath("//a[contains(@href, 'q-le_region')]/@href")[0]

    respondent.get(change.split("#")[0]).press(answers={"q-le_region": "ca"})

    assert respondent.heading == "Check your answers"
    assert "Canada" in respondent.text()


def test_change_that_opens_new_questions_asks_them_before_the_check_page(respondent: Respondent) -> None:
    def not_encountered(page: Respondent) -> dict[str, str]:
        return first_answers(page) | (
            {"q-ls_frequency": "not_encountered"} if "q-ls_frequency" in page.names() else {}
        )

    respondent.begin().walk(not_encountered)
    change = respondent.page.xpath("//a[contains(@href, 'q-ls_frequency')]/@href")[0]

    respondent.get(change.split("#")[0]).press(answers={"q-ls_frequency": "very_common"})
    opened = respondent.names()
    respondent.walk(first_answers)

    assert any(name.startswith("q-ls_forms_common") for name in opened)
    assert respondent.heading == "Check your answers"


def test_what_does_not_fit_keeps_the_answers_from_being_sent(respondent: Respondent) -> None:
    to_check(respondent)
    sending = respondent.fields()
    page = respondent.page.xpath("//a[contains(@href, 'q-known_share_typical')]/@href")[0].split("#")[0]
    respondent.get(page).press("later", {"q-known_share_typical": "many"})

    respondent.post(sending, "/answer/send")

    assert respondent.errors() == [
        "The number for “In a typical new case, about what percentage of the material is already known when you "
        "start?” must be a whole number from 0 to 100"
    ]
    assert respondent.fields()["q-known_share_typical"] == ["many"]
    assert not Ballot.objects.exists()


def test_sending_twice_counts_once_and_shows_the_same_receipt(respondent: Respondent) -> None:
    to_check(respondent)
    fields, cookies = respondent.fields(), respondent.client.cookies.output()
    again = Respondent(respondent.link).open()
    assert cookies

    first = respondent.post(fields, "/answer/send").receipt()
    second = again.post(fields, "/answer/send").receipt()

    assert first == second != ""
    assert Ballot.objects.count() == 1


def test_second_use_of_a_link_gets_the_page_of_a_wrong_one(respondent: Respondent) -> None:
    to_check(respondent).press("send")

    respondent.open()
    wrong = Respondent("/i/" + "A" * 22).open()

    assert respondent.response.status_code == 404
    # The page names its own address, for whoever changes its language.
    own = respondent.response.content.replace(respondent.link.encode(), wrong.link.encode())
    assert own == wrong.response.content
    assert "they have arrived" in respondent.text()
    assert "when answers were sent with it" in respondent.text()


def test_receipt_made_up_by_somebody_is_not_shown_after_sending(respondent: Respondent) -> None:
    to_check(respondent)
    fields = respondent.fields()
    respondent.post(fields, "/answer/send").open()

    respondent.post({**fields, "receipt": ["AAAA-AAAA-AAAA-AAAA"]}, "/answer/send")

    assert respondent.receipt() == ""
    assert respondent.heading == "Your answers have arrived"


def test_check_page_refuses_a_receipt_that_it_did_not_show(respondent: Respondent) -> None:
    to_check(respondent)

    respondent.post({**respondent.fields(), "receipt": ["AAAA-AAAA-AAAA-AAAA"]}, "/answer/send")

    assert respondent.response.status_code == 400
    assert not Ballot.objects.exists()


def test_sent_answers_leave_nothing_in_the_browser(respondent: Respondent) -> None:
    to_check(respondent).press("send")

    respondent.get("/answer/")

    assert respondent.response.status_code == 404


def test_declining_is_asked_for_again_and_can_be_undone(respondent: Respondent) -> None:
    respondent.open().post({"action": "decline"})
    asked = respondent.heading
    respondent.post({})
    state = Invitation.objects.get().state

    respondent.begin()

    assert asked == "You do not want to take part?"
    assert state == Invitation.State.DECLINED
    assert Invitation.objects.get().state == Invitation.State.STARTED


def test_stopping_can_delete_everything_and_the_link_begins_anew(respondent: Respondent) -> None:
    at_region(respondent).press("stop", {"q-le_region": "us"})
    offered = respondent.text()
    respondent.post(respondent.fields())
    deleted = respondent.heading

    at_region(respondent)

    assert "You need not give a reason" in offered
    assert deleted == "Your answers are deleted"
    assert "q-le_region" not in respondent.fields()


def test_later_page_says_until_when_with_the_time_zone(respondent: Respondent) -> None:
    at_region(respondent).press("later")

    assert respondent.heading == "Saved for later"
    assert "(Europe/Stockholm)" in respondent.text()
    assert respondent.link.removeprefix("/i/") not in respondent.response.content.decode()


@pytest.mark.parametrize("link", ["/i/" + "A" * 22, "/i/short", "/i/" + "é" * 22, "/i/%00"])
def test_wrong_link_gets_one_calm_page(db: None, link: str) -> None:
    respondent = Respondent(link).open()

    assert respondent.response.status_code == 404
    assert respondent.heading == "There is no questionnaire to open here"
    assert "enquiry_answer" not in respondent.client.cookies


def test_closed_wave_thanks_and_begins_nothing(db: None) -> None:
    now = datetime.now(UTC)
    wave = open_wave("enterprise", opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1))

    link = new_link(wave)
    late = Respondent(link).open()
    Wave.objects.update(closes_at=now + timedelta(minutes=1))
    in_time = Respondent(link).open()
    Wave.objects.update(closes_at=now - timedelta(minutes=1))

    assert (late.response.status_code, late.heading) == (404, "There is no questionnaire to open here")
    assert in_time.response.status_code == 200
    assert in_time.get("/answer/").heading == "This survey has closed"
    assert not Draft.objects.exists()


def test_wave_that_opens_later_says_when(db: None) -> None:
    opens = datetime.now(UTC) + timedelta(days=2)
    wave = open_wave("enterprise", opens_at=opens, closes_at=opens + timedelta(days=2))

    respondent = Respondent(new_link(wave)).open()

    assert respondent.heading == "This survey is not open yet"
    assert "(Europe/Stockholm)" in respondent.text()


def test_begun_before_the_close_may_be_sent_in_the_hour_after_it(respondent: Respondent, wave: Wave) -> None:
    to_check(respondent)
    Wave.objects.filter(pk=wave.pk).update(closes_at=datetime.now(UTC) - timedelta(minutes=30))

    respondent.press("send")

    assert respondent.heading == "Your answers are sent"


def test_an_hour_after_the_close_nothing_is_taken(respondent: Respondent, wave: Wave) -> None:
    to_check(respondent)
    Wave.objects.filter(pk=wave.pk).update(closes_at=datetime.now(UTC) - timedelta(minutes=61))

    respondent.press("send")

    assert respondent.heading == "This survey has closed"
    assert not Ballot.objects.exists()


def test_colleague_of_the_same_organisation_finds_that_it_has_answered(db: None) -> None:
    wave = open_wave("enterprise")
    first, second = Respondent(new_link(wave, unit="One")), Respondent(new_link(wave, unit="One"))
    to_check(first)
    second.begin()

    first.press("send")
    second.press()

    assert first.heading == "Your answers are sent"
    assert second.heading == "Your organisation has answered"


def test_form_sent_after_the_cookie_ran_out_is_kept_until_the_link_is_opened(respondent: Respondent) -> None:
    at_region(respondent)
    fields = respondent.fields() | {"q-le_region": ["us"], "action": ["later"]}
    path = respondent.path
    respondent.client = Client()
    status = respondent.post(fields, path).response.status_code

    respondent.post({**respondent.fields(), "link": [respondent.link]})
    respondent.get(path)

    assert status == 403
    assert respondent.fields()["q-le_region"] == ["us"]


def test_order_of_choices_is_the_same_on_every_visit(respondent: Respondent) -> None:
    at_region(respondent).press(answers={"q-le_region": "us"})

    orders = {
        tuple(Respondent(respondent.link).open().get(respondent.path).page.xpath("//input/@id"))
        for _ in range(3)
    }

    assert len(orders) == 1
