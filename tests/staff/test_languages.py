from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from surveys import storage
from surveys.actions import languages, waves
from surveys.actions.languages import LanguageIncomplete, LanguageIsSource, LanguageNotSpoken, WaveOver
from surveys.models import Questionnaire, Translation, Wave
from surveys.places import all_places, announcement_of, free_places, texts_of
from surveys.queries import definition_of, languages_of_wave
from surveys.translating import fingerprint
from surveys.wordings import texts
from tests.services import acting_as
from tests.staff.people import NOW
from tests.staff.stage import give_key, small_definition, small_wave
from tests.staff.test_waves import post, typed_wave
from tests.staff.visits import LogIn, get


@pytest.fixture(autouse=True)
def frozen_clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser_(logged_in: LogIn, fieldworker: User) -> Client:
    return logged_in(fieldworker)


def translate(wave: Wave, language: str = "sv", *, without: str = "", reviewed_by: str = "") -> None:
    """Every text of the wave's questionnaire in another language, but one."""
    source = texts(small_definition())
    given = {path: f"{language} {text}" for path, text in source.items() if path != without}
    stamps = {path: fingerprint(source[path]) for path in given}
    storage.write_wordings(wave.questionnaire, language, given, stamps)
    Translation.objects.create(questionnaire=wave.questionnaire, language=language, reviewed_by=reviewed_by)


def change_source(wave: Wave) -> None:
    wave.questionnaire.wordings.filter(language="en", path="question.size.text").update(text="How big?")


def test_language_that_is_complete_is_opened_once_and_recorded(fieldworker: User) -> None:
    wave = small_wave()
    translate(wave)

    with acting_as("web"):
        opened = languages.open_language(wave=wave, language="sv", by=fieldworker, now=NOW)
        again = languages.open_language(wave=wave, language="sv", by=fieldworker, now=NOW)

    assert opened.languages == again.languages == ["sv"]
    assert opened.texts_version == again.texts_version == 1
    assert languages_of_wave(opened) == ("en", "sv")
    (event,) = AuditEvent.objects.all()
    assert (event.action, event.details) == ("wave.language_opened", {"language": "sv"})


def test_language_closed_falls_back_and_is_recorded(fieldworker: User) -> None:
    wave = small_wave(languages=["sv"])
    translate(wave)

    with acting_as("web"):
        closed = languages.close_language(wave=wave, language="sv", by=fieldworker, now=NOW)

    assert languages_of_wave(closed) == ("en",)
    assert closed.texts_version == 1
    assert AuditEvent.objects.get().action == "wave.language_closed"


def test_incomplete_language_is_refused_with_the_counts(fieldworker: User) -> None:
    wave = small_wave()
    translate(wave, without="question.policy.text")
    change_source(wave)

    with pytest.raises(LanguageIncomplete) as caught:
        languages.open_language(wave=wave, language="sv", by=fieldworker, now=NOW)

    assert str(caught.value) == (
        "1 text for respondents is not translated into Swedish. "
        "The source of 1 text has changed since it was translated into Swedish."
    )
    assert Wave.objects.get().languages == []


@pytest.mark.parametrize(
    ("language", "status", "refusal"),
    [
        ("en", "draft", LanguageIsSource),
        ("de", "draft", LanguageNotSpoken),
        ("ar", "draft", LanguageIncomplete),
        ("sv", "final", WaveOver),
    ],
)
def test_language_that_cannot_be_opened_is_refused(
    fieldworker: User, language: str, status: str, refusal: type[Exception]
) -> None:
    wave = small_wave(status=status)
    translate(wave)
    translate(wave, "de")

    with pytest.raises(refusal):
        languages.open_language(wave=wave, language=language, by=fieldworker, now=NOW)


def test_language_of_a_wave_that_is_over_is_not_closed(fieldworker: User) -> None:
    wave = small_wave(status="final", languages=["sv"])

    with pytest.raises(WaveOver):
        languages.close_language(wave=wave, language="sv", by=fieldworker, now=NOW)


@pytest.mark.parametrize("action", [languages.open_language, languages.close_language])
def test_language_changed_by_somebody_without_the_role_stays(action: Any, analyst: User) -> None:
    wave = small_wave(languages=["ar"])
    translate(wave)

    with pytest.raises(NotPermitted):
        action(wave=wave, language="sv", by=analyst, now=NOW)

    assert Wave.objects.get().languages == ["ar"]


