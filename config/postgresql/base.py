"""Django's PostgreSQL backend, a kept connection looked after without a round trip, and statements planned once."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor
from psycopg.pq import TransactionStatus

IDLE = TransactionStatus.IDLE


class PreparedCursor(Cursor[Any]):
    """A cursor whose statement the server plans once a connection, and whose values travel as they are, in binary.

    Django's own cursors write the values into the text of the statement: a draft would travel as twice its size, and
    the four joined tables of a page would be planned anew each time.
    """

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> PreparedCursor:
        return super().execute(query, params, prepare=True, binary=True)


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """For the log of queries: of a prepared statement its text, without the values that were sent apart."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, which forbid prepared statements; its own cursors make none with this setting either."""
        return {**super().get_connection_params(), "prepare_threshold": 1}

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
        with self.wrap_database_errors:
            wrapped: CursorWrapper = self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined]
        return wrapped


def _is_silent(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return not poll.poll(0)
