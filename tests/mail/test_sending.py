"""A mailing step by step: who gets what, once, and what refusals, pauses, hours and paces do to it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent
from accounts.permissions import NotPermitted
from responses.actions import mailings
from responses.actions.decline import decline
from responses.actions.deliver import deliver
from responses.actions.leave_list import leave_list, return_to_list
from responses.mail import leases, recipients
from responses.mail.models import Mailing, Message
from responses.models import Invitation
from surveys.models import Wave
from tests.mail.post_office import SITE, Clock, PostOffice, add_people, sender
from tests.respond.fieldwork import speak
from tests.services import acting_as
from tests.staff.people import member

pytestmark = pytest.mark.django_db
FAST = {"pace": 6000, "window_from": 0, "window_until": 24}
FIRST, SECOND, THIRD = (f"person{number}@agency.example" for number in range(3))


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests are the worker here; a message in Redis would wake the real one."""
    monkeypatch.setattr(mailings, "ask_worker", lambda mailing_id: None)


def started(wave: Wave, kind: str = "invitation", **rules: Any) -> Mailing:
    with acting_as("web"):
        now = datetime.now(UTC)
        made = mailings.prepare(wave=wave, kind=kind, by=sender(), now=now, **{**FAST, **rules})
        mailings.start(mailing=made, site=SITE, by=sender(), now=now)
    made.refresh_from_db()
    return made


def run(mailing: Mailing, clock: Clock | None = None) -> bool:
    clock = clock or Clock()
    with acting_as("worker"):
        goes_on = deliver(mailing_id=mailing.pk, clock=clock, sleep=clock.sleep)
    mailing.refresh_from_db()
    return goes_on


def states(mailing: Mailing) -> dict[str, int]:
    return dict(Counter(mailing.messages.values_list("state", flat=True)))


def invited(email: str) -> Invitation:
    return Invitation.objects.select_related("wave").get(email=email)


def test_invitation_goes_to_everybody_once_and_its_link_opens_the_consent(
    wave: Wave, office: PostOffice
) -> None:
    mailing = started(wave)

    run(mailing)
    run(mailing)

    page = Client().get(office.link_to(FIRST), follow=True)
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]
    assert len({office.link_to(address) for address in office.recipients}) == 3
    assert page.status_code == 200
    assert "/answer/begin" in page.content.decode()
    assert (mailing.state, states(mailing)) == ("done", {"sent": 3})


def test_message_is_plain_text_that_can_be_stopped_and_holds_no_token_in_its_headers(
    wave: Wave, office: PostOffice
) -> None:
    run(started(wave))

    envelope_from, _to, message = office.taken[0]
    address = office.recipients[0]
    token = office.link_to(address).removeprefix("/i/")
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    known_by = Message.objects.get(invitation__email=address).pk.hex
    assert message.get_content_type() == "text/plain"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip().startswith(f"<{SITE}/leave/")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{known_by}@survey.example>"
    assert envelope_from == f"bounces+{known_by}@survey.example"
    assert message["From"] == "Survey <survey@survey.example>"
    assert token not in headers
    assert token not in message["List-Unsubscribe"]


def test_token_stands_in_no_table_in_the_clear(wave: Wave, office: PostOffice, mail_key: bytes) -> None:
    from django.apps import apps

    run(started(wave))

    tokens = {office.link_to(address).removeprefix("/i/") for address in office.recipients}
    kept = [
        str(row)
        for model in apps.get_models()
        if model._meta.app_label in {"responses", "accounts", "surveys"}
        for row in model.objects.values_list()  # type: ignore[attr-defined]
    ]
    assert len(kept) > 10
    assert not [row for row in kept if any(token in row for token in tokens)]


def test_reminder_goes_to_those_who_have_not_answered_with_the_same_link(
    wave: Wave, office: PostOffice
) -> None:
    add_people(wave, 2)
    run(started(wave))
    before = {address: office.link_to(address) for address in office.recipients}
    Invitation.objects.filter(email=FIRST).update(state="finished", mailed_token=b"")
    decline(invitation=invited(SECOND), now=datetime.now(UTC))
    leave_list(invitation=invited(THIRD))
    office.taken.clear()

    reminder = started(wave, "reminder")
    run(reminder)

    assert sorted(office.recipients) == ["person3@agency.example", "person4@agency.example"]
    assert {address: office.link_to(address) for address in office.recipients} == {
        address: link for address, link in before.items() if address in office.recipients
    }
    # Those who answered, declined or left the list are counted like those who were written to.
    assert states(reminder) == {"sent": 5}


def test_reminder_to_somebody_who_came_back_names_the_first_e_mail_instead_of_a_link(
    wave: Wave, office: PostOffice
) -> None:
    run(started(wave))
    leave_list(invitation=invited(FIRST))
    return_to_list(invitation=invited(FIRST))
    office.taken.clear()

    run(started(wave, "reminder"))

    assert "the link in the first e-mail" in office.text_to(FIRST)
    assert "/i/" not in office.text_to(FIRST)


