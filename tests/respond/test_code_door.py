"""Coming in by an access code: the whole way, coming back, beginning anew, and one answer for all refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from responses.access import Visit, visit_of
from responses.actions.batches import revoke_batch
from responses.actions.enter import begin_anew
from responses.codes import new_code
from responses.entry import cookie_name
from responses.models import Ballot, CodeBatch, Draft, FailureCount, Invitation
from responses.peppers import entry_of_code
from responses.sealing import DraftUnreadable, draft_key, open_draft, session_key, token_text
from surveys.models import Door, Wave
from tests.respond.doors import (
    agree,
    come_back_code,
    go_on,
    new_codes,
    type_code,
    type_come_back,
    with_doors,
)
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave
from tests.services import Database, acting_as
from tests.staff.people import NOW, member


@pytest.fixture
def code(wave: Wave) -> str:
    return new_codes(wave)[1][0]


@pytest.fixture
def begun(code: str) -> Respondent:
    """Somebody who has seen their come-back code and stands at the first question."""
    respondent = type_code(Respondent(code), code)
    agree(respondent)
    respondent.link = come_back_code(respondent)
    return go_on(respondent)


def test_whole_way_by_an_access_code_ends_in_a_ballot(code: str) -> None:
    respondent = Respondent(code)

    with acting_as("web"):
        type_code(respondent, code)
        consent = respondent.heading
        agree(respondent)
        shown = respondent.heading
        go_on(respondent).walk(first_answers).press()

    assert consent not in {"", shown}
    assert shown == "Your come-back code"
    assert respondent.heading == "Your answers are sent"
    assert "Your codes open nothing any more" in respondent.text()
    assert Ballot.objects.count() == 1
    assert Invitation.objects.get().state == Invitation.State.FINISHED
    assert not Draft.objects.exists()
    assert AuditEvent.objects.exclude(action="codes.made").count() == 0


def test_form_changes_nothing_until_it_is_sent(code: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = Respondent(code).get("/code/")

    assert page.response.status_code == 200
    assert len(queries) == 0
    assert not page.response.cookies.get(cookie_name())


def test_opening_by_code_begins_nothing(code: str) -> None:
    respondent = type_code(Respondent(code), code)

    found = Invitation.objects.get()
    assert respondent.path == "/answer/"
    assert (found.state, bytes(found.token_hash)) == ("invited", bytes(found.entry_hash or b""))
    assert not Draft.objects.exists()


def test_code_is_taken_in_small_letters_with_spaces(code: str) -> None:
    respondent = type_code(Respondent(code), code.lower().replace("-", " ").replace("0", "o"))

    assert respondent.path == "/answer/"


def test_pasted_link_is_taken_by_the_same_form(wave: Wave) -> None:
    link = new_link(with_doors(wave))

    respondent = type_code(Respondent(link), f"see <https://testserver{link}>")

    assert (respondent.path, respondent.response.status_code) == ("/answer/", 200)


def test_come_back_code_goes_on_in_another_browser(begun: Respondent, code: str) -> None:
    begun.to("q-le_region").press("later", {"q-le_region": "us"})
    said = begun.text()
    other = type_code(Respondent(code), code)
    asked = other.heading
    type_come_back(other, begun.link.lower())

    assert "Type your access code again" in said
    assert "personal link" not in said
    assert asked == "Type your come-back code"
    assert other.heading == "Welcome back"
    assert go_on(other).fields()["q-le_region"] == ["us"]
    assert not FailureCount.objects.exists()


def test_sheet_alone_opens_no_draft(begun: Respondent, code: str) -> None:
    """Whoever printed the codes has the code and could have the database and the site's secret as well."""
    begun.to("q-le_region").press(answers={"q-le_region": "us"})
    draft = Draft.objects.get()
    size = draft.invitation.wave.questionnaire.ballot_size
    other = type_code(Respondent(code), code)
    pages = {path: other.client.get(path) for path in ("/answer/step/1", "/answer/check", "/answer/later")}

    assert {response.status_code for response in pages.values()} == {404}
    key = draft_key(session_key(entry_of_code(code)), draft.pk)
    with pytest.raises(DraftUnreadable):
        open_draft(draft.sealed, key=key, draft_id=draft.pk, size=size)


