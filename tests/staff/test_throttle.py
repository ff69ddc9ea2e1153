"""Who fails too often waits; who has logged in here before is not locked out by strangers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.sessions.models import Session
from django.core.signing import dumps
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from accounts import throttle
from accounts.actions.log_in import WrongPair, try_code, try_password
from accounts.actions.second_factor import WrongCode
from accounts.models import FailedLogIn, User
from accounts.tasks import forget
from accounts.throttle import LONGEST_WAIT, TooManyFailures, wait_after
from accounts.visitors import SALT, Visitor, visitor_of
from config.client_address import range_of
from tests.services import Database, acting_as
from tests.staff.people import NOW, PASSWORD, code_now, log_in, member, with_second_factor

HERE, ELSEWHERE = Visitor("192.0.2.0/24"), Visitor("198.51.100.0/24")


@pytest.fixture
def analyst(db: None) -> User:
    return hired()


def hired() -> User:
    user = member("analyst")
    user.set_password(PASSWORD)
    user.save()
    return user


def fail(email: str, visitor: Visitor = HERE, *, times: int, now=NOW) -> None:  # type: ignore[no-untyped-def]
    for _number in range(times):
        with acting_as("web"), pytest.raises(WrongPair):
            try_password(email=email, password="wrong", visitor=visitor, now=now)


def test_wait_after_failures_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(number) for number in range(-1, 8)]

    assert waits[:4] == [timedelta(0), timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert waits[-1] == wait_after(10**6) == LONGEST_WAIT == timedelta(minutes=15)


def test_right_password_after_five_failures_waits_and_is_then_taken(analyst: User) -> None:
    fail(analyst.email, times=5)

    for visitor in (HERE, ELSEWHERE):
        with pytest.raises(TooManyFailures, match="Wait a minute"):
            try_password(email=analyst.email, password=PASSWORD, visitor=visitor, now=NOW)

    later = NOW + timedelta(seconds=31)
    assert try_password(email=analyst.email, password=PASSWORD, visitor=HERE, now=later) == analyst


def test_attempt_while_waiting_is_not_counted_and_does_not_prolong_the_wait(analyst: User) -> None:
    fail(analyst.email, times=5)
    before = list(FailedLogIn.objects.order_by("subject").values())

    for _number in range(20):
        with pytest.raises(TooManyFailures):
            try_password(email=analyst.email, password="wrong", visitor=HERE, now=NOW + timedelta(seconds=20))

    assert list(FailedLogIn.objects.order_by("subject").values()) == before


def test_address_without_account_waits_with_the_same_words(analyst: User) -> None:
    sentences = []
    for email in (analyst.email, "nobody@example.org"):
        fail(email, times=5)
        with pytest.raises(TooManyFailures) as refused:
            try_password(email=email, password=PASSWORD, visitor=HERE, now=NOW)
        sentences.append(str(refused.value))

    assert len(set(sentences)) == 1


def test_range_that_tries_many_accounts_waits_and_others_do_not(analyst: User) -> None:
    for number in range(30):
        fail(f"guess{number}@example.org", times=1)

    with pytest.raises(TooManyFailures):
        try_password(email=analyst.email, password=PASSWORD, visitor=HERE, now=NOW)
    assert try_password(email=analyst.email, password=PASSWORD, visitor=ELSEWHERE, now=NOW) == analyst


def test_success_leaves_no_row_and_forgives_no_failure(analyst: User) -> None:
    try_password(email=analyst.email, password=PASSWORD, visitor=HERE, now=NOW)
    assert not FailedLogIn.objects.exists()

    fail(analyst.email, times=4)
    try_password(email=analyst.email, password=PASSWORD, visitor=HERE, now=NOW)
    fail(analyst.email, times=1)

    with pytest.raises(TooManyFailures):
        try_password(email=analyst.email, password=PASSWORD, visitor=HERE, now=NOW)


def test_browser_that_logged_in_before_is_not_locked_out_by_strangers(analyst: User) -> None:
    fail(analyst.email, ELSEWHERE, times=5)
    known = Visitor("198.51.100.0/24", analyst.pk, "a browser")

    with pytest.raises(TooManyFailures):
        try_password(email=analyst.email, password=PASSWORD, visitor=ELSEWHERE, now=NOW)
    assert try_password(email=analyst.email, password=PASSWORD, visitor=known, now=NOW) == analyst

    fail(analyst.email, known, times=5)
    with pytest.raises(TooManyFailures):
        try_password(email=analyst.email, password=PASSWORD, visitor=known, now=NOW)


def test_browser_known_for_another_account_is_a_stranger(analyst: User) -> None:
    fail(analyst.email, ELSEWHERE, times=5)
    other = Visitor("203.0.113.0/24", member("publisher").pk, "a browser")

    with pytest.raises(TooManyFailures):
        try_password(email=analyst.email, password=PASSWORD, visitor=other, now=NOW)


def test_wrong_codes_and_wrong_passwords_add_up(analyst: User) -> None:
    secret = with_second_factor(analyst)
    fail(analyst.email, times=3)
    for _number in range(2):
        with acting_as("web"), pytest.raises(WrongCode):
            try_code(user=analyst, code="abcdef", visitor=HERE, now=NOW)

    with pytest.raises(TooManyFailures):
        try_code(user=analyst, code=code_now(secret), visitor=HERE, now=NOW)


def test_page_says_how_long_to_wait(client: Client, analyst: User) -> None:
    typed = {"username": analyst.email, "password": "wrong"}
    for _number in range(5):
        assert "do not belong together" in client.post("/staff/login/", typed).content.decode()

    response = client.post("/staff/login/", typed | {"password": PASSWORD})

    assert response.status_code == 422
    assert "Too many log-ins have failed." in response.content.decode()


def test_rows_hold_no_address_and_are_gone_after_a_day(analyst: User) -> None:
    fail(analyst.email, times=1)
    (first, second) = FailedLogIn.objects.values_list("subject", flat=True)
    assert len(first) == len(second) == 64

    assert throttle.forget(NOW + timedelta(hours=23)) == 0
    with acting_as("worker"):
        assert throttle.forget(NOW + timedelta(hours=24)) == 2


def test_task_forgets_old_failures_and_sessions_that_are_over(client: Client, analyst: User) -> None:
    fail(analyst.email, times=1)
    log_in(client, analyst)
    over = Session.objects.create(session_key="over", session_data="", expire_date=NOW)

    with acting_as("worker"):
        forget()

    assert not FailedLogIn.objects.exists()
    assert not Session.objects.filter(pk=over.pk).exists()
    assert client.get("/staff/").status_code == 200


def test_failure_that_is_a_day_old_counts_no_more(analyst: User) -> None:
    fail(analyst.email, times=5)
    fail(analyst.email, times=1, now=NOW + timedelta(days=1))

    assert {row.failures for row in FailedLogIn.objects.all()} == {1}


def test_attempts_at_the_same_time_share_the_free_ones(committed_database: Database) -> None:
    user = hired()
    together = Barrier(8)

    def attempt(_number: int) -> type[Exception]:
        try:
            together.wait()
            try_password(email=user.email, password="wrong", visitor=HERE, now=NOW)
        except (WrongPair, TooManyFailures) as refusal:
            return type(refusal)
        finally:
            connection.close()
        raise AssertionError("a wrong password was taken")

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(attempt, range(8)))

    assert refused.count(WrongPair) == 5
    assert refused.count(TooManyFailures) == 3


@pytest.mark.parametrize(
    ("proxies", "header", "found"),
    [
        (0, "192.0.2.77", "10.0.0.0/24"),
        (1, "", "10.0.0.0/24"),
        (1, "192.0.2.77", "192.0.2.0/24"),
        (1, "forged, 192.0.2.77", "192.0.2.0/24"),
        (2, "203.0.113.9, 192.0.2.77, 10.1.1.1", "192.0.2.0/24"),
        (1, "2001:db8:1:2::3", "2001:db8:1::/48"),
        (1, "::ffff:192.0.2.77", "192.0.2.0/24"),
        (1, "nonsense", "unknown"),
    ],
)
def test_range_is_read_from_what_the_own_proxy_wrote(proxies: int, header: str, found: str) -> None:
    extra = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.5", **extra)

    with override_settings(PROXIES=proxies):
        assert range_of(request) == found


def test_cookie_of_a_known_browser_that_was_not_signed_here_is_worth_nothing() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["enquiry_known"] = dumps([7, "browser"], salt=SALT)
    assert visitor_of(request).account == 7

    request.COOKIES["enquiry_known"] = dumps([7, "browser"], key="another", salt=SALT)
    assert visitor_of(request).account is None