def test_reminder_is_made_for_nobody_who_got_no_invitation(wave: Wave, office: PostOffice) -> None:
    run(started(wave))
    add_people(wave, 1)
    reminder = mailings.prepare(wave=wave, kind="reminder", by=sender(), now=datetime.now(UTC), **FAST)
    second = mailings.prepare(wave=wave, kind="invitation", by=sender(), now=datetime.now(UTC), **FAST)

    assert recipients.dry_run(reminder).total == 3
    assert recipients.dry_run(second).total == 1


def test_numbers_of_a_reminder_stay_the_same_whoever_has_answered(wave: Wave, office: PostOffice) -> None:
    run(started(wave))
    reminder = mailings.prepare(wave=wave, kind="reminder", by=sender(), now=datetime.now(UTC), **FAST)
    before = recipients.dry_run(reminder)
    Invitation.objects.filter(email=FIRST).update(state="finished", mailed_token=b"")
    leave_list(invitation=invited(SECOND))

    assert recipients.dry_run(reminder) == before


def test_finished_invitation_cannot_keep_a_sealed_link(wave: Wave) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(email=FIRST).update(state="finished")


@pytest.mark.parametrize(
    ("answer", "message", "mail"),
    [
        ("550 no such mailbox", "failed", "bounced"),
        ("450 come back later", "waiting", "mailed"),
    ],
)
def test_refusal_by_the_mail_server_is_final_or_is_tried_again(
    wave: Wave, office: PostOffice, answer: str, message: str, mail: str
) -> None:
    office.answers[FIRST] = answer
    mailing = started(wave)

    run(mailing)
    office.answers.clear()
    run(mailing)

    first = Message.objects.get(invitation__email=FIRST)
    assert office.recipients.count(SECOND) == office.recipients.count(THIRD) == 1
    assert office.recipients.count(FIRST) == (0 if message == "failed" else 1)
    assert first.state == ("failed" if message == "failed" else "sent")
    assert invited(FIRST).mail == mail


def test_mail_server_that_is_away_leaves_everybody_waiting_and_says_so(
    wave: Wave, settings: Settings, office: PostOffice
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    mailing = started(wave)

    run(mailing)
    told = mailing.note
    settings.EMAIL_PORT = port
    run(mailing)

    assert told == "server"
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]
    assert (mailing.state, mailing.note) == ("done", "")


def test_sender_that_is_refused_pauses_the_mailing_and_harms_nobody(
    wave: Wave, office: PostOffice, settings: Settings
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "somebody", "wrong"
    mailing = started(wave)

    run(mailing)

    assert (mailing.state, mailing.note, states(mailing)) == ("paused", "sender", {"waiting": 3})
    assert set(Invitation.objects.values_list("mail", flat=True)) == {"mailed"}


def test_message_that_a_dead_worker_left_is_unsure_and_sent_again_only_by_staff(
    wave: Wave, office: PostOffice
) -> None:
    mailing = started(wave)
    Message.objects.filter(invitation__email=FIRST).update(state="sending")

    run(mailing)
    after = states(mailing)
    sent = sorted(office.recipients)
    mailings.send_again(mailing=mailing, what="unsure", by=sender(), now=datetime.now(UTC))
    run(mailing)

    assert after == {"unsure": 1, "sent": 2}
    assert sent == [SECOND, THIRD]
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]


def test_worker_that_was_overtaken_claims_no_message(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave)
    clock = Clock()

    class Overtaken(Clock):
        """Another worker takes over when the lease has run out, while this one sleeps."""

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            Mailing.objects.update(claim_number=99)

    slow = Overtaken(clock.now)
    Mailing.objects.update(pace=6)
    run(mailing, slow)

    assert len(office.taken) == 1


def test_two_workers_at_once_get_one_claim(wave: Wave) -> None:
    mailing = started(wave)
    now = datetime.now(UTC)

    first = leases.claim(mailing_id=mailing.pk, now=now)
    second = leases.claim(mailing_id=mailing.pk, now=now)
    later = leases.claim(mailing_id=mailing.pk, now=now + leases.LEASE + timedelta(seconds=1))

    assert first is not None
    assert second is None
    assert later is not None
    assert not first.current().exists()


def test_pause_takes_hold_between_two_messages(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave, pace=6)

    class Pausing(Clock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            mailings.pause(mailing=mailing, by=sender(), now=self.now)

    with acting_as("worker"):
        pass
    clock = Pausing()
    deliver(mailing_id=mailing.pk, clock=clock, sleep=clock.sleep)
    paused = len(office.taken)
    mailings.go_on(mailing=mailing, by=sender(), now=datetime.now(UTC))
    run(mailing)

    assert paused == 1
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]


def test_soft_launch_pauses_after_so_many_and_goes_on_with_the_rest(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave, soft_launch=2)

    run(mailing)
    first, note = len(office.taken), mailing.note
    mailings.go_on(mailing=mailing, by=sender(), now=datetime.now(UTC))
    run(mailing)

    assert (first, note) == (2, "soft_launch")
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]


