"""Handing an invitation on: who may, to whom, what is sent, and that the old link is dead at once."""

from __future__ import annotations

import email
import email.policy
import logging
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import AuditEvent
from config.checks import production_problems
from responses.actions.decline import decline
from responses.actions.forward import Addresses, domain_of, forward, plain_address
from responses.actions.refusals import AlreadyBegun, LinkReplaced
from responses.actions.start import start
from responses.models import Draft, Invitation
from surveys.models import Wave
from tests.respond import smtp_sink
from tests.respond.fieldwork import Respondent, new_link, open_wave
from tests.services import PROJECT, Database, acting_as
from tests.test_house import GOOD_PRODUCTION

OWN, COLLEAGUE = "anna@agency.example", "bertil@agency.example"
ADDRESSES = Addresses(
    link=lambda token: f"https://survey.example.org/i/{token}", genuine="https://survey.example.org/genuine/"
)


@pytest.fixture
def anna(wave: Wave) -> Respondent:
    return Respondent(new_link(wave, email=OWN, unit="Agency")).open()


def hand_on(respondent: Respondent, to: str = COLLEAGUE) -> Respondent:
    """Fill in the form and confirm."""
    respondent.get("/answer/forward").post({**respondent.fields(), "email": [to]})
    if "confirmed" in {button.get("name") for button in respondent.page.xpath("//button")}:
        respondent.post({**respondent.fields(), "confirmed": ["yes"]})
    return respondent


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/i/[A-Za-z0-9_-]{22})\s", text)
    assert found
    return found[1]


def invitation_of(wave: Wave, **fields: Any) -> Invitation:
    new_link(wave, **{"email": OWN, **fields})
    return Invitation.objects.select_related("wave").get(wave=wave, email=fields.get("email", OWN))


@pytest.mark.django_db
def test_invitation_handed_on_moves_to_the_colleague_and_kills_the_old_link(anna: Respondent) -> None:
    hand_on(anna)
    after, cookies = anna.heading, anna.client.cookies["enquiry_answer"].value
    old = Respondent(anna.link).open()
    new = Respondent(link_in(mail.outbox[0].body)).open()

    found = Invitation.objects.get()
    assert after == "The invitation is handed on"
    assert cookies == ""
    assert (old.response.status_code, old.heading) == (404, "There is no questionnaire to open here")
    assert new.response.status_code == 200
    assert (found.email, found.unit, found.forwarded, found.state) == (COLLEAGUE, "Agency", True, "invited")
    assert new.begin().path.startswith("/answer/step/")


@pytest.mark.django_db
def test_message_is_short_plain_and_names_the_asker_and_nobody_else(anna: Respondent) -> None:
    hand_on(anna)

    (message,) = mail.outbox
    assert message.to == [COLLEAGUE]
    assert message.subject.startswith("An invitation was handed on to you: ")
    for said in ("the organisation", "(Europe/Stockholm)", "http://testserver/genuine/", "voluntary"):
        assert said in message.body
    assert OWN not in str(message.message())
    assert "anna" not in str(message.message()).lower()
    assert len(message.body) < 1200


@pytest.mark.django_db
def test_address_is_shown_for_confirmation_before_anything_is_done(anna: Respondent) -> None:
    anna.get("/answer/forward").post({**anna.fields(), "email": [COLLEAGUE]})

    assert anna.heading == "Hand it on to this address?"
    assert COLLEAGUE in anna.text()
    assert not mail.outbox
    assert Invitation.objects.get().email == OWN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the e-mail address of your colleague"),
        ("bertil", "Type the e-mail address in full, such as name@example.org"),
        ("bertil@agency.example\nBcc: x@y.example", "Type the e-mail address in full"),
        ("x" * 250 + "@agency.example", "An e-mail address has at most 254 characters"),
        ("bertil@other.example", "The address must end with “@agency.example”"),
        ("bertil@sub.agency.example", "The address must end with “@agency.example”"),
        ("bertil@agency.example.evil.example", "The address must end with “@agency.example”"),
        ('"a@agency.example"@evil.example', "The address must end with “@agency.example”"),
    ],
)
def test_address_that_does_not_fit_is_refused_with_its_sentence(
    anna: Respondent, typed: str, sentence: str
) -> None:
    hand_on(anna, typed)

    assert anna.response.status_code == 422
    assert anna.errors()[0].startswith(sentence)
    assert anna.fields().get("email", [""]) == [typed]
    assert not mail.outbox


