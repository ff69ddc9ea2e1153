"""The pages around the questions: what every one of them has, and that each says true and useful things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.template.loader import render_to_string
from lxml import html

from responses.models import Draft, Invitation
from surveys.models import Questionnaire, Translation, Wave, Wording
from tests.respond.fieldwork import Respondent, first_answers, new_link
from tests.respond.test_journey import at_region, to_check

pytestmark = pytest.mark.django_db

Stage = Callable[[Respondent], Respondent]


def _changed(**changes: object) -> Stage:
    """A change while the link is open in the browser: opened anew, such a link says no more than a wrong one."""

    def stage(respondent: Respondent) -> Respondent:
        respondent.open()
        Wave.objects.update(**changes)
        return respondent.get("/answer/")

    return stage


def _in_state(state: str) -> Stage:
    def stage(respondent: Respondent) -> Respondent:
        respondent.open()
        Invitation.objects.update(state=state)
        return respondent.get("/answer/")

    return stage


def _screened_out(respondent: Respondent) -> Respondent:
    return respondent.begin().to("q-le_eligible").press(answers={"q-le_eligible": "not_involved"})


def _held(respondent: Respondent) -> Respondent:
    del at_region(respondent).client.cookies["enquiry_answer"]
    return respondent.press(answers={"q-le_region": "us"})


def _other_draft(respondent: Respondent) -> Respondent:
    return at_region(respondent).press(answers={"draft": "other", "q-le_region": "us"})


def _stopped(respondent: Respondent) -> Respondent:
    respondent.begin().press("stop")
    return respondent.post(respondent.fields())


NOW = datetime.now(UTC)
PAGES: dict[str, Stage] = {
    "consent": lambda r: r.open(),
    "consent without a tick": lambda r: r.open().press(),
    "decline": lambda r: r.open().press("decline"),
    "declined": lambda r: r.open().press("decline").post({}),
    "begin after all": lambda r: r.open().press("decline").post({}).get("/answer/"),
    "welcome back": lambda r: r.begin().get("/answer/"),
    "later": lambda r: r.begin().press("later"),
    "left": lambda r: r.begin().press("later").post({}),
    "stop": lambda r: r.begin().press("stop"),
    "stopped": _stopped,
    "screened out": _screened_out,
    "thanks of the screened out": lambda r: _screened_out(r).press("send"),
    "check": to_check,
    "thanks": lambda r: to_check(r).press("send"),
    "sent": _in_state(Invitation.State.FINISHED),
    "closed by a colleague": _in_state(Invitation.State.CLOSED),
    "closed": _changed(opens_at=NOW - timedelta(days=9), closes_at=NOW - timedelta(hours=5)),
    "not yet open": _changed(opens_at=NOW + timedelta(days=1)),
    "no invitation": lambda r: r.get("/answer/"),
    "wrong link": lambda r: r.get("/i/" + "A" * 22),
    "held": _held,
    "wrong link for what is held": lambda r: _held(r).post({**r.fields(), "link": ["x"]}),
    "other draft": _other_draft,
    "handed on": lambda r: r.get(f"/answer/over/{Wave.objects.get().pk}/forwarded/email"),
    "receipt taken": lambda r: r.get("/withdraw/taken"),
    "withdraw": lambda r: r.get("/withdraw/"),
    "what we store": lambda r: r.get("/what-we-store/"),
}
EVERY_PAGE = pytest.mark.parametrize("stage", PAGES.values(), ids=PAGES.keys())


def open_language(wave: Wave, *languages: str) -> None:
    """One translated text is enough for a page to be in that language."""
    Wave.objects.update(languages=languages)
    for language in languages:
        Wording.objects.create(
            questionnaire=wave.questionnaire,
            language=language,
            path="page.consent.title",
            text="Om undersökningen",
        )
    Questionnaire.objects.update(texts_version=F("texts_version") + 1)


@EVERY_PAGE
@pytest.mark.parametrize("language", ["en", "ar"])
def test_page_has_what_every_page_has(
    respondent: Respondent, wave: Wave, stage: Stage, language: str
) -> None:
    open_language(wave, "ar")
    respondent.client.cookies["enquiry_language"] = language
    token = respondent.link.removeprefix("/i/")

    page = stage(respondent).page

    headers = respondent.response.headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert len(page.xpath("//h1")) == len(page.xpath("//main")) == len(page.xpath("//footer")) == 1
    assert page.findtext(".//title").strip()
    assert (page.get("lang"), page.get("dir")) == (language, "rtl" if language == "ar" else "ltr")
    assert token not in respondent.response.content.decode()
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


@EVERY_PAGE
def test_page_can_be_read_in_another_language(respondent: Respondent, wave: Wave, stage: Stage) -> None:
    """Pages of a form switch by its own buttons; of the others the switch has a form at the end of the page."""
    open_language(wave, "ar")
    stage(respondent)
    outside = respondent.page.xpath("//form[@id='language-form']")
    inside = respondent.page.xpath("//main//form[.//button[@value='language-ar']]")
    assert len(outside) + bool(inside) == 1
    form = (outside or inside)[0]
    fields = {name: [value] for name, value in form.form_values()}
    chosen = {"language": ["ar"]} if outside else {"action": ["language-ar"]}

    respondent.post({**fields, **chosen}, form.get("action") or respondent.path)

    assert (respondent.page.get("lang"), respondent.page.get("dir")) == ("ar", "rtl")
    assert respondent.response.status_code < 500


@EVERY_PAGE
def test_page_is_no_dead_end(respondent: Respondent, stage: Stage) -> None:
    """A button or a link in the page itself, or the plain word that this is the end, and what can be done later."""
    stage(respondent)

    ways = respondent.page.xpath("//main//a[@href] | //main//button[not(@tabindex)]")
    assert ways or "You can close this page now." in respondent.text()


@pytest.mark.parametrize(
    "stage",
    ["consent", "decline", "declined", "later", "left", "stop", "stopped", "sent", "closed", "not yet open"],
)
def test_page_of_a_survey_has_its_name_and_support(respondent: Respondent, stage: str) -> None:
    PAGES[stage](respondent)

    assert respondent.page.xpath("//footer//details[@class='support']")
    assert "–" in respondent.page.findtext(".//title")


def test_consent_says_no_as_easily_as_yes(respondent: Respondent) -> None:
    respondent.open()

    assert respondent.form.xpath(".//button/@value") == ["continue", "decline"]
    assert not respondent.form.xpath(".//input[@checked]")


def test_declining_asks_once_deletes_and_can_be_undone(respondent: Respondent) -> None:
    at_region(respondent).get("/answer/decline")
    asked, kept = respondent.heading, Draft.objects.count()

    respondent.post({})
    said, left = respondent.heading, Draft.objects.count()
    respondent.get("/answer/decline")
    reloaded = respondent.heading
    respondent.begin()

    assert (asked, kept) == ("You do not want to take part?", 1)
    assert (said, left) == ("You will hear no more from us", 0)
    assert reloaded == said
    assert "/answer/step/" in respondent.path


def test_saved_for_later_says_how_until_when_and_what(respondent: Respondent, wave: Wave) -> None:
    respondent.begin().press("later")

    assert "Open the personal link from your invitation again" in respondent.text()
    assert "You can finish until" in respondent.text()
    assert str(wave.closes_at.year) in respondent.text()
    assert "What is stored until then" in respondent.text()
    assert "24 hours" in respondent.text()


def test_left_browser_opens_nothing_and_the_link_opens_all(respondent: Respondent) -> None:
    respondent.begin().press("later").post({})
    heading, again = respondent.heading, respondent.get("/answer/").heading

    respondent.open()

    assert heading == "Closed in this browser"
    assert again == "There is no questionnaire to open here"
    assert respondent.heading == "Welcome back"


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("sent", "Thank you for taking part"),
        ("closed by a colleague", "Thank you"),
        ("closed", "Thank you for your interest"),
        ("screened out", "Thank you"),
        ("thanks of the screened out", "Thank you for your interest"),
        ("thanks", "Thank you for your work and your time"),
        ("stopped", "Thank you for your time"),
        ("declined", "Thank you for telling us"),
    ],
)
def test_page_at_an_end_thanks(respondent: Respondent, stage: str, words: str) -> None:
    assert words in PAGES[stage](respondent).text()


def test_note_on_wellbeing_stands_at_the_start_and_at_the_end(respondent: Respondent) -> None:
    start = respondent.begin().text()
    end = respondent.walk(first_answers).press("send").text()

    assert "pause whenever you wish" in start
    assert "talk to a colleague" in end


@pytest.mark.parametrize(
    ("language", "reviewed_by", "is_draft"),
    [("en", "", False), ("sv", "", True), ("sv", None, True), ("sv", "Somebody", False)],
)
def test_consent_says_when_its_translation_has_not_been_reviewed(
    respondent: Respondent, wave: Wave, language: str, reviewed_by: str | None, is_draft: bool
) -> None:
    open_language(wave, "sv")
    if reviewed_by is not None:
        Translation.objects.create(questionnaire=wave.questionnaire, language="sv", reviewed_by=reviewed_by)
    respondent.client.cookies["enquiry_language"] = language

    respondent.open()

    assert respondent.page.get("lang") == language
    assert bool(respondent.page.xpath("//main//*[contains(@class, 'notice-warning')]")) == is_draft


@pytest.mark.parametrize(
    ("fields", "is_offered"),
    [({"email": "a@example.org"}, True), ({}, False), ({"email": "a@example.org", "forwarded": True}, False)],
)
def test_handing_on_is_offered_to_whom_it_is_open(
    wave: Wave, fields: dict[str, object], is_offered: bool
) -> None:
    page = Respondent(new_link(wave, **fields)).open()

    assert ("/answer/forward" in page.page.xpath("//main//a/@href")) == is_offered


def test_languages_are_offered_around_the_questions(respondent: Respondent, wave: Wave) -> None:
    open_language(wave, "ar", "sv")

    for name in ("consent", "decline", "declined"):
        page = PAGES[name](respondent).page
        tags = page.xpath("//*[@class='languages']//button/@value")
        assert tags == ["ar", "sv"], name
    for stage in (_held, _in_state(Invitation.State.FINISHED)):
        tags = stage(respondent).page.xpath("//*[@class='languages']//button/@value")
        assert {tag.removeprefix("language-") for tag in tags} >= {"ar", "sv"}


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_page_of_a_fault_is_whole_without_a_request(template: str) -> None:
    """Some of them are rendered when nothing is known of the request any more."""
    page = html.document_fromstring(render_to_string(template))

    assert len(page.xpath("//main//h1")) == 1
    assert page.findtext(".//title").strip()
    assert page.xpath("//main//p")