def test_stopped_mailing_leaves_the_rest_to_another_one(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave, soft_launch=1)
    run(mailing)
    mailings.stop(mailing=mailing, by=sender(), now=datetime.now(UTC))

    run(started(wave))

    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]


def test_hours_are_those_of_the_invited(wave: Wave, office: PostOffice) -> None:
    Invitation.objects.filter(email=FIRST).update(time_zone="Asia/Tokyo")
    Invitation.objects.exclude(email=FIRST).update(time_zone="America/New_York")
    mailing = started(wave, window_from=8, window_until=18)
    night_in_new_york = datetime.now(UTC).replace(hour=1, minute=0) + timedelta(days=1)

    run(mailing, Clock(night_in_new_york))
    first = office.recipients[:]
    run(mailing, Clock(night_in_new_york + timedelta(hours=14)))

    assert first == [FIRST]
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]


def test_pace_holds_for_each_receiving_domain(wave: Wave, office: PostOffice) -> None:
    add_people(wave, 2, domain="other.example")
    mailing = started(wave, pace=6)
    clock = Clock()

    run(mailing, clock)

    assert len(office.taken) == 5
    assert clock.slept == pytest.approx(20, abs=1)


def test_run_ends_after_a_minute_and_says_that_there_is_more(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave, pace=1)

    assert run(mailing) is True
    assert len(office.taken) == 1


def test_mailing_of_a_wave_that_closed_ends_and_sends_nothing(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave)
    Wave.objects.update(closes_at=datetime.now(UTC))

    run(mailing)

    assert (mailing.state, office.taken) == ("done", [])


def test_mailing_is_paused_when_the_worker_has_not_the_key(
    wave: Wave, office: PostOffice, settings: Settings
) -> None:
    settings.ENQUIRY_MAIL_KEY_DIR = "/nowhere"
    mailing = started(wave)

    run(mailing)

    assert (mailing.state, mailing.note, office.taken) == ("paused", "key", [])


def test_link_that_somebody_put_into_another_row_is_not_sent(wave: Wave, office: PostOffice) -> None:
    stolen = invited(SECOND).mailed_token
    Invitation.objects.filter(email=FIRST).update(mailed_token=stolen)
    mailing = started(wave)

    run(mailing)

    assert (mailing.state, mailing.note) == ("paused", "key")
    assert FIRST not in office.recipients


def test_second_mailing_of_a_wave_waits_for_the_first(wave: Wave) -> None:
    started(wave, soft_launch=1)
    add_people(wave, 1)

    with pytest.raises(mailings.MailingRefused, match="Another mailing"):
        started(wave)


def test_mailing_by_somebody_without_the_permission_is_refused(wave: Wave) -> None:
    with pytest.raises(NotPermitted):
        mailings.prepare(wave=wave, kind="reminder", by=member("analyst"), now=datetime.now(UTC), **FAST)


def test_audit_says_what_staff_did_and_names_nobody(wave: Wave, office: PostOffice) -> None:
    run(started(wave))

    rows = list(AuditEvent.objects.filter(action__startswith="mailing.").values_list("action", "details"))
    assert [action for action, _details in rows] == ["mailing.prepared", "mailing.started", "mailing.done"]
    assert "@" not in str(rows)


def test_many_refusals_in_a_row_pause_the_mailing(
    wave: Wave, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("responses.actions.deliver.MOST_REFUSALS", 2)
    office.answers = dict.fromkeys((FIRST, SECOND, THIRD), "550 relaying denied")
    mailing = started(wave)

    run(mailing)

    paused = (mailing.state, mailing.note, states(mailing))
    office.answers.clear()
    mailings.send_again(mailing=mailing, what="failed", by=sender(), now=datetime.now(UTC))
    mailings.go_on(mailing=mailing, by=sender(), now=datetime.now(UTC))
    run(mailing)
    assert paused == ("paused", "refusals", {"failed": 2, "waiting": 1})
    assert sorted(office.recipients) == [FIRST, SECOND, THIRD]
    assert set(Invitation.objects.values_list("mail", flat=True)) == {"mailed"}


def test_message_is_in_the_language_of_the_invitation_where_the_wave_is_open_in_it(
    wave: Wave, office: PostOffice
) -> None:
    speak(wave, "sv")
    Invitation.objects.filter(email=FIRST).update(language="sv")
    Invitation.objects.filter(email=SECOND).update(language="ar")

    run(started(Wave.objects.get()))

    assert office.message_to(FIRST)["Content-Language"] == "sv"
    assert office.message_to(SECOND)["Content-Language"] == "en"
    assert office.text_to(FIRST) != office.text_to(SECOND)


def test_soft_launch_that_is_made_larger_goes_on_to_that_number(wave: Wave, office: PostOffice) -> None:
    mailing = started(wave, soft_launch=1)
    run(mailing)
    now = datetime.now(UTC)

    mailings.change_rules(mailing=mailing, by=sender(), now=now, soft_launch=2)
    mailings.go_on(mailing=mailing, by=sender(), now=now)
    run(mailing)

    assert (len(office.taken), mailing.state, mailing.note) == (2, "paused", "soft_launch")
