"""The pages about mailings: what they say, what they change, and what they never tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEvent, User
from responses.actions import mailings
from responses.mail.models import Mailing, MailingText, MailKey, Message
from responses.models import Invitation
from responses.sealing import generate_key_pair
from surveys.models import Wave
from tests.mail.post_office import add_people, sender
from tests.respond.fieldwork import open_wave
from tests.services import acting_as

pytestmark = pytest.mark.django_db
RULES = {"pace": "30", "window_from": "8", "window_until": "18", "soft_launch": ""}


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "ask_worker", lambda mailing_id: None)


@pytest.fixture
def wave(db: None) -> Wave:
    MailKey.objects.create(public_key=generate_key_pair()[1])
    wave = open_wave("law_enforcement")
    add_people(wave, 12)
    add_people(wave, 2, domain="other.example")
    return wave


@pytest.fixture
def client_(logged_in: Callable[[User], Client], fieldworker: User) -> Client:
    return logged_in(fieldworker)


def post(client: Client, path: str, fields: dict[str, str] | None = None) -> Any:
    with acting_as("web"):
        return client.post(path, fields or {})


def page(client: Client, path: str) -> str:
    with acting_as("web"):
        response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def made(wave: Wave, kind: str = "invitation") -> Mailing:
    return mailings.prepare(
        wave=wave, kind=kind, by=sender(), now=datetime.now(UTC), pace=6, window_from=8, window_until=18
    )


def test_mailing_that_is_prepared_shows_who_would_get_it_and_writes_to_nobody(
    client_: Client, wave: Wave
) -> None:
    response = post(
        client_, f"/staff/waves/{wave.pk}/mailings/new/", {"kind": "invitation", **RULES, "pace": "6"}
    )

    text = page(client_, response.headers["Location"])
    assert "14 people who have got no invitation" in text
    assert 'agency.example</bdi></th><td class="number">12</td>' in text
    # Twelve to one domain at six a minute: eleven gaps of ten seconds.
    assert "1 min 50 s" in text
    assert "from 8:00 until 18:00" in text
    assert "person0@" not in text
    assert not Message.objects.exists()
    assert "mailing.prepared" in AuditEvent.objects.values_list("action", flat=True)


def test_mailing_with_hours_that_end_before_they_begin_is_refused(client_: Client, wave: Wave) -> None:
    fields = {"kind": "invitation", **RULES, "window_from": "18", "window_until": "8"}

    response = post(client_, f"/staff/waves/{wave.pk}/mailings/new/", fields)

    assert response.status_code == 422
    assert "later than the first one" in response.content.decode()


def test_mailing_is_started_paused_resumed_and_stopped_by_confirmed_posts(
    client_: Client, wave: Wave
) -> None:
    mailing = made(wave)
    seen = []
    for step in ("start", "pause", "go-on", "stop"):
        asked = page(client_, f"/staff/mailings/{mailing.pk}/{step}/")
        assert 'method="post"' in asked
        mailing.refresh_from_db()
        before = mailing.state
        response = post(client_, f"/staff/mailings/{mailing.pk}/{step}/")
        mailing.refresh_from_db()
        seen.append((before, mailing.state, response.status_code))

    assert seen == [
        ("draft", "running", 302),
        ("running", "paused", 302),
        ("paused", "running", 302),
        ("running", "done", 302),
    ]
    assert not mailing.messages.exists()
    assert post(client_, f"/staff/mailings/{mailing.pk}/start/").status_code == 422


def test_mailing_started_before_the_wave_is_open_is_refused(client_: Client, wave: Wave) -> None:
    mailing = made(wave)
    Wave.objects.update(status="draft")

    response = post(client_, f"/staff/mailings/{mailing.pk}/start/")

    assert response.status_code == 422
    assert "The wave has to be open" in response.content.decode()


def test_mailing_started_says_which_site_its_links_lead_to(client_: Client, wave: Wave) -> None:
    mailing = made(wave)

    asked = page(client_, f"/staff/mailings/{mailing.pk}/start/")
    post(client_, f"/staff/mailings/{mailing.pk}/start/")

    mailing.refresh_from_db()
    assert "begin with http://testserver." in asked
    assert mailing.site == "http://testserver"
    assert mailing.messages.count() == 14


def test_progress_of_a_reminder_tells_nothing_of_who_has_answered(client_: Client, wave: Wave) -> None:
    first = made(wave)
    mailings.start(mailing=first, site="https://a.example", by=sender(), now=datetime.now(UTC))
    Message.objects.update(state="sent")
    Mailing.objects.update(state="done")
    reminder = made(wave, "reminder")
    before = page(client_, f"/staff/mailings/{reminder.pk}/")
    Invitation.objects.filter(email="person12@other.example").update(state="finished", mailed_token=b"")

    after = page(client_, f"/staff/mailings/{reminder.pk}/")

    def steady(text: str) -> str:
        """Without what is drawn anew for each look: made-up links and the token of the forms."""
        return re.sub(r"/(i|leave)/[\w-]+|value=\"\w{64}\"", "", text)

    assert "At most 14 people" in before
    assert steady(before) == steady(after)


def test_text_of_staff_is_sent_instead_of_the_shipped_one(client_: Client, wave: Wave) -> None:
    mailing = made(wave)
    body = "Dear colleague,\r\n\r\n{link}\r\n\r\nNo more: {opt_out}"

    response = post(
        client_,
        f"/staff/mailings/{mailing.pk}/text/",
        {"language": "en", "subject": "Our survey until {until}", "body": body},
    )

    shown = page(client_, f"/staff/mailings/{mailing.pk}/")
    assert response.status_code == 302
    assert "Dear colleague," in shown
    assert "Our survey until " in shown
    assert "{until}" not in shown
    assert "\r" not in MailingText.objects.get().body


@pytest.mark.parametrize(
    ("subject", "body", "sentence"),
    [
        ("Hello", "Come: {link}", "needs the place {opt_out}"),
        ("Hello", "{opt_out}", "needs the place {link}"),
        ("Hello {link}", "{link} {opt_out}", "cannot stand in the subject"),
        ("Hello", "{link} {opt_out} {name}", "no place {name}"),
        ("", "{link} {opt_out}", "Type the subject"),
    ],
)
def test_text_that_could_not_be_sent_is_refused(
    client_: Client, wave: Wave, subject: str, body: str, sentence: str
) -> None:
    mailing = made(wave)

    response = post(
        client_, f"/staff/mailings/{mailing.pk}/text/", {"language": "en", "subject": subject, "body": body}
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not MailingText.objects.exists()


def test_test_message_goes_to_the_member_of_staff_and_its_link_opens_nothing(
    client_: Client, wave: Wave
) -> None:
    mailing = made(wave)

    response = post(client_, f"/staff/mailings/{mailing.pk}/test/", {"language": "en"})

    (message,) = mail.outbox
    link = next(line for line in message.body.splitlines() if "/i/" in line)
    assert response.status_code == 302
    assert message.to == ["fieldwork@example.org"]
    assert Client().get(link.removeprefix("http://testserver")).status_code == 404
    assert (
        Client().get(message.extra_headers["List-Unsubscribe"][len("<http://testserver") : -1]).status_code
        == 404
    )
    assert not Message.objects.exists()


def test_what_was_perhaps_sent_is_sent_again_only_when_asked(client_: Client, wave: Wave) -> None:
    mailing = made(wave)
    mailings.start(mailing=mailing, site="https://a.example", by=sender(), now=datetime.now(UTC))
    Message.objects.update(state="sent")
    Message.objects.filter(invitation__email="person0@agency.example").update(state="unsure")
    Mailing.objects.update(state="done")

    shown = page(client_, f"/staff/mailings/{mailing.pk}/")
    warned = page(client_, f"/staff/mailings/{mailing.pk}/again/unsure/")
    post(client_, f"/staff/mailings/{mailing.pk}/again/unsure/")
    nothing_left = post(client_, f"/staff/mailings/{mailing.pk}/again/unsure/")

    mailing.refresh_from_db()
    assert "Send again what was perhaps sent" in shown
    assert "may get the message twice" in warned
    assert mailing.state == "running"
    assert Message.objects.get(state="waiting").invitation.email == "person0@agency.example"
    assert nothing_left.status_code == 422


def test_wave_is_extended_to_a_later_time_only_and_on_record(client_: Client, wave: Wave) -> None:
    before = wave.closes_at
    path = f"/staff/waves/{wave.pk}/extend/"

    def extend(to: datetime) -> Any:
        return post(client_, path, {"closes_at": f"{to:%Y-%m-%dT%H:%M}"})

    earlier = extend(before - timedelta(days=1))
    later = extend(before + timedelta(days=7))

    wave.refresh_from_db()
    assert (earlier.status_code, later.status_code) == (422, 302)
    assert wave.closes_at > before + timedelta(days=6)
    assert AuditEvent.objects.filter(action="wave.extended").count() == 1


def test_wave_that_has_closed_is_not_extended(client_: Client, wave: Wave) -> None:
    Wave.objects.update(closes_at=datetime.now(UTC) - timedelta(minutes=1))

    response = post(client_, f"/staff/waves/{wave.pk}/extend/", {"closes_at": "2100-01-01T09:00"})

    assert response.status_code == 422
    assert "is not open" in response.content.decode()


def test_mail_key_asked_for_without_redis_says_so(client_: Client, no_redis: None, db: None) -> None:
    response = post(client_, "/staff/mail-key/")

    assert response.status_code == 422
    assert "Redis does not answer" in response.content.decode()
