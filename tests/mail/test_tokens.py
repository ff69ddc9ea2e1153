"""How long a sealed link lives, and that nothing but its own state follows from it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from pytest_django import Settings

from responses.actions.decline import decline
from responses.actions.forward import Addresses, forward
from responses.actions.invite import invite_by_mail
from responses.actions.mail_key import make_mail_key
from responses.actions.start import start
from responses.fieldwork import forget_contacts
from responses.invitations import InvitationRow
from responses.mail import keys
from responses.mail.leaving import leaving_text
from responses.mail.models import Mailing, MailKey, Message
from responses.models import Invitation
from responses.sealing import generate_key_pair, session_key, token_hash
from surveys.models import Wave
from tests.box.field import CLOSED, NOW, Field, open_field
from tests.mail.post_office import sender
from tests.services import acting_as

pytestmark = pytest.mark.django_db
ADDRESSES = Addresses(
    link=lambda token: f"https://a.example/i/{token}",
    genuine="https://a.example/genuine/",
    leave=lambda text: f"https://a.example/leave/{text}",
)


@pytest.fixture
def field(mail_key: bytes) -> Field:
    """A small wave of organisations, with two colleagues who are written to."""
    field = open_field(unit="organisation")
    rows = [InvitationRow(f"{name}@example.org", "Agency", "en", "Asia/Tokyo") for name in ("anna", "bo")]
    invite_by_mail(wave=field.wave, rows=rows, by=sender(), now=NOW)
    return field


def of(name: str) -> Invitation:
    return Invitation.objects.select_related("wave").get(email=f"{name}@example.org")


def lengths() -> dict[str, int]:
    return {one.email.partition("@")[0]: len(one.mailed_token) for one in Invitation.objects.all()}


def test_sealed_links_have_one_length_and_open_their_own_invitation(field: Field, mail_key: bytes) -> None:
    for invitation in Invitation.objects.all():
        token = keys.open_token(invitation.mailed_token, mail_key)
        assert token is not None
        assert token_hash(session_key(token)) == bytes(invitation.token_hash)
        assert len(invitation.mailed_token) == keys.SEALED_BYTES


def test_sealed_link_is_opened_by_the_mail_key_alone(field: Field) -> None:
    other, _public = generate_key_pair()

    assert keys.open_token(of("anna").mailed_token, other) is None
    assert keys.open_token(b"", other) is None


def test_sending_empties_the_link_and_those_of_colleagues(field: Field) -> None:
    with acting_as("web"):
        field.answer(of("anna"))

    assert lengths() == {"anna": 0, "bo": 0}


def test_declining_empties_the_link_and_changing_ones_mind_brings_none_back(field: Field) -> None:
    with acting_as("web"):
        decline(invitation=of("anna"), now=NOW)
        start(invitation=of("anna"), now=NOW)

    assert of("anna").state == "started"
    assert lengths() == {"anna": 0, "bo": keys.SEALED_BYTES}


def test_handing_on_seals_the_new_link_whatever_was_known_of_the_old_address(
    field: Field, mail_key: bytes
) -> None:
    before = bytes(of("anna").mailed_token)
    Invitation.objects.filter(email="anna@example.org").update(mail="opted_out", mailed_token=b"")

    with acting_as("web"):
        forward(invitation=of("anna"), email="carl@example.org", addresses=ADDRESSES, now=NOW)

    carl = of("carl")
    token = keys.open_token(carl.mailed_token, mail_key)
    leaving = f"<https://a.example/leave/{leaving_text(carl.pk, carl.email)}>"
    assert (carl.mail, bytes(carl.mailed_token) != before) == ("mailed", True)
    assert mail.outbox[0].extra_headers["List-Unsubscribe"] == leaving
    assert token is not None
    assert token_hash(session_key(token)) == bytes(carl.token_hash)


def test_handing_on_a_link_that_staff_sent_keeps_none(db: None) -> None:
    field = open_field()
    field.invite(1)
    invitation = Invitation.objects.select_related("wave").get()

    forward(invitation=invitation, email="carl@example.org", addresses=ADDRESSES, now=NOW)

    assert (of("carl").mail, lengths()) == ("own", {"carl": 0})
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_contacts_that_are_forgotten_take_links_zones_and_messages_with_them(field: Field) -> None:
    mailing = Mailing.objects.create(wave=field.wave, kind="invitation", state="done")
    Message.objects.create(mailing=mailing, invitation=of("anna"), state="sent")

    with acting_as("worker"):
        forget_contacts(field.wave, CLOSED + timedelta(days=31))

    assert set(Invitation.objects.values_list("email", "time_zone")) == {("", "")}
    assert {len(one.mailed_token) for one in Invitation.objects.all()} == {0}
    assert not Message.objects.exists()


def test_mail_key_is_made_once_and_its_private_half_is_read_by_its_owner_alone(
    db: None, tmp_path: Path, settings: Settings
) -> None:
    settings.ENQUIRY_MAIL_KEY_DIR = str(tmp_path)

    with acting_as("worker"):
        make_mail_key(now=NOW)
        first = keys.private_key()
        make_mail_key(now=NOW)

    assert keys.private_key() == first
    assert (tmp_path / "mail.key").stat().st_mode & 0o777 == 0o600
    assert first not in bytes(MailKey.objects.get().public_key)


def test_mail_key_that_does_not_fit_the_public_half_is_refused(
    mail_key: bytes, settings: Settings, tmp_path: Path
) -> None:
    MailKey.objects.update(public_key=generate_key_pair()[1])

    with pytest.raises(keys.MailKeyUnusable, match="not the one"):
        keys.private_key()


def test_process_without_the_folder_has_no_mail_key(mail_key: bytes, settings: Settings) -> None:
    settings.ENQUIRY_MAIL_KEY_DIR = ""

    with pytest.raises(keys.MailKeyUnusable, match="no folder"):
        keys.private_key()


def test_respondent_who_leaves_or_answers_writes_no_audit_row(field: Field, wave: Wave) -> None:
    from accounts.models import AuditEvent
    from responses.actions.leave_list import leave_list, return_to_list

    before = AuditEvent.objects.count()
    leave_list(invitation=of("anna"))
    return_to_list(invitation=of("anna"))
    field.answer(of("bo"))

    assert AuditEvent.objects.count() == before
