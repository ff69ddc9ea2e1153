"""Staff pages for the portals of partners and their keys."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from accounts.models import AuditEvent, User
from responses.models import Portal, PortalKey
from surveys.models import Door, Wave
from tests.respond.doors import with_doors
from tests.respond.fieldwork import open_wave
from tests.services import acting_as
from tests.staff.visits import LogIn, get

PUBLIC = Ed25519PrivateKey.generate().public_key()
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
TYPED = {"name": "A portal", "issuer": "https://portal.example.org", "audience": "https://survey.example.org"}


@pytest.fixture
def wave(db: None) -> Wave:
    return with_doors(open_wave("law_enforcement"), Door.PORTAL)


@pytest.fixture
def browser_(logged_in: LogIn, fieldworker: User) -> Client:
    return logged_in(fieldworker)


def post(client: Client, path: str, typed: dict[str, Any] | None = None) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, typed or {})
    return response.status_code, response.headers.get("Location") or response.content.decode()


def test_portal_is_registered_given_a_key_and_the_key_retired(browser_: Client, wave: Wave) -> None:
    assert "No portal is registered yet" in get(browser_, "/staff/portals/")
    status, place = post(browser_, "/staff/portals/new/", {**TYPED, "waves": [str(wave.pk)]})
    portal = Portal.objects.get()
    empty = get(browser_, place)
    added = post(browser_, f"{place}keys/new/", {"kid": "first", "public_key": PEM})
    key = PortalKey.objects.get()
    good = get(browser_, place)
    asked = get(browser_, f"{place}keys/{key.pk}/retire/")
    still_good = not PortalKey.objects.get().retired
    retired = post(browser_, f"{place}keys/{key.pk}/retire/")

    assert (status, place) == (302, f"/staff/portals/{portal.pk}/")
    assert "Nobody comes in from this portal" in empty
    assert f"http://testserver/portal/{wave.pk}" in empty
    assert added == retired == (302, place)
    assert bytes(key.public_key) == PUBLIC.public_bytes_raw()
    assert "first" in good
    assert "cannot be undone" in asked
    assert still_good
    assert PortalKey.objects.get().retired
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["portal.registered", "portal.key_added", "portal.key_retired"]


def test_waves_of_a_portal_are_chosen_among_those_with_the_door(browser_: Client, wave: Wave) -> None:
    shut = open_wave("enterprise")
    portal = Portal.objects.create(**TYPED)
    path = f"/staff/portals/{portal.pk}/waves/"

    page = get(browser_, path)
    refused = post(browser_, path, {"waves": [str(shut.pk)]})
    taken = post(browser_, path, {"waves": [str(wave.pk)]})
    emptied = post(browser_, path)

    assert str(wave.pk) in page
    assert str(shut.pk) not in page
    assert refused[0] == 422
    assert taken[0] == emptied[0] == 302
    assert not portal.waves.exists()
    assert AuditEvent.objects.filter(action="portal.waves").count() == 2


def test_second_portal_with_an_issuer_is_refused(browser_: Client) -> None:
    Portal.objects.create(**TYPED)

    status, page = post(browser_, "/staff/portals/new/", TYPED)

    assert status == 422
    assert "already a portal with this issuer" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kid": "first", "public_key": PEM}, "has a key with this id already"),
        ({"kid": "second", "public_key": "A" * 44}, "no public Ed25519 key"),
        ({"kid": "", "public_key": PEM}, "Type the id of the key"),
    ],
)
def test_key_that_cannot_be_taken_is_refused(browser_: Client, typed: dict[str, str], sentence: str) -> None:
    portal = Portal.objects.create(**TYPED)
    PortalKey.objects.create(portal=portal, kid="first", public_key=bytes(32))

    status, page = post(browser_, f"/staff/portals/{portal.pk}/keys/new/", typed)

    assert status == 422
    assert sentence in page
    assert PortalKey.objects.count() == 1


def test_key_of_another_portal_is_not_found(browser_: Client) -> None:
    one = Portal.objects.create(**TYPED)
    other = Portal.objects.create(**{**TYPED, "issuer": "https://other.example.org"})
    key = PortalKey.objects.create(portal=one, kid="first", public_key=bytes(32))

    assert post(browser_, f"/staff/portals/{other.pk}/keys/{key.pk}/retire/")[0] == 404
    assert not PortalKey.objects.get().retired


def test_key_is_taken_as_the_x_of_a_json_web_key(browser_: Client) -> None:
    portal = Portal.objects.create(**TYPED)
    x = base64.urlsafe_b64encode(PUBLIC.public_bytes_raw()).rstrip(b"=").decode()

    post(browser_, f"/staff/portals/{portal.pk}/keys/new/", {"kid": "first", "public_key": x})

    assert bytes(PortalKey.objects.get().public_key) == PUBLIC.public_bytes_raw()
