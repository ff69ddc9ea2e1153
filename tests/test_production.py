"""A production database refuses made-up respondents, whatever program asks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import IntegrityError, transaction

from surveys.actions import waves
from surveys.models import Production, Wave
from tests.box.field import open_field
from tests.box.people import member_of_staff
from tests.box.test_waves import create
from tests.services import PROJECT, Database


def test_production_database_refuses_a_synthetic_wave(db: None) -> None:
    Production.objects.create()
    manager = member_of_staff("fieldwork")

    with pytest.raises(waves.SyntheticOnProduction):
        create(manager, synthetic=True)

    assert create(manager).synthetic is False


def test_production_database_refuses_a_wave_that_turns_synthetic(db: None) -> None:
    Production.objects.create()
    wave = create(member_of_staff("fieldwork"))

    with pytest.raises(IntegrityError, match="no synthetic wave"):
        Wave.objects.filter(pk=wave.pk).update(synthetic=True)


@pytest.mark.parametrize("change", ["DELETE FROM surveys_production", "UPDATE surveys_production SET id = 1"])
def test_production_database_stays_one(db: None, change: str) -> None:
    from django.db import connection

    Production.objects.create()

    with (
        pytest.raises(IntegrityError, match="stays one"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_database_with_synthetic_waves_never_becomes_production(db: None) -> None:
    open_field()

    with pytest.raises(IntegrityError, match="holds synthetic waves"):
        Production.objects.create()


def migrate_in_production(database: Database) -> subprocess.CompletedProcess[str]:
    production = {
        "ENQUIRY_ENV": "production",
        "SECRET_KEY": "a-long-secret-of-this-test-alone-0123456789-abcdefghij-KLMNOP",
        "ALLOWED_HOSTS": "survey.example.org",
    }
    return subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity=0"],
        cwd=PROJECT,
        env={**os.environ, **database.environment("owner"), **production},
        capture_output=True,
        text=True,
        check=False,
    )


def test_migrate_in_production_marks_the_database(committed_database: Database) -> None:
    first, second = migrate_in_production(committed_database), migrate_in_production(committed_database)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert Production.objects.count() == 1


def test_migrate_in_production_over_synthetic_waves_is_refused(committed_database: Database) -> None:
    open_field()

    done = migrate_in_production(committed_database)

    assert done.returncode != 0
    assert "production needs one of its own" in done.stderr
