"""Log-in in two steps: the password, then a code; and what a session is worth how long."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.actions.second_factor import NotProven, end_sessions, enrol
from accounts.codes import STEP_SECONDS, code_at, in_fours, new_secret, step_of
from accounts.models import AuditEvent, RecoveryCode, SecondFactor, User
from accounts.sessions import BEGAN, HALF, SEEN
from tests.services import acting_as
from tests.staff.people import PASSWORD, code_now, member, with_second_factor
from tests.staff.people import log_in as log_in_by_force

LOG_IN, CODE, SET_UP = "/staff/login/", "/staff/login/code/", "/staff/login/set-up/"
REFUSED = "do not belong together"
Answer = tuple[int, str]


@pytest.fixture
def analyst(db: None) -> User:
    user = member("analyst")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def secret(analyst: User) -> bytes:
    return with_second_factor(analyst)


def post(client: Client, path: str, **typed: str) -> Answer:
    with acting_as("web"):
        response = client.post(path, typed)
    return response.status_code, response.headers.get("Location", "") or response.content.decode()


def log_in(client: Client, email: str, password: str, **more: str) -> Answer:
    return post(client, LOG_IN, username=email, password=password, **more)


def test_log_in_with_password_and_code_leads_to_the_waves_and_is_recorded(
    client: Client, analyst: User, secret: bytes
) -> None:
    assert log_in(client, "Analyst@Example.org", PASSWORD) == (302, CODE)
    assert not AuditEvent.objects.exists()

    assert post(client, CODE, code=code_now(secret)) == (302, "/staff/")

    assert AuditEvent.objects.get().action == "staff.logged_in"
    assert client.get("/staff/").status_code == 200


@pytest.mark.parametrize("path", ["/staff/", "/staff/password/", "/staff/second-step/", "/admin/"])
def test_page_after_the_password_alone_is_closed(
    client: Client, analyst: User, secret: bytes, path: str
) -> None:
    User.objects.update(is_superuser=True, is_staff=True)
    log_in(client, analyst.email, PASSWORD)

    assert client.get(path).status_code == 302
    assert LOG_IN in client.get(path, follow=True).request["PATH_INFO"]

    post(client, CODE, code=code_now(secret))
    assert client.get(path).status_code == 200


def test_each_step_of_the_log_in_changes_the_key_of_the_session(
    client: Client, analyst: User, secret: bytes
) -> None:
    session = client.session
    session["before"] = True
    session.save()
    keys = [session.session_key]

    log_in(client, analyst.email, PASSWORD)
    keys.append(client.session.session_key)
    post(client, CODE, code=code_now(secret))
    keys.append(client.session.session_key)

    assert len(set(keys)) == 3
    assert "before" not in client.session
    assert HALF not in client.session


def test_code_that_was_used_is_refused_in_the_same_half_minute(
    client: Client, analyst: User, secret: bytes
) -> None:
    code = code_now(secret)
    log_in(client, analyst.email, PASSWORD)
    assert post(client, CODE, code=code)[0] == 302
    stranger = Client()
    log_in(stranger, analyst.email, PASSWORD)

    status, page = post(stranger, CODE, code=code)

    assert status == 422
    assert "was used before" in page
    assert stranger.get("/staff/").status_code == 302


@pytest.mark.parametrize(("offset", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_code_is_taken_in_a_window_of_one_step(
    client: Client, analyst: User, secret: bytes, offset: int, status: int
) -> None:
    # In the middle of a step, so that the test does not cross into the next one.
    now = timezone.now().timestamp() // STEP_SECONDS * STEP_SECONDS + 10
    with time_machine.travel(now, tick=False):
        log_in(client, analyst.email, PASSWORD)
        code = code_at(secret, step_of(timezone.now()) + offset)

        assert post(client, CODE, code=f"{code[:3]} {code[3:]}")[0] == status


def test_half_a_log_in_is_over_after_five_minutes(client: Client, analyst: User, secret: bytes) -> None:
    log_in(client, analyst.email, PASSWORD)
    session = client.session
    session[HALF] |= {"at": session[HALF]["at"] - 301}
    session.save()

    assert post(client, CODE, code=code_now(secret)) == (302, LOG_IN)

    assert "took longer than five minutes" in client.get(LOG_IN).content.decode()
    assert client.get("/staff/").status_code == 302


def test_half_a_log_in_is_over_when_the_password_is_changed(
    client: Client, analyst: User, secret: bytes
) -> None:
    log_in(client, analyst.email, PASSWORD)
    analyst.set_password("another long sentence")
    analyst.save()

    assert post(client, CODE, code=code_now(secret)) == (302, LOG_IN)


def test_code_page_without_a_password_leads_to_the_log_in(
    client: Client, analyst: User, secret: bytes
) -> None:
    assert post(client, CODE, code=code_now(secret)) == (302, LOG_IN)
    assert post(client, SET_UP, code=code_now(secret)) == (302, LOG_IN)


def shown_secret(page: str) -> bytes:
    found = re.search(r'<code class="secret" dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert found
    return base64.b32decode(found[1].replace(" ", ""))


def shown_codes(page: str) -> list[str]:
    return re.findall(r'<li><code dir="ltr">([A-Z2-7 ]{19})</code></li>', page)


def test_first_log_in_sets_up_the_second_step_and_shows_recovery_codes_once(
    client: Client, analyst: User
) -> None:
    assert log_in(client, analyst.email, PASSWORD, next="/staff/releases/") == (302, SET_UP)
    page = client.get(SET_UP).content.decode()
    secret = shown_secret(page)
    assert "<svg" in page
    assert client.get("/staff/").headers["Location"].startswith(LOG_IN)
    assert client.get(CODE).headers["Location"] == LOG_IN

    status, page = post(client, SET_UP, code="000000")
    assert status == 422
    assert "the clock of the device is wrong" in page
    assert shown_secret(page) == secret
    status, page = post(client, SET_UP, code=code_now(secret))

    assert status == 200
    assert 'href="/staff/releases/"' in page
    assert len(set(shown_codes(page))) == 10
    stored = SecondFactor.objects.get(user=analyst)
    assert secret not in bytes(stored.sealed)
    assert [event.action for event in AuditEvent.objects.all()] == [
        "staff.second_factor_set",
        "staff.logged_in",
    ]
    assert client.get("/staff/").status_code == 200
    assert client.get(SET_UP).headers["Location"] == "/staff/"


def test_set_up_of_an_account_that_has_a_second_step_is_closed(
    client: Client, analyst: User, secret: bytes
) -> None:
    log_in(client, analyst.email, PASSWORD)

    assert client.get(SET_UP).headers["Location"] == LOG_IN
    assert post(client, SET_UP, code=code_now(secret)) == (302, LOG_IN)


def test_first_second_step_takes_the_place_of_no_other_one(analyst: User, secret: bytes) -> None:
    new = new_secret()
    now = timezone.now()

    with pytest.raises(NotProven):
        enrol(user=analyst, secret=new, code=code_now(new), by=analyst, now=now)

    assert enrol(user=analyst, secret=new, code=code_now(new), by=analyst, now=now, replace=True)


def test_recovery_code_takes_the_place_of_the_app_once(client: Client, analyst: User, secret: bytes) -> None:
    log_in_by_force(client, analyst)
    codes = shown_codes(post(client, "/staff/second-step/codes/", code=code_now(secret))[1])
    spoilt = codes[0].lower().replace(" ", "-")

    for number, status in enumerate((302, 422)):
        other = Client()
        log_in(other, analyst.email, PASSWORD)
        assert post(other, CODE, code=spoilt)[0] == status, number

    assert RecoveryCode.objects.count() == 9
    assert not RecoveryCode.objects.filter(code_hash__contains=codes[0].replace(" ", "")).exists()
    assert AuditEvent.objects.get(action="staff.recovery_code_used").details == {"left": 9}


def test_recovery_codes_made_anew_end_those_of_before(client: Client, analyst: User, secret: bytes) -> None:
    log_in_by_force(client, analyst)
    first = shown_codes(post(client, "/staff/second-step/codes/", code=code_now(secret))[1])
    second = shown_codes(post(client, "/staff/second-step/codes/", code=first[0])[1])
    assert len(set(first) | set(second)) == 20

    assert post(client, "/staff/second-step/codes/", code=first[1])[0] == 422
    assert post(client, "/staff/second-step/codes/", code=second[0])[0] == 200


def test_device_is_changed_by_whoever_has_a_code_of_the_old_one(
    client: Client, analyst: User, secret: bytes
) -> None:
    log_in_by_force(client, analyst)
    assert client.get("/staff/second-step/device/new/").headers["Location"] == "/staff/second-step/device/"
    assert post(client, "/staff/second-step/device/", code="000000")[0] == 422

    assert post(client, "/staff/second-step/device/", code=code_now(secret))[0] == 302
    new = shown_secret(client.get("/staff/second-step/device/new/").content.decode())
    status, _page = post(client, "/staff/second-step/device/new/", code=code_now(new))

    assert status == 200
    assert new != secret
    other = Client()
    log_in(other, analyst.email, PASSWORD)
    assert post(other, CODE, code=code_at(secret, step_of_next()))[0] == 422
    assert post(other, CODE, code=code_at(new, step_of_next()))[0] == 302


def step_of_next() -> int:
    return step_of(timezone.now()) + 1


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


def test_log_in_with_next_elsewhere_stays_on_this_site(client: Client, analyst: User, secret: bytes) -> None:
    log_in(client, analyst.email, PASSWORD, next="https://evil.example/")

    assert post(client, CODE, code=code_now(secret)) == (302, "/staff/")


def test_log_in_with_next_leads_there(client: Client, analyst: User, secret: bytes) -> None:
    assert client.get("/staff/runs/").headers["Location"] == f"{LOG_IN}?next=/staff/runs/"

    log_in(client, analyst.email, PASSWORD, next="/staff/runs/")
    assert post(client, CODE, code=code_now(secret)) == (302, "/staff/runs/")


def test_log_out_ends_the_session_and_is_recorded(client: Client, analyst: User) -> None:
    log_in_by_force(client, analyst)

    post(client, "/staff/logout/")

    assert client.get("/staff/").headers["Location"].startswith(LOG_IN)
    assert AuditEvent.objects.last().action == "staff.logged_out"


def test_log_out_by_get_changes_nothing(client: Client, analyst: User) -> None:
    log_in_by_force(client, analyst)

    assert client.get("/staff/logout/").status_code == 405
    assert client.get("/staff/").status_code == 200


def change(client: Client, **typed: str) -> Answer:
    return post(client, "/staff/password/", **typed)


def test_password_changed_keeps_this_session_and_ends_others(client: Client, analyst: User) -> None:
    elsewhere = Client()
    log_in_by_force(client, analyst)
    log_in_by_force(elsewhere, analyst)

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
    log_in_by_force(client, analyst)

    status, page = change(client, old=old, new=new, again=again)

    assert status == 422
    assert sentence in page
    analyst.refresh_from_db()
    assert analyst.check_password(PASSWORD)


def test_password_change_guessed_at_waits_like_a_log_in(client: Client, analyst: User) -> None:
    log_in_by_force(client, analyst)
    for _number in range(5):
        assert (
            change(client, old="wrong", new="another long sentence", again="another long sentence")[0] == 422
        )

    status, page = change(client, old=PASSWORD, new="another long sentence", again="another long sentence")

    assert status == 422
    assert "Too many log-ins have failed." in page


def test_page_with_post_without_token_of_the_form_is_refused(analyst: User) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(LOG_IN, {"username": analyst.email, "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("left_alone", "lasted", "status"),
    [
        (timedelta(minutes=29), timedelta(hours=11), 200),
        (timedelta(minutes=31), timedelta(hours=1), 302),
        (timedelta(minutes=1), timedelta(hours=12, minutes=1), 302),
    ],
)
def test_session_ends_when_it_is_left_alone_or_has_lasted_too_long(
    client: Client, analyst: User, left_alone: timedelta, lasted: timedelta, status: int
) -> None:
    log_in_by_force(client, analyst)
    session = client.session
    session[SEEN] -= int(left_alone.total_seconds())
    session[BEGAN] -= int(lasted.total_seconds())
    session.save()

    with acting_as("web"):
        assert client.get("/staff/").status_code == status
        assert client.get("/staff/").status_code == status


def test_session_that_did_not_come_through_both_steps_is_ended(client: Client, analyst: User) -> None:
    client.force_login(analyst)

    assert client.get("/staff/").headers["Location"].startswith(LOG_IN)


def test_session_is_over_when_an_administrator_ends_it(client: Client, analyst: User) -> None:
    log_in_by_force(client, analyst)
    assert client.get("/staff/").status_code == 200

    end_sessions(analyst)

    assert client.get("/staff/").status_code == 302


def test_pages_of_respondents_and_the_public_touch_no_session(client: Client, analyst: User) -> None:
    log_in_by_force(client, analyst)

    for path in ("/", "/what-we-store/", "/withdraw/"):
        assert client.get(path).status_code in {200, 404}
        assert "enquiry_session" not in client.get(path).cookies


def test_secret_is_typed_in_fours() -> None:
    assert in_fours("ABCDEFGHIJ") == "ABCD EFGH IJ"
