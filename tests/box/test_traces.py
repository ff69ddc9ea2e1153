"""A whole journey through the real web server, the real worker and a real night: what is left of it anywhere.

Logs, queue, mail, audit log, sessions, cookies, titles, referrers, counters and running statements are searched for
everything that belongs to a person. Each place has a control that leaves such a trace on purpose and is found.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from celery import current_app
from django.core.mail import EmailMessage
from django.db import connection
from lxml import html

from accounts import audit
from accounts.models import AuditEvent
from config.embedded.places import default_base
from reports.actions import night
from reports.demo.client import FORMS_ON_THE_WAY, Respondent
from reports.models import Run
from responses.models import Draft, Invitation
from responses.sealing import new_token, session_key, token_hash, token_text
from surveys.models import WavePlace
from surveys.places import free_places
from tests.box.evidence import Eyes, sequences
from tests.box.field import Field, open_field
from tests.reports.conftest import store_key
from tests.services import PROJECT, Database, WebServer, Worker, redis_number, wait_until

PATIENCE = 60.0
OPEN_BOX = 45
COMMENT = "a-sentence-that-nobody-else-writes"
FIELDS = {
    "q-eligible": ["yes_now"],
    "q-region": ["south"],
    "q-country": ["AA"],
    "q-share": ["7"],
    "q-habits": ["measure"],
    "q-comment": [COMMENT],
    "q-quote": ["may_quote"],
}
MAIL = default_base() / "mail"
Secrets = dict[str, str]


@dataclass
class Journey:
    """One person's way from the link to the receipt, with everything that the browser was told."""

    server: WebServer
    wave: Field
    heard: list[httpx.Response] = field(default_factory=list)

    def go(self) -> Secrets:
        token = new_token()
        invitation = Invitation.objects.create(
            wave=self.wave.wave,
            email="somebody.in-particular@police.example",
            token_hash=token_hash(session_key(token)),
        )
        person = Respondent(httpx.HTTPTransport(), self.server.url, FIELDS)
        person.http.event_hooks = {"response": [self.hear]}
        with closing(person.http):
            checked = person.walk(person.open(f"/i/{token_text(token)}"), self.is_check)
            draft = str(Draft.objects.get(invitation=invitation).pk)
            [receipt] = checked.tree.xpath("//input[@name='receipt']/@value") or [""]
            end = person.walk(checked, lambda _page: False)
            self.cookies = {cookie.name: cookie.value or "" for cookie in person.http.cookies.jar}
        assert end.heading == "Your answers are sent"
        [shown] = end.tree.xpath("//*[@class='receipt']")
        return {
            "token": token_text(token),
            "session key": base64.urlsafe_b64encode(session_key(token)).decode(),
            "hash": token_hash(session_key(token)).hex(),
            "address": invitation.email,
            "invitation": str(invitation.pk),
            "draft": draft,
            "receipt": receipt or shown.text_content().strip(),
            "receipt shown": shown.text_content().strip(),
            "comment": COMMENT,
        }

    def is_check(self, page: Any) -> bool:
        return page.form_to("/answer/send") is not None and page.form_to(*FORMS_ON_THE_WAY[:2]) is None

    def hear(self, response: httpx.Response) -> None:
        response.read()
        self.heard.append(response)


