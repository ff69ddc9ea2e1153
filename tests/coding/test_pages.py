"""The pages of coding without a script: who sees what, what is said, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from lxml import html

from accounts.models import User
from responses.actions import code as coding
from responses.actions.lead_coding import report_agreement, start_rounds
from responses.coding import texts
from responses.coding.models import CodingEnd, CodingRound, Decision, FrameRevision, WorkingTranslation
from responses.models import Coding
from tests.coding.stage import NOW, QUESTION, Stage, coder, coding_stage, store
from tests.coding.test_actions import FITTING as ALL_FITTING
from tests.services import PROJECT, acting_as
from tests.staff.people import log_in, member

pytestmark = pytest.mark.django_db
FITTING = {words: ALL_FITTING[words] for words in ("Web Filter", "a cage", "fire wall", "DLP")}


@pytest.fixture
def stage() -> Stage:
    return coding_stage(list(FITTING))


@pytest.fixture
def round_(stage: Stage) -> CodingRound:
    return stage.begin()


def at_work(user: User, *, warned: bool = True) -> Client:
    client = log_in(Client(), user)
    if warned:
        session = client.session
        session["coding_warned"] = True
        session.save()
    return client


def page_of(response: Any) -> Any:
    return html.fromstring(response.content.decode())


def words_on(response: HttpResponse) -> str:
    return " ".join(page_of(response).text_content().split())


def said(response: Any) -> str:
    found = page_of(response).xpath("//blockquote[@data-said]/text()")
    return str(found[0]) if found else ""


def path(round_: CodingRound) -> str:
    return f"/staff/coding/rounds/{round_.pk}/"


def post(client: Client, address: str, **fields: Any) -> Any:
    with acting_as("web"):
        return client.post(address, fields, follow=True)


def save(client: Client, round_: CodingRound, *codes: str) -> Any:
    """Code the text that the page shows, as its form does."""
    shown = client.get(path(round_))
    [text] = page_of(shown).xpath("//form[@data-codes-form]//input[@name='text']/@value")
    return post(client, path(round_), text=text, codes=codes, do="save")


def test_warning_comes_before_the_first_text_of_a_session_and_not_again(
    stage: Stage, round_: CodingRound
) -> None:
    client = at_work(stage.first, warned=False)
    before = client.get(path(round_))

    after = post(client, path(round_), do="begin")

    assert "Before the first answer" in words_on(before)
    assert said(before) == ""
    assert said(after) in FITTING
    assert said(client.get(path(round_))) == said(after)


def test_whole_round_is_coded_without_a_script(stage: Stage, round_: CodingRound) -> None:
    for user in (stage.first, stage.second):
        client = at_work(user)
        for _n in FITTING:
            code = FITTING[said(client.get(path(round_)))]
            assert save(client, round_, code).status_code == 200
        assert "coded everything" in words_on(client.get(path(round_)))

    assert texts.uncoded_of_wave(stage.wave) == 0
    assert Coding.objects.count() == len(FITTING)


def test_page_holds_nothing_of_the_other_coder_and_nothing_else_of_the_respondent(
    stage: Stage, round_: CodingRound
) -> None:
    for words, code in (("a cage", "organisational"), ("DLP", "dlp")):
        coding.decide(coding_round=round_, text=stage.text(words).pk, codes=[code], by=stage.second, now=NOW)
    coding.ask(
        coding_round=round_, text=stage.text("fire wall").pk, note="A secret note", by=stage.second, now=NOW
    )
    client = at_work(stage.first)
    seen = {}
    for _n in FITTING:
        page = client.get(path(round_))
        seen[said(page)] = page.content.decode()
        save(client, round_, "other")

    assert set(seen) == set(FITTING)
    for words, page in seen.items():
        checked = html.fromstring(page).xpath("//input[@name='codes'][@checked]")
        others = set(FITTING) - {words}
        assert not checked
        assert "A secret note" not in page
        assert stage.second.email not in page
        body = html.fromstring(page).xpath("//main")[0].text_content()
        assert not any(other in body for other in ("a cage", "fire wall") if other in others)
        assert stage.second.name not in body.split()


def test_two_coders_get_the_same_text_with_the_same_page_whatever_the_other_did(
    stage: Stage, round_: CodingRound
) -> None:
    """The page of a text is the same before and after the other coder decided about it."""
    client = at_work(stage.first)
    before = client.get(path(round_))
    text = stage.text(said(before))
    coding.decide(coding_round=round_, text=text.pk, codes=["other"], by=stage.second, now=NOW)

    after = client.get(path(round_))

    assert (
        page_of(before).xpath("//main")[0].text_content() == page_of(after).xpath("//main")[0].text_content()
    )


@pytest.mark.parametrize("role", ["third", "lead", "other coder", "analyst"])
def test_round_of_others_is_not_found(stage: Stage, round_: CodingRound, role: str) -> None:
    people = {
        "third": lambda: stage.third,
        "lead": lambda: stage.lead,
        "other coder": lambda: coder("eve"),
        "analyst": lambda: member("analyst"),
    }
    client = at_work(people[role]())

    assert client.get(path(round_)).status_code == 404
    assert client.post(path(round_), {"do": "save"}).status_code == 404
    assert at_work(stage.first).get(path(round_)).status_code == 200


def test_contents_of_a_round_are_not_for_a_lead_who_codes_in_it(stage: Stage) -> None:
    coding_lead = member("coding_lead", email="leads.and.codes@example.org")
    round_ = start_rounds(
        wave=stage.wave,
        questions=[QUESTION],
        first=coding_lead,
        second=stage.second,
        third=stage.third,
        by=stage.lead,
        now=NOW,
    )[0]
    own, other = at_work(coding_lead), at_work(stage.lead)

    for address in ("agreement/", "queries/"):
        assert own.get(path(round_) + address).status_code == 404
        assert other.get(path(round_) + address).status_code == 200
    assert "not for you to look at" in words_on(own.get(f"/staff/coding/waves/{stage.wave.pk}/"))


def test_refused_save_shows_the_same_text_with_what_was_chosen(stage: Stage, round_: CodingRound) -> None:
    client = at_work(stage.first)
    before = said(client.get(path(round_)))

    refused = save(client, round_, "physical", "organisational", "dlp")

    assert refused.status_code == 422
    assert said(refused) == before
    assert set(page_of(refused).xpath("//input[@name='codes'][@checked]/@value")) == {
        "physical",
        "organisational",
        "dlp",
    }
    assert "at most 2 codes" in words_on(refused)
    assert not Decision.objects.exists()


def test_undo_brings_the_last_text_back_and_works_once_for_each(stage: Stage, round_: CodingRound) -> None:
    client = at_work(stage.first)
    first = said(client.get(path(round_)))
    save(client, round_, "other")

    undone = post(client, path(round_), do="undo")
    again = post(client, path(round_), do="undo")

    assert said(undone) == first
    assert not Decision.objects.exists()
    assert "nothing to undo" in words_on(again)


def test_skipped_text_comes_last(stage: Stage, round_: CodingRound) -> None:
    client = at_work(stage.first)
    first = client.get(path(round_))
    [text] = page_of(first).xpath("//form[@data-codes-form]//input[@name='text']/@value")
    post(client, path(round_), do="skip", text=text)
    order = []
    for _n in FITTING:
        order.append(said(client.get(path(round_))))
        save(client, round_, "other")

    assert order[-1] == said(first)
    assert sorted(order) == sorted(FITTING)


def test_hidden_text_is_not_in_the_page_until_it_is_shown_again(stage: Stage, round_: CodingRound) -> None:
    client = at_work(stage.first)
    shown = said(client.get(path(round_)))

    hidden = post(client, path(round_), do="hide")
    again = post(client, path(round_), do="show")

    assert shown not in hidden.content.decode()
    assert said(again) == shown


def test_question_to_the_lead_comes_back_with_the_answer(stage: Stage, round_: CodingRound) -> None:
    client, lead = at_work(stage.first), at_work(stage.lead)
    [text] = page_of(client.get(path(round_))).xpath("//form[@data-codes-form]//input[@name='text']/@value")
    empty = post(client, path(round_), do="ask", text=text, note=" ")
    post(client, path(round_), do="ask", text=text, note="Which of the two?")
    listed = lead.get(path(round_) + "queries/")
    decision = Decision.objects.get()

    post(lead, f"{path(round_)}queries/{decision.pk}/", answer="The first.")

    assert "Write what you want to ask" in words_on(empty)
    assert "Which of the two?" in words_on(listed)
    pages = []
    for _n in FITTING:
        pages.append(words_on(client.get(path(round_))))
        save(client, round_, "other")
    assert sum("The first." in page for page in pages) == 1


def test_pause_comes_after_a_batch(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "BATCH", 3)
    round_ = stage.begin()
    client = at_work(stage.first)
    for _n in range(3):
        saved = save(client, round_, "other")

    on = post(client, path(round_), do="go_on")

    assert "A batch is done" in words_on(saved)
    assert said(on)
    assert "Batch 2 of 2" in words_on(on)


def test_suggestions_stand_first_with_their_keys_and_nothing_is_chosen(
    stage: Stage, round_: CodingRound
) -> None:
    client = at_work(stage.first)
    pages = {}
    for _n in FITTING:
        page = client.get(path(round_))
        pages[said(page)] = page_of(page).xpath("//input[@data-number]/@value")
        save(client, round_, "other")

    assert pages["Web Filter"][0] == "filter"
    assert pages["fire wall"][0] == "firewall"
    assert pages["a cage"] == []


def test_working_translation_stands_beside_the_original(stage: Stage) -> None:
    stage.wave.open_texts.all().delete()
    store(stage.wave, (["جدار الحماية"], "", "ar"))
    round_ = stage.begin()
    lead, client = at_work(stage.lead), at_work(stage.first)
    before = words_on(client.get(path(round_)))
    text = stage.wave.open_texts.get()

    post(lead, f"{path(round_)}texts/{text.pk}/translate/", language="en", words="firewall")

    after = client.get(path(round_))
    assert "in a language that you do not read" in before
    assert WorkingTranslation.objects.get().words == "firewall"
    assert page_of(after).xpath("//blockquote[@lang='ar'][@dir='auto']/text()") == ["جدار الحماية"]
    assert "firewall" in words_on(after)
    assert page_of(after).xpath("//input[@data-number='1']/@value") == ["firewall"]


def coded(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, FITTING, {"a cage": "other"})


def test_agreement_is_shown_written_down_and_then_decided(stage: Stage, round_: CodingRound) -> None:
    lead, third = at_work(stage.lead), at_work(stage.third)
    early = words_on(lead.get(path(round_) + "agreement/"))
    waiting = words_on(third.get(path(round_) + "decide/"))
    coded(stage, round_)

    written = post(lead, path(round_) + "agreement/")
    page = third.get(path(round_) + "decide/")
    pairs = page_of(page).xpath("//table//td/text()")
    [text] = page_of(page).xpath("//form[@data-codes-form]//input[@name='text']/@value")
    nothing = post(third, path(round_) + "decide/", text=text)
    post(third, path(round_) + "decide/", text=text, codes=["physical"])

    assert "4 texts are not coded by both yet" in early
    assert "Nobody decides" in waiting
    assert "0." in words_on(written)
    assert "too low: below 0.667" in words_on(written)
    assert sorted(pairs) == ["Another measure", "Physical measures"]
    assert stage.first.name not in words_on(page).split()
    assert nothing.status_code == 422
    assert said(nothing) == "a cage"
    assert texts.uncoded_of_wave(stage.wave) == 0


def test_overview_of_the_lead_shows_progress_agreement_and_the_end(stage: Stage, round_: CodingRound) -> None:
    lead = at_work(stage.lead)
    coded(stage, round_)
    report_agreement(coding_round=round_, by=stage.lead, now=NOW)

    page = words_on(lead.get(f"/staff/coding/waves/{stage.wave.pk}/"))
    close = words_on(lead.get(f"/staff/coding/waves/{stage.wave.pk}/close/"))

    assert "texts: 4" in page
    assert "1 text" not in page
    assert "One text waits for Cy." in page
    assert "Texts without a final code: 1." in close


def test_rounds_are_started_on_a_page(stage: Stage) -> None:
    lead = at_work(stage.lead)
    address = f"/staff/coding/waves/{stage.wave.pk}/start/"
    people = {"first": stage.first.pk, "second": stage.second.pk, "third": stage.third.pk}

    refused = post(lead, address, questions=[QUESTION], **people | {"third": stage.first.pk})
    started = post(lead, address, questions=[QUESTION], **people)

    assert refused.status_code == 422
    assert "three different people" in words_on(refused)
    assert "The texts are with the coders." in words_on(started)
    assert CodingRound.objects.get().question == QUESTION
    assert "Code answers" in words_on(at_work(stage.first).get("/staff/coding/"))


def test_frame_is_revised_on_a_page(stage: Stage, round_: CodingRound) -> None:
    coded(stage, round_)
    lead = at_work(stage.lead)
    address = f"/staff/coding/waves/{stage.wave.pk}/frames/protection_technology/"
    before = words_on(lead.get(address))

    refused = post(lead, address + "revise/", added="Cages\nfilter | Filter again")
    revised = post(
        lead, address + "revise/", added="cages | Cages | cage, bars", again=["other"], note="Seen often"
    )

    assert refused.status_code == 422
    for sentence in (
        "“Cages” is no code",
        "The code Cages needs a label",
        "The frame has a code filter already",
    ):
        assert sentence in words_on(refused)
    assert "cages" not in before
    assert "Cages cagescage, bars" in words_on(revised)
    assert FrameRevision.objects.get().note == "Seen often"
    assert {
        text.text
        for text in texts.to_code(
            CodingRound.objects.select_related("wave__questionnaire").get(), stage.first, 1
        )
    } == {"a cage"}


def test_closing_is_asked_for_on_a_page(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, FITTING)
    report_agreement(coding_round=round_, by=stage.lead, now=NOW)
    lead = at_work(stage.lead)

    post(lead, f"/staff/coding/waves/{stage.wave.pk}/close/")

    assert CodingEnd.objects.get().asked_on >= datetime.now(UTC).date().replace(year=2019)
    assert "being closed" in words_on(lead.get(f"/staff/coding/waves/{stage.wave.pk}/"))
    assert "You have no texts to code" in words_on(at_work(stage.first).get("/staff/coding/"))


def test_script_of_the_page_is_small_and_stores_sends_and_says_nothing() -> None:
    file = PROJECT / "static/coding.js"
    script = re.sub(r"//[^\n]*", "", file.read_text())

    assert file.stat().st_size < 10_000
    assert not re.findall(r"fetch\(|XMLHttp|sendBeacon|Storage|cookie|eval\(|innerHTML|\.style\b", script)
    assert not re.findall(r"\?\.|\?\?|catch\s*\{|\.\.\.|\basync\b|\bimport\b", script), "Newer than ES2017"
    assert not re.findall(r"\"[A-Z][a-z]+ [a-z]", script), "A sentence that nobody could translate"


def test_languages_of_a_coder_are_set_by_the_lead(stage: Stage) -> None:
    lead = at_work(stage.lead)
    address = f"/staff/people/{stage.first.pk}/languages/"

    refused = post(lead, address, languages="en klingon")
    post(lead, address, languages="EN, sv")

    stage.first.refresh_from_db()
    assert refused.status_code == 422
    assert "klingon" in words_on(refused)
    assert stage.first.languages == ["en", "sv"]
