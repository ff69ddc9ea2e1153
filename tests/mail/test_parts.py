"""The parts of a mailing that need no database: answers of mail servers, words, pace and hours."""

from __future__ import annotations

import smtplib
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.mail import mail_backend, mail_provider_problems, mail_provider_settings
from responses.mail import texts
from responses.mail.outcomes import Outcome, delivery_errors, outcome_of
from responses.mail.pacing import Queue, Waiting, duration, in_window

START = datetime(2019, 6, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}), Outcome.REFUSED),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (451, b"later")}), Outcome.LATER),
        (smtplib.SMTPDataError(554, b"no"), Outcome.REFUSED),
        (smtplib.SMTPDataError(452, b"later"), Outcome.LATER),
        (smtplib.SMTPSenderRefused(553, b"no", "x@y.example"), Outcome.SETUP),
        (smtplib.SMTPSenderRefused(421, b"busy", "x@y.example"), Outcome.LATER),
        (smtplib.SMTPAuthenticationError(535, b"no"), Outcome.SETUP),
        (smtplib.SMTPServerDisconnected("gone"), Outcome.UNSURE),
        (TimeoutError(), Outcome.UNSURE),
        (ValueError("Invalid address"), Outcome.REFUSED),
    ],
)
def test_answer_of_a_mail_server_means_one_thing(error: Exception, outcome: Outcome) -> None:
    assert isinstance(error, delivery_errors())
    assert outcome_of(error) is outcome


def test_answers_of_a_provider_mean_the_same_things() -> None:
    exceptions = pytest.importorskip("anymail.exceptions")

    def api_error(status: int) -> Exception:
        error: Exception = exceptions.AnymailAPIError("no")
        error.status_code = status  # type: ignore[attr-defined]
        return error

    assert outcome_of(exceptions.AnymailRecipientsRefused("no")) is Outcome.REFUSED
    assert outcome_of(api_error(429)) is Outcome.LATER
    assert outcome_of(api_error(401)) is Outcome.SETUP
    assert outcome_of(api_error(503)) is Outcome.UNSURE
    assert isinstance(api_error(503), delivery_errors())


def test_provider_is_one_of_django_or_of_anymail() -> None:
    from django.utils.module_loading import import_string

    assert [mail_provider_problems(name) for name in ("smtp", "file", "console")] == [[], [], []]
    assert import_string(mail_backend("console"))
    assert mail_provider_settings("smtp", {"ANYMAIL_X": "1"}) is None
    pytest.importorskip("anymail")
    assert mail_provider_problems("mailgun") == []
    assert import_string(mail_backend("mailgun"))
    assert mail_provider_settings("mailgun", {"ANYMAIL_MAILGUN_API_KEY": "k", "OTHER": "x"}) == {
        "MAILGUN_API_KEY": "k"
    }
    assert "no provider of django-anymail" in mail_provider_problems("pigeon")[0]


def test_paragraph_whose_place_is_empty_is_left_out() -> None:
    text = "Hello\n\nRun by: {asker}\n\nUntil {until}\n"

    assert texts.fill(text, {"asker": "", "until": "Monday"}) == "Hello\n\nUntil Monday\n"


@given(st.text(), st.text())
def test_text_is_filled_once_whatever_stands_in_it(link: str, title: str) -> None:
    filled = texts.fill("{title}: {link}", {"title": title or "x", "link": link or "y"})

    assert filled == f"{title or 'x'}: {link or 'y'}"


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_shipped_words_pass_their_own_check(kind: str) -> None:
    texts.check(texts.default_subject(kind), texts.default_body(kind))


@given(
    st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), max_size=40),
    st.integers(min_value=1, max_value=600),
)
def test_queue_gives_every_message_once_and_keeps_the_pace_of_each_domain(
    domains: list[str], pace: int
) -> None:
    waiting = [Waiting(uuid4(), domain) for domain in domains]
    of = {one.message: one.domain for one in waiting}
    queue, now = Queue(waiting, pace=pace, start=START), START
    taken: list[tuple[datetime, str]] = []

    while (at := queue.next_at()) is not None:
        now = max(now, at)
        taken.append((now, of.pop(queue.take(now))))

    assert not of
    for domain in set(domains):
        moments = [at for at, name in taken if name == domain]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert all(gap >= timedelta(minutes=1) / pace for gap in gaps)
    if domains:
        assert taken[-1][0] - START == pytest.approx(
            duration(Counter(domains), pace), abs=timedelta(milliseconds=1)
        )


@pytest.mark.parametrize(
    ("zone", "inside"),
    [("UTC", True), ("Asia/Tokyo", False), ("America/New_York", False), ("Europe/Berlin", True)],
)
def test_window_is_on_the_clock_of_the_zone(zone: str, inside: bool) -> None:
    assert in_window(START, zone, 8, 18) is inside
    assert in_window(START, zone, 0, 24)