class Queue:
    """Everything that anybody says to Redis while the test runs, in this process's numbered database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.said: list[str] = []
        self.ready = threading.Event()
        self.over = threading.Event()

    def __enter__(self) -> Queue:
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        assert self.ready.wait(10)
        return self

    def listen(self) -> None:
        with self.database.redis.client() as client, client.monitor() as monitor:
            self.ready.set()
            while not self.over.is_set():
                if not monitor.connection.can_read(timeout=0.1):
                    continue
                heard = monitor.next_command()
                if heard["db"] == redis_number():
                    self.said.append(heard["command"])

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join(10)

    def told(self, *commands: str) -> list[str]:
        """What was put into the queue; workers ask for work, and say that they live, all the time."""
        said = [line for line in self.said if line.split()[0].upper() in commands]
        return [line for line in said if "celeryev/worker." not in line]

    def kept(self) -> str:
        with self.database.redis.client(redis_number()) as client:
            return "\n".join(f"{key!r} {client.type(key)!r}" for key in client.scan_iter())


@dataclass
class Places:
    """Where a trace could be: name -> text."""

    database: Database
    programs: tuple[WebServer | Worker, ...] = ()

    def __post_init__(self) -> None:
        self.log = self.database.cluster.log
        self.began = self.log.stat().st_size

    def texts(self) -> dict[str, str]:
        found = {
            "log of PostgreSQL": self.log.read_bytes()[self.began :].decode(errors="replace"),
            "mail": "\n".join(path.read_text(errors="replace") for path in mails()),
            "audit log": rows("accounts_auditevent"),
            "sessions": rows("django_session"),
            "back office log": rows("django_admin_log"),
        }
        return found | {f"log of {type(program).__name__}": program.text() for program in self.programs}


def mails() -> list[Path]:
    return sorted(MAIL.glob("*")) if MAIL.is_dir() else []


def rows(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row::text FROM {table} AS row")
        return "\n".join(text for (text,) in cursor.fetchall())


def traces(texts: dict[str, str], secrets: Secrets) -> list[tuple[str, str]]:
    """(place, what of the person was found there)."""
    return [
        (place, name)
        for place, text in texts.items()
        for name, secret in secrets.items()
        if secret and plain(secret) in plain(text)
    ]


def plain(text: str) -> str:
    """Keys are written with and without their hyphens."""
    return text.lower().replace("-", "")


@pytest.fixture
def wave(committed_database: Database) -> Field:
    found = open_field()
    found.wave.closes_at = datetime.now(UTC) + timedelta(days=1)
    found.wave.save()
    WavePlace.objects.bulk_create(
        WavePlace(wave=found.wave, place=place, text="the office") for place in free_places(found.wave)
    )
    return found


def test_journey_and_night_leave_nothing_of_a_person_in_any_log_or_queue(
    wave: Field, web_server: WebServer, worker: Worker, committed_database: Database
) -> None:
    store_key(wave, worker.key_folder)
    wave.answer_all(OPEN_BOX)
    places = Places(committed_database, (web_server, worker))
    audited, written = AuditEvent.objects.count(), len(mails())
    # A worker that answers has told Redis of itself what it tells on starting.
    wait_until(lambda: bool(current_app.control.ping(timeout=1)), PATIENCE)

    with Queue(committed_database) as queue:
        secrets = Journey(web_server, wave).go()
        asked_of_redis = queue.told("LPUSH", "RPUSH", "SET", "SETEX", "PUBLISH", "HSET", "ZADD", "SADD")
        audited_by_respondents = AuditEvent.objects.count() - audited
        current_app.send_task(night.OPEN_AND_COUNT, args=[str(wave.wave.pk)])
        wait_until(lambda: list(Run.objects.values_list("status", flat=True)) == [Run.Status.DONE], PATIENCE)
        told = queue.told("LPUSH", "RPUSH", "HSET", "SET", "SETEX", "PUBLISH")
        kept = queue.kept()

    assert asked_of_redis == []
    assert audited_by_respondents == 0
    assert len(mails()) == written
    assert rows("django_session") == ""
    assert told, "the night was published"
    texts = places.texts() | {"queue": "\n".join(queue.said), "keys in Redis": kept}
    assert traces(texts, secrets) == []
    assert "responses_invitation" not in "\n".join(told)
    assert "celery-task-meta" not in kept


def test_journey_shows_its_token_in_no_title_address_page_header_or_cookie(
    wave: Field, web_server: WebServer
) -> None:
    journey = Journey(web_server, wave)

    secrets = journey.go()

    first, *others = journey.heard
    assert first.url.path == f"/i/{secrets['token']}"
    texts = {
        "titles": "\n".join(title for response in journey.heard for title in titles(response)),
        "addresses": "\n".join(str(response.url) for response in others),
        "pages": "\n".join(response.text for response in journey.heard),
        "headers": "\n".join(str(response.headers) for response in journey.heard),
        "cookies at the end": str(journey.cookies),
    }
    link = {"token": secrets["token"], "hash": secrets["hash"], "invitation": secrets["invitation"]}
    assert traces(texts, link) == []
    assert all(response.headers["Referrer-Policy"] == "no-referrer" for response in journey.heard)
    assert all(response.headers["Cache-Control"] == "no-store" for response in journey.heard)
    assert all("referer" not in response.request.headers for response in journey.heard)
    never_shown = {"address": secrets["address"], "comment": secrets["comment"]}
    assert traces({name: texts[name] for name in ("titles", "addresses", "headers")}, never_shown) == []
    # What opened the draft is gone from the browser with the draft.
    assert not [name for name in journey.cookies if "answer" in name]


def titles(response: httpx.Response) -> list[str]:
    return [str(found) for found in html.fromstring(response.content or b"<p></p>").xpath("//title/text()")]


def test_people_who_answer_move_no_sequence_and_no_table_but_their_own(committed_database: Database) -> None:
    field_ = open_field()
    # A connection that ends hands in what it has counted.
    connection.close()
    with looking(committed_database) as eyes:
        before, numbers = moved(eyes), sequences(eyes)

        field_.answer_all(5)
        connection.close()

        wait_until(lambda: moved(eyes) != before)
        changed = {table for table, count in moved(eyes).items() if count != before.get(table, 0)}
        assert changed == {"responses_invitation", "responses_draft", "responses_ballot"}
        assert sequences(eyes) == numbers


def test_sequence_of_a_naive_table_and_its_counter_are_seen_to_move(committed_database: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive (id bigserial)")
    connection.close()
    with looking(committed_database) as eyes:
        before, numbers = moved(eyes), sequences(eyes)

        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO naive DEFAULT VALUES")
        connection.close()

        wait_until(lambda: moved(eyes) != before)
        assert moved(eyes)["naive"] == before.get("naive", 0) + 1
        assert sequences(eyes) != numbers


def moved(eyes: Eyes) -> dict[str, int]:
    """How many rows were written or deleted in each table since the server counts."""
    return {
        str(table): int(count)
        for table, count in eyes.ask(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
        )
    }


def test_running_statements_show_who_sends_at_most_and_never_what(
    wave: Field, web_server: WebServer, committed_database: Database
) -> None:
    """A superuser who watches sees the rows of the person; the answers are sealed before they get there."""
    with looking(committed_database) as eyes, watching(eyes) as seen:
        secrets = Journey(web_server, wave).go()

    hidden = {name: secrets[name] for name in ("token", "session key", "address", "comment", "receipt shown")}
    assert any("responses_" in text for text in seen)
    assert traces({"running statements": "\n".join(seen)}, hidden) == []


def test_views_of_the_web_role_show_no_statement_of_the_worker(committed_database: Database) -> None:
    with (
        closing(committed_database.cluster.connect(committed_database.name, "enquiry_worker")) as worker,
        closing(committed_database.cluster.connect(committed_database.name, "enquiry_web")) as web,
        closing(committed_database.cluster.connect(committed_database.name)) as superuser,
    ):
        worker.execute("SELECT 'an answer on its way'")
        query = "SELECT query FROM pg_stat_activity WHERE usename = 'enquiry_worker' AND datname = %s"

        seen = {
            name: str(found.execute(query, [committed_database.name]).fetchall())
            for name, found in (("web", web), ("superuser", superuser))
        }

    assert "an answer on its way" in seen["superuser"]
    assert "an answer" not in seen["web"]


@contextmanager
def looking(database: Database) -> Iterator[Eyes]:
    with closing(Eyes(database)) as eyes:
        yield eyes


@contextmanager
def watching(eyes: Eyes) -> Iterator[set[str]]:
    """Every statement of the web's role that the view shows, looked at all the time."""
    seen: set[str] = set()
    over = threading.Event()

    def watch() -> None:
        query = (
            "SELECT query FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'enquiry_web'"
        )
        while not over.wait(0.002):
            seen.update(text for (text,) in eyes.ask(query))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join(10)


