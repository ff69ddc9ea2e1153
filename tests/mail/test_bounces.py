"""Refusals that come back later as a message, and those that only look like one."""

from __future__ import annotations

from email import message_from_string
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from responses.actions.bounce import note_bounce
from responses.mail.bounces import Bounce, bounce_of
from responses.mail.models import Mailing, Message
from responses.models import Invitation
from surveys.models import Wave
from tests.services import acting_as

NUMBER = UUID(int=0x1234)
NOTIFICATION = """\
From: MAILER-DAEMON@mail.agency.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <20190603@mail.agency.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.agency.example
Arrival-Date: Mon, 3 Jun 2019 09:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--cut
Content-Type: {kind}

From: survey@survey.example
Message-ID: <{original}@survey.example>
Subject: You are invited

--cut--
"""


def notification(**changes: Any) -> str:
    values = {
        "to": "survey@survey.example",
        "recipient": "Person0@agency.example",
        "action": "failed",
        "kind": "text/rfc822-headers",
        "original": NUMBER.hex,
    }
    return NOTIFICATION.format(**{**values, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kind": "message/rfc822"},
        {"to": f"bounces+{NUMBER.hex}@survey.example", "original": "somebody-elses"},
    ],
)
def test_bounce_is_known_by_its_envelope_or_by_the_original(changes: dict[str, str]) -> None:
    found = bounce_of(message_from_string(notification(**changes)))

    assert found == Bounce(NUMBER, "person0@agency.example")


@pytest.mark.parametrize(
    "text",
    [
        notification(action="delayed"),
        notification(original="nothing-of-ours"),
        f"To: bounces+{NUMBER.hex}@survey.example\nSubject: Out of office\n\nI am away until Monday.\n",
        "",
    ],
)
def test_message_that_refuses_nothing_of_ours_is_no_bounce(text: str) -> None:
    assert bounce_of(message_from_string(text)) is None


@pytest.fixture
def message(wave: Wave) -> Message:
    mailing = Mailing.objects.create(wave=wave, kind="invitation", state="done")
    invitation = Invitation.objects.get(email="person0@agency.example")
    return Message.objects.create(mailing=mailing, invitation=invitation, state="sent")


def marked() -> set[str]:
    return set(Invitation.objects.filter(mail="bounced").values_list("email", flat=True))


def test_command_marks_the_address_and_the_message_and_says_numbers_alone(
    message: Message, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, many = tmp_path / "one.eml", tmp_path / "many.mbox"
    one.write_text(notification(original=uuid4().hex))
    many.write_text(
        f"From MAILER-DAEMON Mon Jun  3 09:00:00 2019\n{notification(original=message.pk.hex)}\n"
        f"From MAILER-DAEMON Mon Jun  3 09:00:01 2019\n{notification(original=message.pk.hex)}\n"
    )

    with acting_as("worker"):
        call_command("read_bounces", one, many)

    message.refresh_from_db()
    assert (marked(), message.state) == ({"person0@agency.example"}, "failed")
    assert capsys.readouterr().out == "3 messages read, 1 addresses marked.\n"


def test_bounce_of_an_address_that_handed_the_invitation_on_marks_nobody(message: Message) -> None:
    Invitation.objects.filter(pk=message.invitation_id).update(email="colleague@agency.example")

    noted = note_bounce(Bounce(message.pk, "person0@agency.example"))

    assert not noted
    assert marked() == set()


def test_bounce_of_somebody_who_opted_out_changes_nothing(message: Message) -> None:
    Invitation.objects.update(mail="opted_out")

    assert not note_bounce(Bounce(message.pk, ""))
    assert marked() == set()
