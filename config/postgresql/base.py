"""Django's PostgreSQL backend, a kept connection looked after without a round trip, and statements planned once."""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper
from psycopg import Connection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

IDLE = TransactionStatus.IDLE
SUCCEEDED = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})

Row = tuple[bytes | None, ...]
"""Values as PostgreSQL writes them in binary."""


class PreparedCursor:
    """A cursor whose statement the server plans once a connection, and whose values travel as they are, in binary.

    Django's own cursors write the values into the text of the statement: a draft would travel as twice its size, and
    the four joined tables of a page would be planned anew each time. The driver's cursors convert every value by its
    type, which costs more than all that a page asks for; here values are bytes, and whoever asks knows what they are.
    """

    def __init__(self, connection: Connection[Any], planned: dict[str, bytes]) -> None:
        """`planned`: statements of this connection -> the names by which the server knows them."""
        self.connection = connection
        self.planned = planned
        self.result: PGresult | None = None

    def execute(self, statement: str, values: Sequence[bytes | None] = ()) -> PreparedCursor:
        """Run a statement whose places are $1, $2 and so on."""
        server = self.connection.pgconn
        if not self.connection.autocommit and server.transaction_status == IDLE:
            self._checked(server.exec_(b"BEGIN"))
        name = self.planned.get(statement) or self._plan(statement)
        formats = [Format.BINARY] * len(values)
        self.result = self._checked(server.exec_prepared(name, values, formats, Format.BINARY))  # type: ignore[arg-type]
        return self

    def _plan(self, statement: str) -> bytes:
        name = b"planned_%d" % len(self.planned)
        self._checked(self.connection.pgconn.prepare(name, statement.encode()))
        self.planned[statement] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in SUCCEEDED:
            return result
        if self.connection.pgconn.status == ConnStatus.BAD:
            raise OperationalError("the connection is lost")
        raise error_from_result(result)

    @property
    def rowcount(self) -> int:
        """How many rows were found or written."""
        return (self.result.command_tuples or 0) if self.result else 0

    def fetchone(self) -> Row | None:
        """The first row; these statements find one at most."""
        result = self.result
        if result is None or not result.ntuples:
            return None
        return tuple([result.get_value(0, column) for column in range(result.nfields)])

    def close(self) -> None:
        self.result = None


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """For the log of queries: of a prepared statement its text, without the values that were sent apart."""
        if isinstance(cursor, PreparedCursor):
            return str(sql)
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.planned: dict[str, bytes] = {}
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        """Whether a kept connection can be used for the next request.

        A server that has gone, or has ended the connection, has closed its socket; a socket with nothing to read is
        as it was left. Only when something has arrived is the server asked, which costs a fifth of a page.
        """
        kept = self.connection
        if kept is not None and kept.pgconn.transaction_status == IDLE and _is_silent(kept.fileno()):
            return True
        return bool(super().is_usable())

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor for statements whose text is the same for the whole process; counted and logged as any other."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        cursor = PreparedCursor(self.connection, self.planned)
        wrapped: CursorWrapper = self._prepare_cursor(cursor)  # type: ignore[attr-defined]
        return wrapped


def _is_silent(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return not poll.poll(0)