def test_ballots_and_drafts_leave_dead_rows_until_the_wave_is_written_anew(
    committed_database: Database,
) -> None:
    tables = ("responses_invitation", "responses_response", "responses_record", "responses_ballot")
    field_ = open_field()
    with looking(committed_database) as eyes:
        field_.answer_all(OPEN_BOX)
        field_.open()
        before = [eyes.dead_rows(table) for table in tables]

        field_.rewrite()

        assert sum(before) > 0
        assert [eyes.dead_rows(table) for table in tables] == [0, 0, 0, 0]


@pytest.fixture
def somebody(committed_database: Database) -> tuple[Field, Invitation, Secrets]:
    found = open_field()
    [invitation] = found.invite(1)
    return found, invitation, {"invitation": str(invitation.pk)}


def test_database_that_logs_statements_is_found_to_name_the_person(
    somebody: tuple[Field, Invitation, Secrets], committed_database: Database
) -> None:
    field_, invitation, secrets = somebody
    with committed_database.cluster.connect() as admin:
        admin.execute(f"ALTER DATABASE {committed_database.name} SET log_statement = 'all'")
    connection.close()
    places = Places(committed_database)

    field_.answer(invitation)

    assert traces(places.texts(), secrets) == [("log of PostgreSQL", "invitation")]


def test_naive_task_and_its_argument_are_found_in_the_queue(
    somebody: tuple[Field, Invitation, Secrets], committed_database: Database
) -> None:
    _field, invitation, secrets = somebody
    with Queue(committed_database) as queue:
        current_app.send_task("naive.thank", args=[str(invitation.pk)], queue="nowhere")
        wait_until(lambda: queue.told("LPUSH"))
    with committed_database.redis.client(redis_number()) as client:
        client.delete("nowhere", "_kombu.binding.nowhere")

    [pushed] = queue.told("LPUSH")
    # The argument lies in the body of the message, which is base64.
    body = pushed.split('"body": "')[1].split('"')[0] if '"body": "' in pushed else pushed
    found = base64.b64decode(body + "==", validate=False).decode(errors="replace") + pushed
    assert traces({"queue": found}, secrets) == [("queue", "invitation")]


def test_naive_audit_row_and_naive_message_are_found(
    somebody: tuple[Field, Invitation, Secrets],
    committed_database: Database,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    _field, invitation, secrets = somebody
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    monkeypatch.setattr("tests.box.test_traces.MAIL", tmp_path)

    audit.record("naive", by=None, now=datetime.now(UTC), target=invitation)
    EmailMessage(
        "Thank you", "You have answered.", to=["a@example.org"], headers={"X-Person": str(invitation.pk)}
    ).send()

    found = traces(Places(committed_database).texts(), secrets)
    assert found == [("mail", "invitation"), ("audit log", "invitation")]


def test_no_module_of_the_programme_uses_a_cache() -> None:
    """A page kept in a cache would be one more store, with times of its own."""
    sources = [
        path
        for app in ("config", "accounts", "surveys", "responses", "reports")
        for path in (PROJECT / app).rglob("*.py")
    ]
    users = [path.name for path in sources if "django.core.cache" in path.read_text()]

    assert users == []