@pytest.mark.django_db
def test_other_domain_is_taken_where_the_wave_allows_it(anna: Respondent, wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(forward_anywhere=True)

    hand_on(anna, "cecilia@other.example")

    assert mail.outbox[0].to == ["cecilia@other.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["Bertil@AGENCY.example", "bertil@agency.example"])
def test_case_of_an_address_makes_no_difference(anna: Respondent, to: str) -> None:
    hand_on(anna, to)

    assert Invitation.objects.get().email == COLLEAGUE


@pytest.mark.django_db
def test_domain_in_other_letters_is_the_same_domain(wave: Wave) -> None:
    respondent = Respondent(new_link(wave, email="anna@byrån.example")).open()

    hand_on(respondent, "bertil@xn--byrn-soa.example")

    assert Invitation.objects.get().email == "bertil@xn--byrn-soa.example"


@pytest.mark.django_db
@pytest.mark.parametrize("invited", ["bertil@agency.example", OWN])
def test_address_that_is_invited_already_is_refused_without_saying_so(
    anna: Respondent, wave: Wave, invited: str
) -> None:
    if invited != OWN:
        new_link(wave, email=invited)

    hand_on(anna, invited)

    assert anna.response.status_code == 409
    assert anna.errors() == ["The invitation cannot be handed on to this address. Nothing was sent."]
    assert "invited" not in anna.errors()[0]
    assert not mail.outbox
    assert Respondent(anna.link).open().response.status_code == 200


@pytest.mark.django_db
def test_who_is_invited_already_is_looked_up_only_when_the_deed_is_confirmed(
    anna: Respondent, wave: Wave
) -> None:
    """Whoever probes addresses hands their own invitation on with the first that is free."""
    new_link(wave, email=COLLEAGUE)

    anna.get("/answer/forward").post({**anna.fields(), "email": [COLLEAGUE]})

    assert anna.heading == "Hand it on to this address?"


@pytest.mark.django_db
def test_invitation_is_handed_on_once(anna: Respondent) -> None:
    hand_on(anna)
    colleague = Respondent(link_in(mail.outbox[0].body)).open()

    colleague.get("/answer/forward")

    assert "handed on once already" in colleague.text()
    assert not colleague.page.xpath("//main//form")


@pytest.mark.django_db
def test_answering_that_has_begun_cannot_be_handed_on(anna: Respondent) -> None:
    anna.begin()

    anna.get("/answer/forward")
    posted = anna.client.post("/answer/forward", {"email": COLLEAGUE, "confirmed": "yes"})

    assert "Answering has begun" in anna.text()
    assert posted.status_code == 409
    assert Invitation.objects.get().email == OWN
    assert not mail.outbox


@pytest.mark.django_db
def test_declined_invitation_can_be_handed_on_and_is_open_again(anna: Respondent) -> None:
    anna.post({"action": "decline"}).post({})

    hand_on(anna.open())

    assert Invitation.objects.get().state == Invitation.State.INVITED
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_invitation_without_an_address_says_that_it_cannot_be_handed_on(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).open().get("/answer/forward")

    assert respondent.response.status_code == 200
    assert "was not made for an e-mail address" in respondent.text()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens", "closes", "heading"),
    [(-9, -0.01, "This survey has closed"), (2, 9, "This survey is not open yet")],
)
def test_wave_that_is_not_open_hands_nothing_on(db: None, opens: float, closes: float, heading: str) -> None:
    now = datetime.now(UTC)
    times = {"opens_at": now + timedelta(days=opens), "closes_at": now + timedelta(days=closes)}
    wave = open_wave("enterprise")
    respondent = Respondent(new_link(wave, email=OWN)).open()
    Wave.objects.filter(pk=wave.pk).update(**times)

    respondent.get("/answer/forward")

    assert respondent.heading == heading


@pytest.mark.django_db
def test_production_without_a_mail_server_says_so(anna: Respondent, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = False

    anna.get("/answer/forward")

    assert "sends no e-mail at present" in anna.text()


@pytest.mark.django_db
def test_page_without_a_link_is_turned_away_also_after_the_deed(anna: Respondent) -> None:
    hand_on(anna)

    again = anna.client.post("/answer/forward", {"email": COLLEAGUE, "confirmed": "yes"})

    assert again.status_code == 404
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_message_goes_through_a_real_mail_server_with_its_link(anna: Respondent, settings: Settings) -> None:
    with smtp_sink.running() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        hand_on(anna)

    (raw,) = sink.messages
    message = email.message_from_string(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert message["To"] == COLLEAGUE
    assert message.get_content_type() == "text/plain"
    assert Respondent(link_in(message.get_content())).open().response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", ["the recipient is refused", "nobody listens"])
def test_message_that_cannot_be_sent_changes_nothing_and_says_so(
    anna: Respondent, settings: Settings, trouble: str
) -> None:
    with smtp_sink.running(refuses=True) as sink:
        port = sink.port if trouble == "the recipient is refused" else 1
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        hand_on(anna)

    found = Invitation.objects.get()
    assert anna.response.status_code == 409
    assert "could not be sent, so nothing was changed" in anna.errors()[0]
    assert (found.email, found.forwarded) == (OWN, False)
    assert Respondent(anna.link).open().response.status_code == 200


@pytest.mark.django_db
def test_nothing_is_written_but_the_invitation_and_no_log_names_anybody(
    anna: Respondent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    before = AuditEvent.objects.count()

    hand_on(anna)

    token = link_in(mail.outbox[0].body).removeprefix("/i/")
    assert AuditEvent.objects.count() == before
    assert not Draft.objects.exists()
    assert token not in caplog.text
    assert COLLEAGUE not in caplog.text


@pytest.mark.django_db
def test_web_role_has_the_rights_that_handing_on_needs(wave: Wave) -> None:
    invitation = invitation_of(wave)

    with acting_as("web"):
        forward(invitation=invitation, email=COLLEAGUE, addresses=ADDRESSES, now=datetime.now(UTC))

    assert Invitation.objects.get().email == COLLEAGUE


@pytest.mark.django_db
@pytest.mark.parametrize("act", [start, decline])
def test_old_holder_on_an_open_page_can_do_nothing_any_more(wave: Wave, act: Any) -> None:
    """Whoever found the invitation by the old link, just before it was replaced, must not act on the new one."""
    now = datetime.now(UTC)
    stale, current = invitation_of(wave), Invitation.objects.get()
    forward(invitation=current, email=COLLEAGUE, addresses=ADDRESSES, now=now)

    with pytest.raises(LinkReplaced):
        act(invitation=stale, now=now)

    assert Invitation.objects.get().state == Invitation.State.INVITED
    assert not Draft.objects.exists()


def test_two_forwardings_at_once_are_one(committed_database: Database) -> None:
    wave = open_wave("enterprise")
    invitation = invitation_of(wave)
    barrier = Barrier(2)

    def run(place: int) -> str:
        barrier.wait()
        try:
            forward(
                invitation=invitation,
                email=f"c{place}@agency.example",
                addresses=ADDRESSES,
                now=datetime.now(UTC),
            )
        except LinkReplaced:
            return "refused"
        finally:
            connection.close()
        return "handed on"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(run, range(2)))

    assert results == ["handed on", "refused"]
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [Invitation.objects.get().email]


def test_beginning_and_handing_on_at_once_never_both_happen(committed_database: Database) -> None:
    wave = open_wave("enterprise")
    for place in range(5):
        invitation = invitation_of(wave, email=f"a{place}@agency.example")
        barrier = Barrier(2)
        acts = (
            lambda one: start(invitation=one, now=datetime.now(UTC)),
            lambda one, to=f"b{place}@agency.example": forward(
                invitation=one, email=to, addresses=ADDRESSES, now=datetime.now(UTC)
            ),
        )

        def run(act: Any, one: Invitation = invitation, gate: Barrier = barrier) -> bool:
            gate.wait()
            try:
                act(one)
            except (LinkReplaced, AlreadyBegun):
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(run, acts))

        assert sorted(done) == [False, True]


DOMAINS = st.from_regex(r"[a-zåäö]([a-z0-9åäö]{0,8})(\.[a-zåäö]([a-z0-9åäö]{0,8})){1,3}", fullmatch=True)


@given(DOMAINS, st.sampled_from(["anna", "a.b", '"x@y"']))
def test_domain_is_what_stands_after_the_last_at_in_one_spelling(domain: str, name: str) -> None:
    in_ascii = domain_of(f"{name}@{domain}")

    assert in_ascii == domain_of(f"{name}@{domain.upper()}.") == domain_of(f"other@{in_ascii}")
    assert in_ascii.isascii()
    assert plain_address(f"{name}@{domain}") == plain_address(f"{name}@{in_ascii}")


MAIL = {"EMAIL_HOST": "mail.example.org", "DEFAULT_FROM_EMAIL": "survey@example.org"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL is not set, though EMAIL_HOST is."),
        ({"EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"}, "EMAIL_USE_TLS and EMAIL_USE_SSL are both on."),
    ],
)
def test_production_with_mail_half_set_up_is_refused(change: dict[str, str], sentence: str) -> None:
    (problem,) = production_problems(GOOD_PRODUCTION | MAIL | change)

    assert problem.startswith(sentence)


def test_production_needs_no_mail_server() -> None:
    assert production_problems(GOOD_PRODUCTION) == []
    assert production_problems(GOOD_PRODUCTION | MAIL) == []


@pytest.mark.parametrize(
    ("mail_settings", "expected"),
    [({}, "False filebased"), (MAIL, "True smtp")],
)
def test_production_sends_mail_when_a_server_is_named(mail_settings: dict[str, str], expected: str) -> None:
    code = "from django.conf import settings; print(settings.MAIL_IS_SET_UP, settings.EMAIL_BACKEND.split('.')[-2])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=os.environ | GOOD_PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings"} | mail_settings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == expected, done.stderr
