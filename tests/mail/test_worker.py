"""Mailings on the real worker, over a real Redis and a real mail server, killed in the middle."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from celery import current_app
from django.test import Client

from responses.actions import mailings
from responses.actions.mail_key import request_mail_key
from responses.mail.models import Mailing, MailKey, Message
from responses.models import Invitation
from surveys.models import Wave
from tests.mail.post_office import SITE, PostOffice, mailed_wave, opened, sender
from tests.respond.fieldwork import Respondent
from tests.services import Database, WebServer, Worker, redis_number, wait_until, workers_connected

PATIENCE = 60.0
FAST = {"pace": 6000, "window_from": 0, "window_until": 24}


@pytest.fixture
def wave(committed_database: Database, worker: Worker) -> Wave:
    """An open wave; the mail key is made by the worker, as staff ask for it."""
    (worker.mail_key_folder / "mail.key").unlink(missing_ok=True)
    request_mail_key(by=sender(), now=datetime.now(UTC))
    wait_until(MailKey.objects.exists, PATIENCE)
    return mailed_wave(20)


@pytest.fixture
def office(worker: Worker) -> Iterator[PostOffice]:
    with opened(worker.mail_port) as found:
        yield found


def start(wave: Wave, kind: str = "invitation", site: str = SITE) -> Mailing:
    now = datetime.now(UTC)
    made = mailings.prepare(wave=wave, kind=kind, by=sender(), now=now, **FAST)
    mailings.start(mailing=made, site=site, by=sender(), now=now)
    return made


def is_done(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, state="done").exists()


def everything_in_redis(database: Database) -> bytes:
    found = b""
    with database.redis.client(redis_number()) as client:
        for key in client.scan_iter():
            found += bytes(key)
            with contextlib.suppress(Exception):
                found += client.dump(key)
    return found


def test_everybody_gets_one_message_whose_link_opens_the_consent(
    wave: Wave, office: PostOffice, worker: Worker, web_server: WebServer, committed_database: Database
) -> None:
    mailing = start(wave, site=web_server.url)
    in_redis = everything_in_redis(committed_database)
    wait_until(lambda: is_done(mailing), PATIENCE)
    in_redis += everything_in_redis(committed_database)

    invited = sorted(Invitation.objects.values_list("email", flat=True))
    links = {address: office.link_to(address) for address in office.recipients}
    page = Client().get(links["person7@agency.example"], follow=True)
    assert sorted(office.recipients) == invited
    assert len(set(links.values())) == 20
    assert "/answer/begin" in page.content.decode()
    for link in links.values():
        token = link.removeprefix("/i/")
        assert token not in worker.text()
        assert token.encode() not in in_redis
    assert not [address for address in invited if address in worker.text()]


def test_worker_killed_in_the_middle_sends_nothing_twice(
    wave: Wave, office: PostOffice, worker: Worker, committed_database: Database
) -> None:
    office.seconds = 0.15
    mailing = start(wave)
    wait_until(lambda: len(office.taken) >= 5, PATIENCE)
    worker.kill()
    wait_until(lambda: not workers_connected(committed_database), PATIENCE)
    before = list(office.recipients)
    unfinished = mailing.messages.filter(state="sending").count()

    office.seconds = 0
    Mailing.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    worker.run()
    current_app.send_task("responses.tasks.go_on_mailing")
    wait_until(lambda: is_done(mailing), PATIENCE)

    unsure = set(mailing.messages.filter(state="unsure").values_list("invitation__email", flat=True))
    invited = set(Invitation.objects.values_list("email", flat=True))
    assert 5 <= len(before) < 20
    assert unfinished <= 1
    assert len(office.recipients) == len(set(office.recipients))
    assert set(office.recipients) | unsure == invited
    assert len(unsure) == unfinished


def test_reminder_leaves_out_who_has_answered_and_who_pressed_the_button_of_their_mail_program(
    wave: Wave, office: PostOffice, worker: Worker, web_server: WebServer
) -> None:
    invitation = start(wave, site=web_server.url)
    wait_until(lambda: is_done(invitation), PATIENCE)
    first = {address: office.link_to(address) for address in office.recipients}
    finished, declined, left = (f"person{number}@agency.example" for number in range(3))
    Invitation.objects.filter(email=finished).update(state="finished", mailed_token=b"")
    Respondent(first[declined]).open().get("/answer/decline").post({})
    leave = office.message_to(left)["List-Unsubscribe"].strip().strip("<>")
    assert leave.startswith(web_server.url)
    answer = httpx.post(leave, data={"List-Unsubscribe": "One-Click"})
    office.taken.clear()

    reminder = start(wave, "reminder", site=web_server.url)
    wait_until(lambda: is_done(reminder), PATIENCE)

    assert answer.status_code == 200
    assert Invitation.objects.get(email=declined).state == "declined"
    assert sorted(office.recipients) == sorted(set(first) - {finished, declined, left})
    assert all(office.link_to(address) == first[address] for address in office.recipients)
    assert Message.objects.filter(mailing=reminder, state="sent").count() == 20