def test_wrong_come_back_code_is_counted_and_a_mistyped_one_is_not(begun: Respondent, code: str) -> None:
    other = type_code(Respondent(code), code)

    type_come_back(other, begun.link[:-1])
    mistyped = (other.response.status_code, FailureCount.objects.count())
    type_come_back(other, new_code())

    assert mistyped == (422, 0)
    assert other.response.status_code == 422
    assert other.errors() == ["This come-back code does not open the answers; compare it with what you noted"]
    assert sorted(FailureCount.objects.values_list("count", flat=True)) == [1, 1]


def test_second_press_of_continue_begins_once_and_shows_the_same_code(code: str) -> None:
    respondent = type_code(Respondent(code), code)
    form = {**respondent.fields(), "consent_given": ["yes"], "action": ["continue"]}
    before = respondent.client.cookies[cookie_name()].value

    respondent.post(form, "/answer/begin")
    first = come_back_code(respondent)
    # The browser may have dropped the first answer, its cookie included.
    respondent.client.cookies[cookie_name()] = before
    respondent.post(form, "/answer/begin")

    assert come_back_code(respondent) == first
    assert Draft.objects.count() == 1
    assert go_on(respondent).response.status_code == 200


def test_come_back_code_is_not_shown_again_once_something_is_answered(code: str) -> None:
    respondent = type_code(Respondent(code), code)
    form = {**respondent.fields(), "consent_given": ["yes"], "action": ["continue"]}
    agree(respondent)
    own = come_back_code(respondent)
    go_on(respondent).press()

    respondent.post(form, "/answer/begin")
    here = (respondent.path, own in respondent.response.content.decode())
    stranger = Respondent("").post(form, "/answer/begin")

    assert here[0].startswith("/answer/step/")
    assert not here[1]
    assert own not in stranger.response.content.decode()
    assert stranger.heading == "Not begun yet"


def test_two_who_begin_with_one_code_get_one_draft(code: str) -> None:
    one, other = (type_code(Respondent(code), code) for _ in range(2))

    agree(one)
    shown = come_back_code(one)
    agree(other)

    assert Draft.objects.count() == 1
    assert other.heading == "Type your come-back code"
    assert type_come_back(other, shown).heading == "Welcome back"


def test_lost_come_back_code_lets_begin_anew_after_a_second_look(begun: Respondent, code: str) -> None:
    old = Draft.objects.get().pk
    other = type_code(Respondent(code), code).get("/answer/anew")
    asked = (other.heading, Draft.objects.get().pk)

    other.post({**other.fields()})

    assert asked == ("Begin anew?", old)
    assert other.path == "/answer/"
    assert not Draft.objects.exists()
    assert Invitation.objects.get().state == Invitation.State.INVITED
    assert begun.get("/answer/").response.status_code == 404
    agree(other)
    assert come_back_code(other) != begun.link
    assert go_on(other).walk(first_answers).press().heading == "Your answers are sent"


def test_begin_anew_does_nothing_to_answers_that_were_sent(begun: Respondent) -> None:
    invitation = Invitation.objects.select_related("wave").get()
    begun.walk(first_answers).press()

    with pytest.raises(Exception, match="have been sent"):
        begin_anew(invitation=invitation)

    assert Invitation.objects.get().state == Invitation.State.FINISHED


@pytest.mark.parametrize("way", ["stop", "decline"])
def test_code_of_deleted_answers_leads_to_the_consent_page_again(
    begun: Respondent, code: str, way: str
) -> None:
    begun.get(f"/answer/{way}").post({**begun.fields()})

    again = type_code(Respondent(code), code)

    assert again.path == "/answer/"
    agree(again)
    assert come_back_code(again) != begun.link


