"""The hash chain of the audit log, against an owner of the table who has switched its triggers off."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import audit
from accounts.actions.anchor import mail_audit_head
from accounts.chain import START, Link, hash_of
from accounts.models import AuditEvent, User
from accounts.tasks import mail_audit_head as mail_audit_head_task
from reports import queries
from reports.actions import auditing
from reports.actions.release import approve, request
from reports.content import canonical, content_of
from reports.content import hash_of as content_hash_of
from reports.models import Release, Run
from surveys.models import Wave
from tests.services import Database, acting_as
from tests.staff.people import NOW, member
from tests.staff.stage import counted, small_wave


def verify(head: str = "") -> str:
    output = io.StringIO()
    call_command("verify_audit", *([head] if head else []), stdout=output)
    return output.getvalue()


@pytest.fixture
def rows(db: None) -> list[AuditEvent]:
    """Five rows of different shapes."""
    person = member("publisher")
    return [
        audit.record("night.started", by=None, now=NOW),
        audit.record(
            "staff.changed", by=person, now=NOW + timedelta(seconds=1), target=person, roles=["ä", "b"]
        ),
        audit.record("wave.opened", by=person, now=NOW, target="x", share=0.1, count=10**12, empty=None),
        audit.record("release.requested", by=person, now=NOW, nested={"a": [1, {"b": True}]}),
        audit.record("release.approved", by=person, now=NOW),
    ]


def as_owner(*statements: str) -> None:
    """What nobody but the owner of the table can do, and only with the triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE accounts_auditevent ENABLE TRIGGER USER")


def test_rows_of_all_shapes_have_their_hashes_when_they_are_read_again(rows: list[AuditEvent]) -> None:
    assert [row.previous for row in rows] == [START, *(row.hash for row in rows[:-1])]
    assert f"5 rows. The hash of the last one: {rows[-1].hash}" in verify()


def test_empty_log_is_as_written(db: None) -> None:
    assert "0 rows" in verify()
    assert audit.head() == START


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor_id = NULL",
        "action = 'wave.closed'",
        "target = ''",
        'details = \'{"share": 0.2, "count": 1000000000000, "empty": null}\'',
        'details = \'{"share": 0.1, "count": 1000000000000}\'',
        "details = '{\"share\": 1e400}'",
        f"hash = '{'0' * 63}1'",
    ],
)
def test_row_changed_is_named(rows: list[AuditEvent], change: str) -> None:
    assert verify()

    as_owner(f"UPDATE accounts_auditevent SET {change} WHERE id = {rows[2].pk}")

    with pytest.raises(CommandError, match=rf"Row {rows[2].pk} was changed"):
        verify()


@pytest.mark.parametrize("place", [0, 2, 3])
def test_row_deleted_is_noticed_at_the_next_one(rows: list[AuditEvent], place: int) -> None:
    assert verify()

    as_owner(f"DELETE FROM accounts_auditevent WHERE id = {rows[place].pk}")

    before = rows[place - 1].pk if place else 0
    with pytest.raises(CommandError, match=rf"Row {rows[place + 1].pk} does not follow row {before}:"):
        verify()


def test_rows_that_changed_places_are_named(rows: list[AuditEvent]) -> None:
    third, fourth = rows[2].pk, rows[3].pk
    assert verify()

    as_owner(
        f"UPDATE accounts_auditevent SET id = 0 WHERE id = {third}",
        f"UPDATE accounts_auditevent SET id = {third} WHERE id = {fourth}",
        f"UPDATE accounts_auditevent SET id = {fourth} WHERE id = 0",
    )

    with pytest.raises(CommandError, match=rf"Row {third} was moved"):
        verify()


def test_rows_deleted_at_the_end_are_noticed_by_the_head_that_was_kept_elsewhere(
    rows: list[AuditEvent],
) -> None:
    kept = rows[3].hash
    assert verify(kept)

    as_owner(f"DELETE FROM accounts_auditevent WHERE id >= {rows[3].pk}")

    assert "3 rows" in verify()
    with pytest.raises(CommandError, match=rf"No row has the expected hash.*after row {rows[2].pk}"):
        verify(kept)


def test_log_that_was_written_anew_is_noticed_by_the_head_that_was_kept_elsewhere(
    rows: list[AuditEvent],
) -> None:
    kept = rows[-1].hash
    links = [
        Link(row.pk, row.at, None, row.action, row.target, row.details, "")
        for row in AuditEvent.objects.all()
    ]
    previous, statements = START, []
    for link in links:
        link = Link(link.id, link.at, None, link.action, link.target, link.details, previous)
        previous = hash_of(link)
        statements.append(
            f"UPDATE accounts_auditevent SET actor_id = NULL, previous = '{link.previous}', hash = '{previous}' "
            f"WHERE id = {link.id}"
        )

    as_owner(*statements)

    assert "5 rows" in verify()
    with pytest.raises(CommandError, match="written anew"):
        verify(kept)


