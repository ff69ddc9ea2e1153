from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from tests.services import acting_as
from tests.staff.people import PASSWORD, member

LOG_IN = "/staff/login/"
REFUSED = "do not belong together"


@pytest.fixture
def analyst(db: None) -> User:
    user = member("analyst")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client: Client, email: str, password: str, **more: str) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(LOG_IN, {"username": email, "password": password, **more})
    return response.status_code, response.headers.get("Location", "") or response.content.decode()


def test_log_in_with_right_password_leads_to_the_waves_and_is_recorded(client: Client, analyst: User) -> None:
    status, place = log_in(client, "Analyst@Example.org", PASSWORD)

    assert (status, place) == (302, "/staff/")
    assert AuditEvent.objects.get().action == "staff.logged_in"


def test_log_in_changes_the_key_of_the_session(client: Client, analyst: User) -> None:
    client.session["before"] = True
    client.session.save()
    before = client.session.session_key

    log_in(client, analyst.email, PASSWORD)

    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("email", "password", "active"),
    [
        ("analyst@example.org", "wrong", True),
        ("nobody@example.org", PASSWORD, True),
        ("analyst@example.org", PASSWORD, False),
    ],
)
def test_log_in_refused_says_the_same_whatever_was_wrong(
    client: Client, analyst: User, email: str, password: str, active: bool
) -> None:
    User.objects.update(is_active=active)

    status, page = log_in(client, email, password)

    assert status == 422
    assert REFUSED in page
    assert "<title>Error:" in page
    assert password not in page
    assert not AuditEvent.objects.exists()


def test_log_in_with_next_elsewhere_stays_on_this_site(client: Client, analyst: User) -> None:
    _status, place = log_in(client, analyst.email, PASSWORD, next="https://evil.example/")

    assert place == "/staff/"


def test_log_in_with_next_leads_there(client: Client, analyst: User) -> None:
    assert client.get("/staff/runs/").headers["Location"] == f"{LOG_IN}?next=/staff/runs/"

    assert log_in(client, analyst.email, PASSWORD, next="/staff/runs/") == (302, "/staff/runs/")


def test_log_out_ends_the_session_and_is_recorded(client: Client, analyst: User) -> None:
    log_in(client, analyst.email, PASSWORD)

    with acting_as("web"):
        client.post("/staff/logout/")

    assert client.get("/staff/").headers["Location"].startswith(LOG_IN)
    assert AuditEvent.objects.last().action == "staff.logged_out"


def test_log_out_by_get_changes_nothing(client: Client, analyst: User) -> None:
    log_in(client, analyst.email, PASSWORD)

    assert client.get("/staff/logout/").status_code == 405
    assert client.get("/staff/").status_code == 200


def change(client: Client, **typed: str) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post("/staff/password/", typed)
    return response.status_code, response.content.decode()


def test_password_changed_keeps_this_session_and_ends_others(client: Client, analyst: User) -> None:
    elsewhere = Client()
    log_in(client, analyst.email, PASSWORD)
    log_in(elsewhere, analyst.email, PASSWORD)

    status, _page = change(client, old=PASSWORD, new="another long sentence", again="another long sentence")

    assert status == 302
    assert client.get("/staff/").status_code == 200
    assert elsewhere.get("/staff/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", "another long sentence", "another long sentence", "not the password you use now"),
        (PASSWORD, "another long sentence", "another long sentense", "two new passwords differ"),
        (PASSWORD, "short", "short", "too short"),
        (PASSWORD, "", "", "Type a new password"),
    ],
)
def test_password_change_refused_says_why(
    client: Client, analyst: User, old: str, new: str, again: str, sentence: str
) -> None:
    log_in(client, analyst.email, PASSWORD)

    status, page = change(client, old=old, new=new, again=again)

    assert status == 422
    assert sentence in page
    analyst.refresh_from_db()
    assert analyst.check_password(PASSWORD)


def test_page_with_post_without_token_of_the_form_is_refused(analyst: User) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(LOG_IN, {"username": analyst.email, "password": PASSWORD}).status_code == 403
