"""Texts and comments around the figures: written by editors, frozen with a release, shown to the public."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports.actions import composing as actions
from reports.composing import ARTICLES, article_title, starting_text
from reports.compositions import report_content
from reports.content import content_of
from reports.models import ExpertComment, ReportText
from surveys.models import Edition, Wave
from tests.public.content import content, released
from tests.services import Database, acting_as
from tests.staff.people import NOW, member
from tests.staff.stage import counted, small_wave
from tests.staff.visits import LogIn, get

SECTION = "section.small.about"
SAID = {
    "place": SECTION,
    "name": "Ada Example",
    "role": "Researcher",
    "organisation": "Institute",
    "text": "What **matters** here.",
    "language": "en",
    "interests": "",
    "consent": True,
    "example": False,
}


@pytest.fixture
def wave(db: None) -> Wave:
    wave = small_wave(status="final")
    counted(wave)
    return wave


def address(place: str = SECTION, language: str = "en") -> str:
    return f"/staff/editions/2019/texts/{place}/{language}/"


def write(wave: Wave, by: User, text: str, *, seen: int = 0, place: str = SECTION) -> ReportText:
    with acting_as("web"):
        return actions.write(
            edition=wave.edition, place=place, language="en", text=text, seen=seen, by=by, now=NOW
        )


def written() -> Any:
    """The texts that a test writes, beside those on the method that every edition of the tests has."""
    return ReportText.objects.exclude(place__startswith="method.").order_by("version")


def test_report_without_texts_has_none_in_its_content(db: None) -> None:
    edition = Edition.objects.create(year=2031, title="Nothing yet")

    assert report_content(edition) == {}
    assert "report" not in content_of(edition)


def test_text_is_written_on_its_page_and_stands_in_the_content(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)
    assert address() in get(client, "/staff/editions/2019/texts/")

    answer = client.post(address(), {"seen": "0", "text": "First *words*."})

    assert answer.status_code == 302
    assert content_of(wave.edition)["report"]["texts"][SECTION] == {"en": "First *words*."}
    assert "written" in get(client, "/staff/editions/2019/texts/")
    assert AuditEvent.objects.filter(action="report_text.written").count() == 1


def test_preview_shows_the_text_as_it_will_look_and_saves_nothing(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    page = logged_in(analyst).post(
        address(), {"seen": "0", "text": "Some **bold** <b onclick=x>words</b>", "preview": "1"}
    )

    text = page.content.decode()
    assert "<strong>bold</strong>" in text
    assert "<b onclick" not in text
    assert not written().exists()


def test_second_editor_gets_both_texts_and_loses_nothing(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    write(wave, member("publisher"), "Theirs.")
    client = logged_in(analyst)

    answer = client.post(address(), {"seen": "0", "text": "Mine."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Theirs." in page
    assert "Mine." in page
    assert 'name="seen" value="1"' in page
    assert client.post(address(), {"seen": "1", "text": "Mine."}).status_code == 302
    assert [found.text for found in written()] == ["Theirs.", "Mine."]


def test_two_who_save_at_once_do_not_overwrite_each_other(committed_database: Database) -> None:
    wave = small_wave(status="final")
    people = [member("analyst"), member("publisher")]

    def save(by: User) -> str:
        try:
            actions.write(
                edition=wave.edition, place=SECTION, language="en", text=str(by), seen=0, by=by, now=NOW
            )
        except actions.SavedMeanwhile as refusal:
            return f"refused for {refusal.theirs.text}"
        else:
            return "saved"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(save, people))

    kept = written().get()
    assert outcomes == [f"refused for {kept.text}", "saved"]


def test_place_that_the_report_has_not_is_refused(wave: Wave, analyst: User) -> None:
    with pytest.raises(actions.NoSuchPlace):
        write(wave, analyst, "Words", place="section.small.nowhere")


def test_outsider_writes_nothing(wave: Wave, outsider: User) -> None:
    with pytest.raises(NotPermitted):
        write(wave, outsider, "Words")


def test_comment_without_consent_is_refused_by_page_action_and_database(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    values = {name: value for name, value in SAID.items() if name not in ("consent", "example")}

    answer = logged_in(analyst).post("/staff/editions/2019/comments/new/", values)

    assert answer.status_code == 422
    assert "only if its author has agreed" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpertComment.objects.create(
            edition=wave.edition, number=1, version=1, by=analyst, at=NOW, **SAID | {"consent": False}
        )


def test_comment_is_changed_by_a_further_version_and_taken_out(wave: Wave, analyst: User) -> None:
    keep = {"edition": wave.edition, "by": analyst, "now": NOW}
    with acting_as("web"):
        first = actions.keep_comment(number=None, values=SAID, **keep)
        actions.keep_comment(number=first.number, values=SAID | {"text": "Better."}, **keep)
    assert [c["text"] for c in report_content(wave.edition)["report"]["comments"]] == ["Better."]

    actions.keep_comment(number=first.number, values=SAID, removed=True, **keep)

    assert report_content(wave.edition)["report"]["comments"] == []
    assert ExpertComment.objects.count() == 3


@pytest.mark.parametrize("key", ARTICLES)
def test_every_article_of_part_three_has_a_text_to_begin_with(
    logged_in: LogIn, analyst: User, wave: Wave, key: str
) -> None:
    text = starting_text(f"article.{key}")

    assert article_title(text)
    assert 130 < len(text.split()) < 320
    assert text.split("\n")[2][:40] in get(logged_in(analyst), address(f"article.{key}"))


@pytest.mark.django_db
def test_public_reads_texts_in_its_language_or_in_another_with_a_notice(client: Client) -> None:
    data = content() | {
        "report": {
            "texts": {
                "summary": {"en": "In short.", "sv": "Kort sagt."},
                "part.enterprise": {"en": "About **companies**."},
                "section.enterprise.policy": {"en": "On policies."},
                "article.robust_hashing": {"en": "# Robust hashing\n\nFingerprints of looks."},
            },
            "articles": ["robust_hashing"],
            "comments": [SAID | {"place": "section.enterprise.policy", "example": True}],
        }
    }
    released(data)

    def read(path: str, language: str = "en") -> str:
        return client.get(path, headers={"accept-language": language}).content.decode()

    assert "In short." in read("/2019/")
    assert "Kort sagt." in read("/2019/", "sv")
    part = read("/2019/1/part/enterprise/")
    assert "<strong>companies</strong>" in part
    assert part.index("On policies.") < part.index("Ada Example")
    assert "Example: this person and these words are made up" in part
    assert "has not been translated into your language yet" not in part
    assert 'lang="en"' in read("/2019/1/part/enterprise/", "sv")
    article = read("/2019/1/technologies/")
    assert "Fingerprints of looks." in article
    assert "# Robust" not in article
    assert "/2019/1/technologies/#article-robust_hashing" in read("/2019/")


@pytest.mark.django_db
def test_report_without_articles_has_no_third_part(client: Client) -> None:
    released()

    assert client.get("/2019/1/technologies/").status_code == 404