def test_held_form_is_saved_once_both_codes_are_shown(begun: Respondent, code: str) -> None:
    begun.to("q-le_region")
    form = {**begun.fields(), "q-le_region": ["us"], "action": ["later"]}
    begun.client.cookies.pop(cookie_name())
    begun.post(form)
    assert begun.heading == "Not saved yet"

    begun.post({**begun.fields(), "link": [code], "comeback": [new_code()], "action": ["save"]})
    wrong = (begun.response.status_code, begun.errors())
    begun.post({**begun.fields(), "link": [code], "comeback": [begun.link], "action": ["save"]})

    assert wrong == (422, ["The codes do not open the answers; compare both with what you noted"])
    assert begun.heading == "Saved for later"
    assert go_on(begun).fields()["q-le_region"] == ["us"]


def used(wave: Wave, batch: CodeBatch) -> None:
    Invitation.objects.filter(batch=batch).update(state=Invitation.State.FINISHED)


def answered_by_a_colleague(wave: Wave, batch: CodeBatch) -> None:
    Invitation.objects.filter(batch=batch).update(state=Invitation.State.CLOSED)


def withdrawn(wave: Wave, batch: CodeBatch) -> None:
    revoke_batch(batch=batch, by=member("fieldwork", email="other@example.org"), now=NOW)


def closed(wave: Wave, batch: CodeBatch) -> None:
    now = datetime.now(UTC)
    Wave.objects.update(opens_at=now - timedelta(days=3), closes_at=now - timedelta(days=1))


def door_shut(wave: Wave, batch: CodeBatch) -> None:
    with_doors(wave, Door.EMAIL)


def unknown(wave: Wave, batch: CodeBatch) -> None:
    Invitation.objects.filter(batch=batch).update(entry_hash=None)


REFUSED = [used, answered_by_a_colleague, withdrawn, closed, door_shut, unknown]


@pytest.mark.parametrize("why", REFUSED, ids=lambda why: why.__name__)
def test_code_that_opens_nothing_gets_one_answer_whatever_the_reason(
    wave: Wave, why: Callable[[Wave, CodeBatch], None]
) -> None:
    batch, (code,) = new_codes(wave)
    honest = type_code(Respondent(code), code).path
    why(wave, batch)

    refused = type_code(Respondent(code), code)
    guessed = type_code(Respondent(""), new_code())

    assert honest == "/answer/"
    assert refused.response.status_code == guessed.response.status_code == 422
    assert plain(refused) == plain(guessed)
    assert sorted(dict(refused.response.items())) == sorted(dict(guessed.response.items()))
    assert cookie_name() not in refused.response.cookies
    # The count of failures must not tell them apart either.
    assert sorted(FailureCount.objects.values_list("count", flat=True)) == [2, 2]


def plain(respondent: Respondent) -> str:
    """The page without what was typed and without the token against forged forms, which differs each time."""
    text = respondent.response.content.decode()
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", text)
    return re.sub(r'(name="code" value=")[^"]*', r"\1", text)


@pytest.mark.parametrize("why", [used, closed, unknown], ids=lambda why: why.__name__)
def test_pasted_link_that_opens_nothing_gets_the_same_answer(
    wave: Wave, why: Callable[[Wave, CodeBatch], None]
) -> None:
    batch, _codes = new_codes(wave)
    link = new_link(wave)
    Invitation.objects.exclude(batch=batch).update(state=Invitation.State.FINISHED)
    closed(wave, batch) if why is closed else None
    wrong = "https://testserver/i/" + "A" * 22

    refused = type_code(Respondent(link), link if why is not unknown else wrong)

    assert refused.response.status_code == 422
    assert plain(refused) == plain(type_code(Respondent(""), new_code()))
    assert sorted(FailureCount.objects.values_list("count", flat=True)) == [1, 1]


def test_code_of_a_wave_that_opens_later_says_when(wave: Wave, code: str) -> None:
    now = datetime.now(UTC)
    Wave.objects.update(opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=9))

    assert type_code(Respondent(code), code).heading == "This survey is not open yet"


def test_draft_of_a_withdrawn_code_cannot_go_on(wave: Wave, begun: Respondent) -> None:
    begun.to("q-le_region")
    withdrawn(wave, CodeBatch.objects.get())

    begun.press(answers={"q-le_region": "us"})

    assert begun.response.status_code == 404
    assert "withdrawn" in begun.text()
    assert not Draft.objects.exists()
    assert Invitation.objects.get().state == Invitation.State.REVOKED


