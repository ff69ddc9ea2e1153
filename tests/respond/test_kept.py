"""A form that arrives without its link, or fails the check that it is ours: nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import RequestDataTooBig
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from responses.entry import token_in
from responses.keeping import KEPT_FOR, KeptForm, KeptFormUnreadable, lock, unlock
from responses.models import Ballot, Draft
from responses.sealing import new_token, token_text
from surveys.models import Wave
from tests.respond.fieldwork import Respondent, new_link
from tests.respond.test_journey import at_region, to_check

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELD = "q-le_region"


def forget_link(respondent: Respondent) -> Respondent:
    """The cookie of the link has run out; the browser keeps its others."""
    del respondent.client.cookies["enquiry_answer"]
    return respondent


def held(respondent: Respondent, action: str = "continue") -> Respondent:
    """Somebody who answered a page a day too late."""
    at_region(respondent)
    return forget_link(respondent).press(action, {FIELD: "us"})


def show_link(respondent: Respondent, link: str) -> Respondent:
    return respondent.post({**respondent.fields(), "link": [link]})


def test_answers_that_arrive_without_a_link_are_held_and_not_in_clear(respondent: Respondent) -> None:
    page = held(respondent)

    assert page.response.status_code == 403
    assert page.heading == "Not saved yet"
    assert set(page.fields()) == {"csrfmiddlewaretoken", "kept", "link", "comeback"}
    assert FIELD not in page.response.content.decode()
    assert [cookie for cookie in page.response.cookies if "csrf" not in cookie] == []


@pytest.mark.parametrize("form", ["{link}", "https://testserver{link}", "{token}", " <{link}> ", "{link}\n"])
def test_held_answers_are_saved_once_the_link_is_shown(respondent: Respondent, form: str) -> None:
    page = held(respondent, "later")

    show_link(page, form.format(link=respondent.link, token=respondent.link.removeprefix("/i/")))

    assert page.heading == "Saved for later"
    assert at_saved_region(page)[FIELD] == ["us"]


def at_saved_region(respondent: Respondent) -> dict[str, list[str]]:
    """The fields of the page that was open last."""
    return respondent.get(str(respondent.page.xpath("//main//a[@class='button']/@href")[0])).fields()


def test_held_answers_go_on_to_the_next_page_like_any_others(respondent: Respondent) -> None:
    page = held(respondent)

    show_link(page, respondent.link)

    assert "/answer/step/" in page.path
    assert FIELD not in page.names()
    assert page.get("/answer/").heading == "Welcome back"


def test_held_answers_with_an_error_come_back_on_their_own_page(respondent: Respondent) -> None:
    respondent.begin().to("q-tech_trends-1")
    forget_link(respondent).press(answers={"q-tech_trends-1": "long " * 2000})

    show_link(respondent, respondent.link)

    assert respondent.response.status_code == 422
    assert respondent.errors()
    assert respondent.form.get("action").startswith("/answer/step/")
    assert respondent.fields()["q-tech_trends-1"][0].split() == ["long"] * 2000


@pytest.mark.parametrize("link", ["", "nonsense", "https://testserver/i/", "A" * 22, "/i/" + "A" * 23])
def test_wrong_link_is_asked_for_again_and_loses_nothing(respondent: Respondent, link: str) -> None:
    page = show_link(held(respondent), link)
    status, sentences, typed = page.response.status_code, page.errors(), page.fields()["link"]

    show_link(page, respondent.link)

    assert status == 422
    assert len(sentences) == 1
    assert "personal link" in sentences[0]
    assert typed == [link]
    assert "/answer/step/" in page.path
    assert page.response.status_code == 200


def test_held_page_names_no_token_in_its_title(respondent: Respondent) -> None:
    token = token_text(new_token())

    page = show_link(held(respondent), token)

    assert token not in page.page.findtext(".//title")
    assert page.page.findtext(".//title").startswith("Error:")


def test_held_answers_of_another_link_are_shown_and_not_saved(respondent: Respondent, wave: Wave) -> None:
    page = held(respondent)
    other = Respondent(new_link(wave)).begin()
    draft = other.fields()["draft"][0]
    before = bytes(Draft.objects.get(pk=draft).sealed)

    show_link(page, other.link)

    assert page.response.status_code == 400
    assert page.heading == "These answers belong to another link"
    assert "United States" in page.text()
    assert bytes(Draft.objects.get(pk=draft).sealed) == before


def test_consent_that_arrives_without_a_link_begins_once_the_link_is_shown(respondent: Respondent) -> None:
    respondent.open()
    forget_link(respondent).post(
        {**respondent.fields(), "consent_given": ["yes"], "action": ["continue"]}, "/answer/begin"
    )
    heading = respondent.heading
    begun = Draft.objects.exists()

    show_link(respondent, respondent.link)

    assert (heading, begun) == ("Not begun yet", False)
    assert Draft.objects.count() == 1
    assert "/answer/step/" in respondent.path


def test_sending_without_a_link_sends_once_the_link_is_shown(respondent: Respondent) -> None:
    forget_link(to_check(respondent)).press("send")
    heading, sent = respondent.heading, Ballot.objects.exists()

    show_link(respondent, respondent.link)

    assert (heading, sent) == ("Not sent by this page", False)
    assert Ballot.objects.count() == 1
    assert respondent.receipt()
    assert not respondent.client.cookies["enquiry_answer"].value


def test_held_form_shown_twice_is_taken_twice_and_saved_the_same(respondent: Respondent) -> None:
    page = held(respondent, "later")
    fields = {**page.fields(), "link": [respondent.link]}

    headings = [page.post(fields, "/answer/kept").heading for _ in range(2)]

    assert headings == ["Saved for later"] * 2
    assert at_saved_region(page)[FIELD] == ["us"]


@pytest.mark.parametrize(
    "spoil", [lambda text: "", lambda text: "é", lambda text: text[:-8], lambda text: "A" + text]
)
def test_held_form_that_was_damaged_is_refused_in_plain_words(
    respondent: Respondent, spoil: Callable[[str], str]
) -> None:
    page = held(respondent)
    fields = page.fields()

    page.post({**fields, "kept": [spoil(fields["kept"][0])], "link": [respondent.link]}, "/answer/kept")

    assert page.response.status_code == 410
    assert page.heading == "This page is too old to send"


def test_held_form_of_four_days_ago_is_refused_in_plain_words(respondent: Respondent) -> None:
    page = held(respondent)

    with time_machine.travel(datetime.now(UTC) + timedelta(days=4), tick=False):
        show_link(page, respondent.link)

    assert page.response.status_code == 410
    assert "older than three days" in page.text()


def test_get_of_the_address_leads_to_the_questionnaire(respondent: Respondent) -> None:
    assert respondent.begin().get("/answer/kept").heading == "Welcome back"


def test_held_page_in_another_language_holds_the_same(respondent: Respondent) -> None:
    page = held(respondent).press("language-sv", {"link": "half a link"})
    languages = page.page.get("lang"), page.client.cookies["enquiry_language"].value
    typed = page.fields()["link"]

    show_link(page, respondent.link)

    assert languages == ("sv", "sv")
    assert typed == ["half a link"]
    assert "/answer/step/" in page.path


@pytest.mark.parametrize("tag", ["", "xx", "../en", "sv\0"])
def test_held_page_in_a_language_that_is_not_there_stays(respondent: Respondent, tag: str) -> None:
    page = held(respondent).press(f"language-{tag}")

    assert page.heading == "Not saved yet"
    assert "enquiry_language" not in page.client.cookies


# Failing the check that a form is ours


@pytest.fixture
def strict(respondent: Respondent) -> Respondent:
    """A respondent whose forms are checked as on a real server."""
    at_region(respondent).client.handler.enforce_csrf_checks = True
    return respondent


@pytest.mark.parametrize("token", ["", "x" * 64, "é"])
def test_form_with_a_wrong_proof_is_held_and_saved_once_the_link_is_shown(
    strict: Respondent, token: str
) -> None:
    strict.press("later", {FIELD: "us", "csrfmiddlewaretoken": token})
    status, heading = strict.response.status_code, strict.heading

    show_link(strict, strict.link)

    assert (status, heading) == (403, "Not saved yet")
    assert strict.heading == "Saved for later"
    assert at_saved_region(strict)[FIELD] == ["us"]


def test_form_without_any_cookie_is_held_and_saved_once_the_link_is_shown(strict: Respondent) -> None:
    strict.client.cookies.clear()
    strict.press("later", {FIELD: "us"})

    show_link(strict, strict.link)

    assert strict.heading == "Saved for later"


def test_browser_without_cookies_is_told_so_and_loses_nothing(strict: Respondent) -> None:
    strict.client.cookies.clear()
    strict.press("later", {FIELD: "us"})
    strict.client.cookies.clear()

    show_link(strict, strict.link)
    status, text, typed = strict.response.status_code, strict.text(), strict.fields()["link"]
    show_link(strict, strict.link)

    assert status == 403
    assert "Allow cookies for this site" in text
    assert typed == [strict.link]
    assert strict.heading == "Saved for later"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
        {"Origin": "https://elsewhere.example"},
    ],
)
@pytest.mark.parametrize("path", ["/answer/step/3", "/answer/kept"])
def test_form_of_another_site_is_refused_and_not_repeated(
    strict: Respondent, headers: dict[str, str], path: str
) -> None:
    response = strict.client.post(path, {**strict.fields(), "kept": "x"}, headers=headers)

    assert response.status_code == 403
    assert b'name="kept"' not in response.content
    assert "This page was too old to send" in response.content.decode()


def test_page_outside_the_questionnaire_keeps_its_own_refusal(strict: Respondent) -> None:
    response = strict.client.post("/withdraw/", {"receipt": "ABCD"})

    assert response.status_code == 403
    assert "This page was too old to send" in response.content.decode()


# The lock itself

names = st.text(max_size=20)
fields = st.dictionaries(names, st.lists(st.text(max_size=50), max_size=4), max_size=5)


@given(fields=fields, address=st.text(max_size=30))
def test_locked_form_opens_to_what_it_was(fields: dict[str, list[str]], address: str) -> None:
    form = KeptForm(address, fields)

    assert unlock(lock(form, now=NOW), now=NOW) == form


def test_locked_form_shows_nothing_of_it_and_is_never_twice_the_same() -> None:
    form = KeptForm("/answer/step/3", {FIELD: ["us" * 20]})

    texts = {lock(form, now=NOW) for _ in range(2)}

    assert len(texts) == 2
    assert all("us" * 4 not in text and "answer" not in text for text in texts)


def test_locked_form_opens_until_its_last_moment_and_not_after() -> None:
    text = lock(KeptForm("/answer/step/3", {}), now=NOW)

    assert unlock(text, now=NOW + KEPT_FOR - timedelta(seconds=1))
    with pytest.raises(KeptFormUnreadable):
        unlock(text, now=NOW + KEPT_FOR)


def test_locked_form_of_another_secret_does_not_open() -> None:
    text = lock(KeptForm("/answer/step/3", {}), now=NOW)

    with override_settings(SECRET_KEY="another" * 9), pytest.raises(KeptFormUnreadable):
        unlock(text, now=NOW)


@given(position=st.integers(min_value=0, max_value=10_000))
def test_locked_form_with_one_letter_changed_does_not_open(position: int) -> None:
    text = lock(KeptForm("/answer/step/3", {FIELD: ["us"]}), now=NOW)
    # The last letters hold bits that the encoding does not use.
    at = position % (len(text) - 4)
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]

    with pytest.raises(KeptFormUnreadable):
        unlock(changed, now=NOW)


def test_form_as_large_as_the_server_takes_is_kept_when_it_is_written_words() -> None:
    words = " ".join(f"sentence {number} of a long text" for number in range(8000))

    assert len(lock(KeptForm("/answer/step/3", {FIELD: [words]}), now=NOW)) < len(words) / 2


def test_form_too_large_to_come_back_is_refused_at_once() -> None:
    noise = "".join(token_text(new_token()) for _ in range(12_000))

    with pytest.raises(RequestDataTooBig):
        lock(KeptForm("/answer/step/3", {FIELD: [noise]}), now=NOW)


# Reading a link

TOKEN = token_text(b"0123456789abcdef")
WRAPPED = "https://eur01.safelinks.example/?url=https%3A%2F%2Fsurvey.example.org%2Fi%2F{}&data=05%7C01"


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "  {}\n",
        "https://survey.example.org/i/{}",
        "http://survey.example.org/i/{}?x=1#top",
        "<https://survey.example.org/i/{}>",
        "My link is https://survey.example.org/i/{}, I think",
        "\u200fhttps://survey.example.org/i/{}\u200e",
        "(‎{})",
        WRAPPED,
    ],
)
def test_link_in_any_wrapping_is_read(form: str) -> None:
    assert token_in(form.format(TOKEN)) == b"0123456789abcdef"


@given(
    at=st.integers(min_value=1, max_value=21),
    between=st.sampled_from(["\n", " ", "\r\n", "\u00ad", "\u200b"]),
)
def test_link_that_a_mail_program_broke_is_read(at: int, between: str) -> None:
    broken = f"https://survey.example.org/i/{TOKEN[:at]}{between}{TOKEN[at:]}"

    assert token_in(broken) == b"0123456789abcdef"


@given(token=st.binary(min_size=16, max_size=16))
def test_every_token_is_read_alone_and_in_its_link(token: bytes) -> None:
    text = token_text(token)

    assert token_in(text) == token_in(f"https://survey.example.org/i/{text}") == token


@pytest.mark.parametrize(
    "text", ["", "/i/", TOKEN[:-1], TOKEN + "A", f"/x/{TOKEN}", "é" * 22, "\0" * 22, "%00", "%"]
)
def test_what_is_no_link_is_none(text: str) -> None:
    assert token_in(text) is None
