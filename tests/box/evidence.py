"""What a PostgreSQL tells whoever has all of it: rows, places, indexes, write-ahead log, running statements."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from tests.services import Database

PAGE = 8192
END_OF_LOG = "FFFFFFFF/FFFFFFFF"
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True)
class Row:
    """A row of any table as the attacker sees it; `name` is the truth, which only the judge looks at.

    `leaf` is the place in the index of the keys. `logged` and `committed` are where the write-ahead log tells of
    this row and of its transaction, `volume` how many bytes of rows that transaction wrote, `said` where a
    statement that ran named the row.
    """

    name: int
    key: str
    xmin: int = 0
    place: int = 0
    dumped: int = 0
    size: int = 0
    leaf: tuple[int, int] = (0, 0)
    logged: int = 0
    committed: int = 0
    volume: int = 0
    said: int = 0


@dataclass(frozen=True)
class Entry:
    """A record of the write-ahead log about one row of one table."""

    at: int
    xid: int
    kind: str
    block: int
    description: str

    @property
    def place(self) -> int:
        """Where the row lies that was written, or lay that was deleted."""
        words = self.description.replace(",", "").split()
        offsets = {name: int(value) for name, value in pairwise(words) if value.isdigit()}
        return place_of(self.block, offsets.get("new_off:", offsets.get("off:", 0)))


def place_of(block: int, offset: int) -> int:
    return block * 10_000 + offset


@dataclass(frozen=True)
class Log:
    """What a stretch of the write-ahead log holds, transaction by transaction and row by row."""

    commits: Mapping[int, int]
    volumes: Mapping[int, int]
    entries: Mapping[str, list[Entry]]

    def of_transactions(self, rows: list[Row], table: str) -> list[Row]:
        """Each row with its transaction's marks: where the log tells of it, where it ends, how much it wrote."""
        first: dict[int, int] = {}
        for entry in self.entries.get(table, []):
            first.setdefault(entry.xid, entry.at)
        return [
            replace(
                row,
                logged=first.get(row.xmin, 0),
                committed=self.commits.get(row.xmin, 0),
                volume=self.volumes.get(row.xmin, 0),
            )
            for row in rows
        ]

    def of_places(self, rows: list[Row], table: str, kind: str) -> list[Row]:
        """Each row with where the log tells of its place: of its writing, or of its end."""
        found = {entry.place: entry.at for entry in self.entries.get(table, []) if kind in entry.kind}
        return [replace(row, logged=found.get(row.place, 0)) for row in rows]