def test_withdrawing_a_batch_leaves_what_was_sent(wave: Wave) -> None:
    batch, codes = new_codes(wave, 3)
    respondent = type_code(Respondent(codes[0]), codes[0])
    go_on(agree(respondent)).walk(first_answers).press()

    withdrawn(wave, batch)

    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["finished", "revoked", "revoked"]
    assert Ballot.objects.count() == 1


def test_question_page_of_a_code_asks_the_database_once(begun: Respondent) -> None:
    begun.to("q-le_region")

    with CaptureQueriesContext(connection) as shown:
        begun.client.get(begun.path)

    assert len(shown) == 1


def test_link_of_the_token_behind_a_code_opens_nothing(code: str) -> None:
    """The door by link is not a way around the limit on codes."""
    respondent = Respondent(f"/i/{token_text(entry_of_code(code))}").open()

    assert respondent.response.status_code == 404


@pytest.mark.parametrize("path", ["/answer/return", "/answer/anew"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_for_those_who_come_back_turn_strangers_away(db: None, path: str, method: str) -> None:
    respondent = Respondent("")
    getattr(respondent, method)(*(path,) if method == "get" else ({}, path))

    assert (respondent.path, respondent.response.status_code) == ("/answer/", 404)


def begin_at_once(code: str, forms: list[tuple[Respondent, dict[str, list[str]]]]) -> list[Respondent]:
    """All press Continue at the same moment, each over a connection of their own."""
    barrier = Barrier(len(forms))

    def press(one: tuple[Respondent, dict[str, list[str]]]) -> Respondent:
        barrier.wait()
        try:
            return one[0].post(one[1], "/answer/begin")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(press, forms))


def consented(respondent: Respondent) -> dict[str, list[str]]:
    return {**respondent.fields(), "consent_given": ["yes"], "action": ["continue"]}


def twin_of(respondent: Respondent) -> Respondent:
    """Another window of the same browser."""
    twin = Respondent(respondent.link)
    for name, cookie in respondent.client.cookies.items():
        twin.client.cookies[name] = cookie.value
    return twin


def test_two_browsers_that_begin_at_once_with_one_code_get_one_draft(committed_database: Database) -> None:
    wave = open_wave("law_enforcement")
    _batch, codes = new_codes(wave, 5)
    for code in codes:
        both = [type_code(Respondent(code), code) for _ in range(2)]

        found = begin_at_once(code, [(one, consented(one)) for one in both])

        assert sorted(one.heading for one in found) == ["Type your come-back code", "Your come-back code"]
    assert Draft.objects.count() == len(codes)


def test_form_that_is_pressed_twice_at_once_shows_one_code(committed_database: Database) -> None:
    wave = open_wave("law_enforcement")
    _batch, codes = new_codes(wave, 5)
    for code in codes:
        one = type_code(Respondent(code), code)
        twin = twin_of(one)

        found = begin_at_once(code, [(one, consented(one)), (twin, consented(one))])

        assert len({come_back_code(each) for each in found}) == 1
    assert Draft.objects.count() == len(codes)


def test_second_press_that_is_looked_at_while_the_first_begins_shows_its_code(
    wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment between two reads of one request, which threads meet only now and then."""
    _batch, (code,) = new_codes(wave, 1)
    one = type_code(Respondent(code), code)
    twin = twin_of(one)
    form = consented(one)

    def after_the_first(request: HttpRequest) -> Visit:
        monkeypatch.undo()
        one.post(form, "/answer/begin")
        return visit_of(request)

    monkeypatch.setattr("responses.views.entry.visit_of", after_the_first)
    twin.post(form, "/answer/begin")

    assert come_back_code(twin) == come_back_code(one)
    assert Draft.objects.count() == 1


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_anything_typed_as_a_code_gets_a_page(typed: str) -> None:
    client = Client()

    assert client.post("/code/", {"code": typed}).status_code in {422, 429}
    assert client.post("/answer/return", {"code": typed}).status_code == 302
    assert client.post("/answer/begin", {"comeback": typed}).status_code == 403
