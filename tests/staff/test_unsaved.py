"""What editors have typed and not saved is kept for them alone, and goes when it is saved, thrown away or old."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import AuditEvent, SecondFactor, User
from accounts.permissions import NotPermitted
from reports.actions import composing, unsaved
from reports.actions.composing import NoSuchPlace
from reports.composing import starting_text
from reports.models import ReportText, UnsavedText
from surveys.models import Wave
from tests import accessibility
from tests.browsing import follow
from tests.services import Database, WebServer, acting_as, wait_until
from tests.staff.browsing import sign_in
from tests.staff.people import NOW, member
from tests.staff.stage import counted, small_wave
from tests.staff.test_composing import SECTION, address
from tests.staff.visits import LogIn, get

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

OUTLINE = "/staff/editions/2019/texts/"


@pytest.fixture
def wave(db: None) -> Wave:
    wave = small_wave(status="final")
    counted(wave)
    return wave


def keep(wave: Wave, by: User, text: str, *, seen: int = 0, place: str = SECTION) -> UnsavedText | None:
    with acting_as("web"):
        return unsaved.keep(
            edition=wave.edition, place=place, language="en", text=text, seen=seen, by=by, now=NOW
        )


def typed(client: Client, text: str, seen: int = 0) -> dict[str, str]:
    """What the script does."""
    answer = client.post(f"{address()}unsaved/", {"seen": seen, "text": text})
    found: dict[str, str] = answer.json()
    return found


def test_text_that_was_typed_is_in_the_field_when_its_author_comes_back(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)

    first = typed(client, "Half a sen")
    second = typed(client, "Half a sentence <b onclick=x>")

    assert "not saved yet" in first["said"] + second["said"]
    page = get(client, address())
    assert "Half a sentence &lt;b onclick=x&gt;</textarea>" in page
    assert "did not save" in page
    assert "unsaved by you" in get(client, OUTLINE)
    assert not ReportText.objects.filter(place=SECTION).exists()
    assert not AuditEvent.objects.filter(action__startswith="report_text").exists()


def test_what_somebody_typed_is_shown_to_nobody_else(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    colleague = member("publisher")
    typed(logged_in(colleague), "Mine alone.")
    client = logged_in(analyst)

    page = get(client, address())

    assert "Mine alone." not in page + get(client, OUTLINE)
    assert "unsaved by you" not in get(client, OUTLINE)
    assert f"{colleague} is writing here too." in page
    UnsavedText.objects.update(kept_at=NOW - timedelta(days=1))
    assert "writing here too" not in get(client, address())


def test_saving_ends_what_was_unsaved_of_its_author_alone(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    colleague = member("publisher")
    keep(wave, colleague, "Theirs.")
    client = logged_in(analyst)
    typed(client, "Mine.")

    client.post(address(), {"seen": "0", "text": "Mine."})

    assert [one.by for one in UnsavedText.objects.all()] == [colleague]
    assert "did not save" not in get(client, address())


def test_text_of_a_colleague_saved_meanwhile_is_shown_beside_the_one_that_was_kept(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)
    typed(client, "Mine, unsaved.")
    composing.write(
        edition=wave.edition,
        place=SECTION,
        language="en",
        text="Theirs.",
        seen=0,
        by=member("publisher"),
        now=NOW,
    )

    page = get(client, address())
    refused = client.post(address(), {"seen": "0", "text": "Mine, unsaved."})

    assert "has saved version 1: when you save, you are shown both." in page
    assert 'name="seen" value="0"' in page
    assert refused.status_code == 422
    assert "Theirs." in refused.content.decode()
    assert UnsavedText.objects.count() == 1


def test_unsaved_text_is_thrown_away_for_the_saved_one(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)
    client.post(address(), {"seen": "0", "text": "Saved."})
    typed(client, "Saved, and worse.", seen=1)

    answer = client.post(address(), {"discard": "1"})

    assert answer.status_code == 302
    page = get(client, address())
    assert "Saved.</textarea>" in page
    assert "thrown away" in page
    assert not UnsavedText.objects.exists()


def test_preview_keeps_what_was_typed_without_a_script(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)

    page = client.post(address(), {"seen": "0", "text": "Some **words**", "preview": "1"}).content.decode()

    assert "not saved yet" in page
    assert UnsavedText.objects.get().text == "Some **words**"


def test_text_that_is_as_it_was_saved_is_not_kept(wave: Wave, analyst: User) -> None:
    keep(wave, analyst, "Something")
    begun = starting_text("article.filter_technology")

    assert keep(wave, analyst, "") is None
    assert keep(wave, analyst, begun, place="article.filter_technology") is None
    sent = begun.strip().replace("\n", "\r\n")
    assert sent != begun
    assert keep(wave, analyst, sent, place="article.filter_technology") is None
    assert not UnsavedText.objects.exists()


def test_text_that_is_too_long_is_refused_with_a_sentence_and_the_last_one_stays(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)
    typed(client, "Short.")

    said = typed(client, "x" * (ReportText.MOST + 1))["said"]

    assert "20000" in said.replace(",", "")
    assert UnsavedText.objects.get().text == "Short."
    with pytest.raises(unsaved.TooLong, match="characters"):
        keep(wave, analyst, "x" * (ReportText.MOST + 1))


@pytest.mark.parametrize("path", ["section.small.nowhere/en/", f"{SECTION}/xx/"])
def test_place_that_the_report_has_not_keeps_nothing(
    logged_in: LogIn, analyst: User, wave: Wave, path: str
) -> None:
    answer = logged_in(analyst).post(f"{OUTLINE}{path}unsaved/", {"seen": "0", "text": "Words"})

    assert answer.status_code == 404
    with pytest.raises(NoSuchPlace):
        keep(wave, analyst, "Words", place="section.small.nowhere")
    assert not UnsavedText.objects.exists()


def test_outsider_keeps_nothing(wave: Wave, outsider: User) -> None:
    with pytest.raises(NotPermitted):
        keep(wave, outsider, "Words")


def test_worker_forgets_after_thirty_days_and_reads_no_text(wave: Wave, analyst: User) -> None:
    keep(wave, analyst, "Old.")
    keep(wave, analyst, "Older.", place="summary")
    UnsavedText.objects.filter(place="summary").update(kept_at=NOW - timedelta(days=1))

    with acting_as("worker"):
        gone = unsaved.forget(now=NOW + timedelta(days=29, hours=1))

    assert gone == 1
    assert UnsavedText.objects.get().place == SECTION


@pytest.fixture
def typing(committed_database: Database, page: Page, web_server: WebServer) -> tuple[Page, list[str], str]:
    counted(small_wave(status="final"))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, web_server.url, member("analyst", email="analyst@example.org"))
    return page, said, web_server.url + address()


@pytest.mark.browser
def test_script_keeps_what_is_typed_and_says_so(typing: tuple[Page, list[str], str]) -> None:
    page, said, where = typing
    page.goto(where)
    page.get_by_label("Text").press_sequentially("Half a sentence")
    page.get_by_text("not saved yet").wait_for()
    page.goto(where)

    assert page.get_by_label("Text").input_value() == "Half a sentence"
    assert accessibility.faults(page) == []
    follow(page.get_by_role("button", name="Throw it away and begin with what is saved"))
    assert page.get_by_label("Text").input_value() == ""
    assert said == []


@pytest.mark.browser
def test_script_says_when_nothing_could_be_kept_and_the_text_stays(
    typing: tuple[Page, list[str], str],
) -> None:
    page, _said, where = typing
    page.goto(where)
    page.context.clear_cookies()
    page.get_by_label("Text").press_sequentially("Typed without a session")

    page.get_by_text("This could not be kept").wait_for()
    assert page.get_by_label("Text").input_value() == "Typed without a session"
    assert not UnsavedText.objects.exists()


def left_alone(page: Page, where: str) -> None:
    """A page on which somebody typed before and after the session ended."""
    page.goto(where)
    page.get_by_label("Text").press_sequentially("Begun")
    page.get_by_text("not saved yet").wait_for()
    page.context.clear_cookies(name="enquiry_session")
    page.get_by_label("Text").press_sequentially(" and gone on")
    page.get_by_text("This could not be kept").wait_for()


def come_back(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.browser
def test_author_who_logs_in_again_in_another_tab_goes_on_in_the_first(
    typing: tuple[Page, list[str], str], web_server: WebServer
) -> None:
    page, _said, where = typing
    left_alone(page, where)
    SecondFactor.objects.all().delete()
    sign_in(page.context.new_page(), web_server.url, User.objects.get(email="analyst@example.org"))

    come_back(page)

    page.get_by_text("not saved yet").wait_for()
    assert UnsavedText.objects.get().text == "Begun and gone on"
    follow(page.get_by_role("button", name="Save"))
    assert ReportText.objects.get(place=SECTION).text == "Begun and gone on"
    assert not UnsavedText.objects.exists()


@pytest.mark.browser
def test_text_is_not_kept_for_somebody_else_who_logs_in_at_the_same_browser(
    typing: tuple[Page, list[str], str], web_server: WebServer
) -> None:
    page, _said, where = typing
    left_alone(page, where)
    sign_in(page.context.new_page(), web_server.url, member("publisher", email="publisher@example.org"))

    with page.expect_response(where):
        come_back(page)
    page.get_by_label("Text").press_sequentially(", by the first")
    with page.expect_response(where):
        come_back(page)

    assert page.get_by_text("This could not be kept").is_visible()
    assert [(one.by.email, one.text) for one in UnsavedText.objects.all()] == [
        ("analyst@example.org", "Begun")
    ]


@pytest.mark.browser
def test_older_text_that_is_held_up_is_called_back_for_a_newer_one(
    typing: tuple[Page, list[str], str],
) -> None:
    page, _said, where = typing
    held: list[Route] = []
    page.route("**/unsaved/", lambda route: route.continue_() if held else held.append(route))
    page.goto(where)
    with page.expect_request("**/unsaved/") as older:
        page.get_by_label("Text").press_sequentially("Older")

    with page.expect_event("requestfailed") as called_back:
        page.get_by_label("Text").press_sequentially(" and newer")

    assert called_back.value == older.value
    page.get_by_text("not saved yet").wait_for()
    assert UnsavedText.objects.get().text == "Older and newer"


@pytest.mark.browser
def test_leaving_the_page_keeps_at_once(typing: tuple[Page, list[str], str]) -> None:
    page, _said, where = typing
    page.goto(where)
    page.get_by_label("Text").press_sequentially("Gone in a moment")
    page.goto("about:blank")

    wait_until(lambda: UnsavedText.objects.filter(text="Gone in a moment").exists())