@dataclass
class Statements:
    """What the view of running statements would show, one after the other, to whoever may read all of it."""

    named: dict[str, int] = field(default_factory=dict)

    def note(self, execute: Execute, text: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        for value in flat(params or ()):
            if isinstance(value, UUID):
                self.named.setdefault(str(value), len(self.named))
        return execute(text, params, many, context)

    def of(self, rows: list[Row]) -> list[Row]:
        return [replace(row, said=self.named.get(row.key, 0)) for row in rows]


def flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from flat(value)
        else:
            yield value


class Eyes:
    """The superuser who looks, beside the programme's own connections."""

    def __init__(self, database: Database) -> None:
        self.connection = database.cluster.connect(database.name)
        for extension in ("pageinspect", "pg_walinspect"):
            self.ask(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        # The archive of whoever keeps the log: nothing of it is recycled while the test looks.
        self.slot = f"eyes_{database.name}"
        self.ask("SELECT pg_create_physical_replication_slot(%s, true, true)", self.slot)

    def ask(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(query, params or None)
        return cursor.fetchall() if cursor.description else []

    def end_of_log(self) -> str:
        [(found,)] = self.ask("SELECT pg_current_wal_flush_lsn()::text")
        return str(found)

    def forget_log(self, until: str) -> None:
        self.ask("SELECT pg_replication_slot_advance(%s, %s)", self.slot, until)

    def log(self, since: str, *tables: str) -> Log:
        """The log from there to its end: commits, how much each transaction wrote, and the rows of these tables."""
        commits, volumes = {}, {}
        for at, xid, manager, kind, length in self.ask(
            "SELECT start_lsn - '0/0'::pg_lsn, xid::text::bigint, resource_manager, record_type,"
            " record_length - fpi_length FROM pg_get_wal_records_info(%s, %s)"
            " WHERE resource_manager IN ('Transaction', 'Heap')",
            since,
            END_OF_LOG,
        ):
            if manager == "Heap":
                volumes[xid] = volumes.get(xid, 0) + int(length)
            elif kind.startswith("COMMIT"):
                commits[xid] = int(at)
        return Log(commits, volumes, {table: self._entries(since, table) for table in tables})

    def _entries(self, since: str, table: str) -> list[Entry]:
        rows = self.ask(
            "SELECT start_lsn - '0/0'::pg_lsn, xid::text::bigint, record_type, relblocknumber, description"
            " FROM pg_get_wal_block_info(%s, %s, false)"
            " WHERE relfilenode = pg_relation_filenode(%s::regclass) AND relforknumber = 0 AND block_id = 0"
            " AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND resource_manager = 'Heap' ORDER BY 1",
            since,
            END_OF_LOG,
            table,
        )
        return [Entry(int(at), int(xid), kind, int(block), text) for at, xid, kind, block, text in rows]

    def leaves(self, index: str) -> dict[str, tuple[int, int]]:
        """Key, in hexadecimal -> (page, place on it), as the index of the keys keeps them."""
        [(size,)] = self.ask("SELECT pg_relation_size(%s::regclass)", index)
        rows = self.ask(
            "SELECT page, itemoffset, replace(data, ' ', '') FROM generate_series(1, %s) AS page,"
            " LATERAL bt_page_stats(%s, page) AS stats, LATERAL bt_page_items(%s, page)"
            " WHERE stats.type IN ('l', 'r') AND stats.btpo_level = 0",
            int(size) // PAGE - 1,
            index,
            index,
        )
        return {data: (int(page), int(offset)) for page, offset, data in rows if data}

    def dead_rows(self, table: str) -> int:
        """How many versions of rows lie in a table that no query shows any more."""
        [(dead,)] = self.ask(
            f"SELECT count(*) FROM generate_series(0, pg_relation_size('{table}') / {PAGE} - 1) AS page,"
            f" LATERAL heap_page_items(get_raw_page('{table}', page::int)) AS item"
            f" WHERE item.lp_flags = 1 AND NOT EXISTS (SELECT FROM {table} AS row"
            " WHERE row.ctid = ('(' || page || ',' || item.lp || ')')::tid)"
        )
        return int(dead)

    def close(self) -> None:
        self.connection.close()


def look(eyes: Eyes, table: str, where: str, key: str, name: str, size: str = "0") -> list[Row]:
    """Everything about the rows of a table that PostgreSQL tells: transaction, place, order of a dump, index."""
    place = "(ctid::text::point)[0] * 10000 + (ctid::text::point)[1]"
    query = f"SELECT {key}::text, xmin::text::bigint, ({place})::bigint, {name}, {size} FROM {table} WHERE {where}"
    dumped = {found: order for order, found in enumerate(dump(table, key))}
    leaves = eyes.leaves(f"{table}_pkey")
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    return [
        Row(int(n), found, xmin, at, dumped[found], int(s), leaves.get(in_index(found), (0, 0)))
        for found, xmin, at, n, s in rows
    ]


def in_index(key: str) -> str:
    return struct.pack("<q", int(key)).hex() if key.isdigit() else UUID(key).hex


def dump(table: str, key: str) -> list[str]:
    """The keys in the order in which pg_dump would write them: it copies the table just so."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({key}) TO STDOUT") as copied:
        return b"".join(bytes(block) for block in copied).decode().split()


@contextmanager
def statements() -> Iterator[Statements]:
    found = Statements()
    with connection.execute_wrapper(found.note):
        yield found


def sequences(eyes: Eyes) -> dict[str, int | None]:
    return {
        str(name): value
        for name, value in eyes.ask(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        )
    }
