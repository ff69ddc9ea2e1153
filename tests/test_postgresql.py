"""The database backend: a kept connection is looked at without a round trip, a page's statement is planned once."""

from __future__ import annotations

from typing import cast

import pytest
from django.db import connection as default
from django.db import connections
from django.test.utils import CaptureQueriesContext

from config.postgresql.base import DatabaseWrapper
from tests.services import Database


@pytest.fixture
def wrapper(committed_database: Database) -> DatabaseWrapper:
    found = cast(DatabaseWrapper, connections["default"])
    found.ensure_connection()
    return found


def pid(wrapper: DatabaseWrapper) -> int:
    return int(wrapper.connection.info.backend_pid)


def sent_to_server(wrapper: DatabaseWrapper, database: Database) -> str:
    """What this connection asked the server last."""
    query = "SELECT query FROM pg_stat_activity WHERE pid = %s"
    with database.cluster.connect() as admin:
        row = admin.execute(query, [pid(wrapper)]).fetchone()
    assert row
    return str(row[0])


def test_kept_connection_that_is_well_is_usable_and_was_not_asked(
    wrapper: DatabaseWrapper, committed_database: Database
) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT 42")

    assert wrapper.is_usable()
    assert sent_to_server(wrapper, committed_database) == "SELECT 42"


def test_kept_connection_that_the_server_ended_is_not_usable(
    wrapper: DatabaseWrapper, committed_database: Database
) -> None:
    with committed_database.cluster.connect() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid(wrapper)])

    assert not wrapper.is_usable()


def test_connection_in_a_failed_transaction_is_not_usable(wrapper: DatabaseWrapper) -> None:
    wrapper.set_autocommit(False)
    try:
        with pytest.raises(Exception, match="division by zero"), wrapper.cursor() as cursor:
            cursor.execute("SELECT 1/0")

        assert not wrapper.is_usable()
    finally:
        wrapper.rollback()
        wrapper.set_autocommit(True)


def test_prepared_statement_is_planned_once_and_its_bytes_arrive_as_they_were(
    wrapper: DatabaseWrapper,
) -> None:
    sent = bytes(range(256))

    for _time in range(3):
        with wrapper.prepared_cursor() as cursor:
            cursor.execute("SELECT $1::bytea, 7", [sent])
            assert cursor.fetchone() == (sent, b"\0\0\0\7")

    with wrapper.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%bytea, 7'")
        assert cursor.fetchone() == (1,)


def test_prepared_statement_is_counted_like_any_other(wrapper: DatabaseWrapper) -> None:
    with CaptureQueriesContext(default) as queries, wrapper.prepared_cursor() as cursor:
        cursor.execute("SELECT $1::bytea", [b"7"])

    assert [query["sql"] for query in queries] == ["SELECT $1::bytea"]