def test_second_row_after_the_same_one_is_refused_by_the_database(rows: list[AuditEvent]) -> None:
    with (
        acting_as("web"),
        pytest.raises(IntegrityError, match="previous"),
        transaction.atomic(),
    ):
        AuditEvent.objects.create(at=NOW, action="forged", previous=rows[2].hash, hash="f" * 64)


def test_number_that_json_cannot_hold_is_refused(db: None) -> None:
    with pytest.raises(audit.DetailNotAllowed, match="53"):
        audit.record("night.started", by=None, now=NOW, count=2**53)


def test_actions_at_the_same_time_make_one_chain(committed_database: Database) -> None:
    together = Barrier(4)

    def act(number: int) -> None:
        try:
            together.wait()
            for turn in range(10):
                with transaction.atomic():
                    audit.record("night.started", by=None, now=NOW, number=number, turn=turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(4)))

    assert "40 rows" in verify()


def test_action_waits_for_the_row_of_another_that_has_not_ended(committed_database: Database) -> None:
    """The second one begins to record while the first may still be rolled back, and follows whatever stays."""
    first_has_recorded, second_is_done = Barrier(2), []

    def second() -> None:
        try:
            first_has_recorded.wait()
            audit.record("second", by=None, now=NOW)
            second_is_done.append(True)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        with transaction.atomic():
            audit.record("first", by=None, now=NOW)
            first_has_recorded.wait()
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            assert not second_is_done
            transaction.set_rollback(True)
        waiting.result(timeout=10)

    assert list(AuditEvent.objects.values_list("action", "previous")) == [("second", START)]
    assert "1 rows" in verify()


def test_head_is_mailed_to_each_auditor_alone(rows: list[AuditEvent]) -> None:
    for number in (1, 2):
        member("auditor", email=f"auditor{number}@example.org")
    closed = member("auditor", email="gone@example.org")
    User.objects.filter(pk=closed.pk).update(is_active=False)

    with acting_as("worker"):
        assert mail_audit_head(now=NOW) == 2

    assert [message.to for message in mail.outbox] == [["auditor1@example.org"], ["auditor2@example.org"]]
    assert rows[-1].hash in mail.outbox[0].body
    assert "5 rows" in mail.outbox[0].body


def test_head_is_mailed_by_its_task(rows: list[AuditEvent]) -> None:
    member("auditor")

    mail_audit_head_task()

    assert len(mail.outbox) == 1


def test_head_without_a_mail_server_is_mailed_to_nobody_and_the_log_says_so(
    rows: list[AuditEvent], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    member("auditor")
    settings.MAIL_IS_SET_UP = False

    mail_audit_head_task()

    assert not mail.outbox
    assert "EMAIL_HOST is not set" in caplog.text


def test_release_prints_the_head_of_when_it_was_asked_for(analyst: User, publisher: User) -> None:
    wave: Wave = small_wave(status="final")
    counted(wave)
    Run.objects.update(fingerprint=queries.fingerprint(wave, queries.current_policy()))
    kept = audit.record("night.started", by=None, now=NOW).hash

    asked = request(edition=wave.edition, note="", by=analyst, now=NOW)
    approve(release=asked, by=publisher, now=NOW)

    release = Release.objects.get()
    assert release.status == Release.Status.APPROVED
    assert json.loads(release.content)["audit_head"] == kept
    assert "3 rows" in verify(kept)
    call_command("verify_release", stdout=io.StringIO())


def test_release_from_before_the_chain_can_still_be_approved_and_checked(
    analyst: User, publisher: User
) -> None:
    wave: Wave = small_wave(status="final")
    counted(wave)
    Run.objects.update(fingerprint=queries.fingerprint(wave, queries.current_policy()))
    content = canonical(content_of(wave.edition))
    asked = Release.objects.create(
        edition=wave.edition,
        content=content.decode(),
        content_hash=content_hash_of(content),
        requested_by=analyst,
        requested_at=NOW,
    )
    auditing.make(release=asked, now=NOW)

    approve(release=asked, by=publisher, now=NOW)

    assert "audit_head" not in json.loads(Release.objects.get().content)
    call_command("verify_release", stdout=io.StringIO())


def test_rows_from_before_the_chain_get_their_hashes_from_the_migration(rows: list[AuditEvent]) -> None:
    chain_rows = import_module("accounts.migrations.0005_audit_chain").chain_rows
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE accounts_auditevent SET previous = id, hash = id")

    chain_rows(apps, None)

    assert "5 rows" in verify(rows[-1].hash)
