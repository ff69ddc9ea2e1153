from __future__ import annotations

import numpy as np
import pytest
from django.db import connection, transaction

from reports import kernel
from reports.columns import columns_of
from reports.reading import database_uri, read_marks
from responses.models import Response
from surveys.models import Wave
from surveys.queries import codebook_of
from tests.reports.stage import answer, marks, wave_of
from tests.services import Database


@pytest.fixture
def stored(committed_database: Database) -> Wave:
    wave = wave_of("enterprise")
    answer(wave, range(150))
    return wave


def plan_of(wave: Wave) -> kernel.Plan:
    book = codebook_of(wave.questionnaire)
    return columns_of(book.definition, book).plan


def same(one: kernel.Counts, other: kernel.Counts) -> bool:
    return one.responses == other.responses and np.array_equal(one.matrix, other.matrix)


def test_marks_read_as_arrow_count_like_those_read_row_by_row(stored: Wave) -> None:
    plan = plan_of(stored)

    assert same(kernel.count(read_marks(stored), plan), kernel.count(marks(stored), plan))


def test_marks_of_another_wave_are_not_read(stored: Wave) -> None:
    other = wave_of("enterprise", year=2020)

    assert sum(len(batch) for batch in read_marks(other)) == 0


def test_block_ranges_in_one_snapshot_add_up_to_the_whole(stored: Wave) -> None:
    plan = plan_of(stored)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        cursor.execute("SELECT max((ctid::text::point)[0])::int + 1 FROM responses_response")
        blocks = cursor.fetchone()[0]
        cuts = [0, 1, blocks // 2, blocks]
        pieces = [
            kernel.count(read_marks(stored, first_block=a, end_block=b, snapshot=snapshot), plan)
            for a, b in zip(cuts, [*cuts[1:-1], None], strict=False)
        ]

    assert blocks > 2
    assert same(sum(pieces[1:], pieces[0]), kernel.count(marks(stored), plan))


def test_response_stored_after_the_snapshot_is_not_read(stored: Wave) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        Response.objects.create(wave=stored, marks=b"")
        read = sum(len(batch) for batch in read_marks(stored, snapshot=snapshot))

    assert read == 150


@pytest.mark.parametrize("snapshot", ["x'; DROP TABLE reports_run; --", "a b"])
def test_snapshot_that_is_none_is_refused(stored: Wave, snapshot: str) -> None:
    with pytest.raises(ValueError, match="no snapshot"):
        next(read_marks(stored, snapshot=snapshot))


def test_database_uri_escapes_what_libpq_would_misread() -> None:
    settings = {"USER": "a b", "PASSWORD": "p@/:?", "HOST": "/tmp/a b", "PORT": "", "NAME": "x/y"}

    assert database_uri(settings) == "postgresql://a%20b:p%40%2F%3A%3F@/x%2Fy?host=%2Ftmp%2Fa%20b"