def test_text_that_is_missing_in_an_open_language_falls_back_and_staff_are_warned(browser_: Client) -> None:
    wave = small_wave(status="open", languages=["sv"])
    translate(wave, without="question.policy.text")

    page = get(browser_, f"/staff/waves/{wave.pk}/")

    swedish = definition_of(wave.questionnaire, "sv")
    assert swedish.by_key["policy"].text == "Is there a policy?"
    assert swedish.by_key["size"].text == "sv How large is it?"
    assert "Respondents do not find everything in their language" in page
    assert "1 text for respondents is not translated into Swedish." in page


def test_wave_with_an_open_language_that_became_incomplete_does_not_open(fieldworker: User) -> None:
    wave = small_wave(languages=["sv"])
    translate(wave)
    give_key(wave)
    waves.set_places(wave=wave, places={"contact": "desk", "helpline": "112"}, by=fieldworker, now=NOW)
    change_source(wave)

    with pytest.raises(waves.WaveNotReady) as caught:
        waves.open_wave(wave=wave, by=fieldworker, now=NOW)

    assert caught.value.problems == (
        "The source of 1 text has changed since it was translated into Swedish.",
    )


def test_wave_given_another_questionnaire_opens_its_languages_anew(fieldworker: User) -> None:
    wave = small_wave(languages=["sv"])
    other = Questionnaire.objects.get(pk=wave.questionnaire_id)
    other.pk, other.version = None, 2
    other.save()

    changed = waves.change_wave(
        wave=wave,
        edition=wave.edition,
        questionnaire=other,
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        time_zone="UTC",
        min_batch=10,
        synthetic=True,
        forward_anywhere=True,
        by=fieldworker,
        now=NOW,
    )

    assert (changed.languages, changed.forward_anywhere, changed.texts_version) == ([], True, 1)


def test_every_change_of_a_waves_texts_raises_its_version(fieldworker: User) -> None:
    wave = small_wave(status="open")

    waves.set_places(wave=wave, places={"contact": "desk"}, by=fieldworker, now=NOW)
    waves.close_wave_now(wave=wave, by=fieldworker, now=NOW)

    wave.refresh_from_db()
    assert wave.texts_version == 2


def test_places_of_two_languages_stand_beside_each_other(fieldworker: User) -> None:
    wave = small_wave(status="open")
    waves.set_places(wave=wave, places={"contact": "desk", "helpline": "112"}, by=fieldworker, now=NOW)

    waves.set_places(
        wave=wave, places={"contact": "expeditionen", "helpline": ""}, language="sv", by=fieldworker, now=NOW
    )

    assert texts_of(wave, "en") == {"contact": "desk", "helpline": "112"}
    assert texts_of(wave, "sv") == {"contact": "expeditionen", "helpline": "112"}
    assert all_places(wave, "sv")["withdrawal date"].startswith("3 juli 2019")
    with pytest.raises(waves.PlaceEmptied):
        waves.set_places(wave=wave, places={"helpline": ""}, by=fieldworker, now=NOW)


def test_announcement_is_kept_apart_from_the_places_that_must_be_filled(fieldworker: User) -> None:
    wave = small_wave(status="open")
    waves.set_places(
        wave=wave, places={"letter": "To whom\nit may concern", "telephone": ""}, by=fieldworker, now=NOW
    )

    waves.set_places(
        wave=wave, places={"letter": "Till den\ndet rör"}, language="sv", by=fieldworker, now=NOW
    )

    assert announcement_of(wave, "en") == {"letter": "To whom\nit may concern"}
    assert announcement_of(wave, "sv") == {"letter": "Till den\ndet rör"}
    assert announcement_of(wave, "ar") == announcement_of(wave, "en")
    assert free_places(wave) == ("contact", "helpline")


def test_languages_page_shows_the_state_of_each_and_what_is_to_do(browser_: Client) -> None:
    wave = small_wave(languages=["ar"])
    translate(wave, without="question.policy.text")
    translate(wave, "ar", reviewed_by="Layla <b onclick>")
    wave.questionnaire.wordings.filter(language="sv", path="question.size.text").update(
        source_hash="00000000"
    )

    page = get(browser_, f"/staff/waves/{wave.pk}/languages/")

    assert "<caption" in page
    assert 'scope="row"' in page
    assert "1 text missing" in page
    assert "1 text out of date" in page
    assert "draft until a native speaker has reviewed it" in page
    assert "reviewed by Layla &lt;b onclick&gt;" in page
    assert "<code>question.policy.text</code>" in page
    assert "Is there a policy?" in page
    assert "sv How large is it?" in page
    assert f"/staff/waves/{wave.pk}/languages/ar/close/" in page
    assert f"/staff/waves/{wave.pk}/languages/sv/open/" not in page


