"""No more e-mail: by the page, by the button of a mail program, and back again."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from responses.mail.keys import SEALED_BYTES
from responses.mail.leaving import leaving_text
from responses.models import Invitation
from surveys.models import Wave
from tests.services import acting_as

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def somebody(wave: Wave) -> Invitation:
    return Invitation.objects.get(email="person0@agency.example")


@pytest.fixture
def client() -> Client:
    """As a mail program: no cookies, and the token against forgery is asked for wherever it is."""
    return Client(enforce_csrf_checks=True)


def path_of(invitation: Invitation) -> str:
    return f"/leave/{leaving_text(invitation.pk, invitation.email)}"


def mail_of(invitation: Invitation) -> tuple[str, int]:
    found = Invitation.objects.get(pk=invitation.pk)
    return found.mail, len(found.mailed_token)


def test_page_that_is_looked_at_changes_nothing(client: Client, somebody: Invitation) -> None:
    with acting_as("web"):
        response = client.get(path_of(somebody))

    assert response.status_code == 200
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "person0" not in response.content.decode()
    assert not response.cookies
    assert mail_of(somebody) == ("mailed", SEALED_BYTES)


def test_button_of_a_mail_program_needs_no_cookie_and_no_redirect(
    client: Client, somebody: Invitation
) -> None:
    with acting_as("web"):
        response = client.post(path_of(somebody), ONE_CLICK)

    assert response.status_code == 200
    assert mail_of(somebody) == ("opted_out", 0)


def test_page_lets_somebody_leave_and_come_back(client: Client, somebody: Invitation) -> None:
    with acting_as("web"):
        left = client.post(path_of(somebody), follow=True)
        after = mail_of(somebody)
        back = client.post(path_of(somebody), {"action": "return"}, follow=True)

    assert "You get no more e-mail" in left.content.decode()
    assert after == ("opted_out", 0)
    assert "No more e-mail about this survey?" in back.content.decode()
    assert mail_of(somebody) == ("mailed", 0)


def test_leaving_leaves_the_personal_link_and_the_state_alone(client: Client, somebody: Invitation) -> None:
    before = Invitation.objects.filter(pk=somebody.pk).values("token_hash", "state", "email").get()

    client.post(path_of(somebody), ONE_CLICK)

    assert Invitation.objects.filter(pk=somebody.pk).values("token_hash", "state", "email").get() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_address_that_is_wrong_forgotten_or_handed_on_gets_one_answer(
    client: Client, somebody: Invitation, method: str
) -> None:
    path = path_of(somebody)
    other = Invitation.objects.get(email="person1@agency.example")
    mixed = f"/leave/{leaving_text(other.pk, somebody.email)}"
    Invitation.objects.filter(pk=somebody.pk).update(email="colleague@agency.example")

    answers = set()
    for tried in (path, mixed, "/leave/x", f"/leave/{'%C3%A4' * 43}"):
        response = getattr(client, method)(tried)
        # The page names itself, for the choice of its language.
        own = f'value="{html.escape(tried)}"'
        answers.add((response.status_code, response.content.decode().replace(own, "")))

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert set(Invitation.objects.values_list("mail", flat=True)) == {"mailed"}


def test_address_by_which_one_leaves_opens_no_questionnaire(client: Client, somebody: Invitation) -> None:
    text = leaving_text(somebody.pk, somebody.email)

    assert client.get(f"/i/{text}").status_code == 404
    assert client.get(f"/i/{text[:22]}").status_code == 404