def test_languages_page_offers_an_analyst_nothing_to_change(logged_in: LogIn, analyst: User) -> None:
    wave = small_wave()
    translate(wave)

    page = get(logged_in(analyst), f"/staff/waves/{wave.pk}/languages/")

    assert "Svenska" in page
    assert "/open/" not in page


def test_languages_page_without_translations_says_so(browser_: Client) -> None:
    wave = small_wave()

    assert "No translation of this questionnaire is loaded." in get(
        browser_, f"/staff/waves/{wave.pk}/languages/"
    )


def test_language_is_opened_and_closed_on_pages_that_say_what_will_happen(browser_: Client) -> None:
    wave = small_wave()
    translate(wave)
    place = f"/staff/waves/{wave.pk}/languages/"

    asked = get(browser_, f"{place}sv/open/")
    assert Wave.objects.get().languages == []
    assert post(browser_, f"{place}sv/open/") == (302, place)
    assert Wave.objects.get().languages == ["sv"]
    assert "goes on in English" in get(browser_, f"{place}sv/close/")
    assert post(browser_, f"{place}sv/close/") == (302, place)
    assert Wave.objects.get().languages == []
    assert "Respondents can read the whole questionnaire in Swedish" in asked


def test_language_that_is_incomplete_is_refused_on_its_page(browser_: Client) -> None:
    wave = small_wave()
    translate(wave, without="question.policy.text")
    place = f"/staff/waves/{wave.pk}/languages/sv/open/"

    status, page = post(browser_, place)

    assert status == 422
    assert "1 text for respondents is not translated into Swedish." in page
    assert "Still missing" in get(browser_, place)


@pytest.mark.parametrize("place", ["languages/fr/open/", "languages/fr/close/", "places/?language=fr"])
def test_language_without_texts_is_not_found(browser_: Client, place: str) -> None:
    wave = small_wave()

    assert browser_.get(f"/staff/waves/{wave.pk}/{place}").status_code == 404


def test_places_form_of_another_language_shows_the_source_and_saves_its_own(browser_: Client) -> None:
    wave = small_wave()
    translate(wave)
    post(browser_, f"/staff/waves/{wave.pk}/places/", {"place-0": "desk", "place-1": "112"})

    page = get(browser_, f"/staff/waves/{wave.pk}/places/?language=sv")
    status, _place = post(
        browser_,
        f"/staff/waves/{wave.pk}/places/",
        {"language": "sv", "place-0": "expeditionen", "place-1": ""},
    )

    assert "Empty, it shows what there is in English: desk" in page
    assert 'value="desk"' not in page
    assert status == 302
    assert texts_of(wave, "sv") == {"contact": "expeditionen", "helpline": "112"}
    assert texts_of(wave, "en") == {"contact": "desk", "helpline": "112"}


def test_announcement_form_saves_each_language(browser_: Client) -> None:
    wave = small_wave()
    translate(wave)
    place = f"/staff/waves/{wave.pk}/announcement/"
    typed = {
        "sender-domain": "survey.example.org",
        "subject-lines": "One\r\nTwo",
        "telephone": "",
        "letter": "Dear",
    }

    status, _place = post(browser_, place, typed)
    page = get(browser_, f"{place}?language=sv")
    post(browser_, place, {"language": "sv", "letter": "Hej"})

    assert status == 302
    assert "Empty, it shows what there is in English: survey.example.org" in page
    assert announcement_of(wave, "sv") == {
        "sender domain": "survey.example.org",
        "subject lines": "One\r\nTwo",
        "letter": "Hej",
    }


def test_letter_that_is_too_long_is_refused_and_kept_on_the_page(browser_: Client) -> None:
    wave = small_wave()

    status, page = post(browser_, f"/staff/waves/{wave.pk}/announcement/", {"letter": "x" * 4001})

    assert status == 422
    assert "x" * 4001 in page
    assert announcement_of(wave, "en") == {}


def test_wave_form_says_whether_invitations_may_be_handed_on_anywhere(browser_: Client) -> None:
    post(browser_, "/staff/waves/new/", typed_wave(forward_anywhere="on"))

    wave = Wave.objects.get()
    assert wave.forward_anywhere
    assert "to any address" in get(browser_, f"/staff/waves/{wave.pk}/")
