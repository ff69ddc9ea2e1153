"""Reads the packed marks of a wave as Arrow batches, straight from PostgreSQL, in one snapshot."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
from adbc_driver_postgresql import dbapi
from django.db import connection

from reports.kernel import BATCH_BYTES, Batch
from responses import extracts
from surveys.models import Wave

SNAPSHOT = re.compile(r"[0-9A-Fa-f-]+")


def database_uri(settings: dict[str, Any]) -> str:
    """A libpq address from Django's settings of a connection; a host that begins with a slash is a socket folder."""
    user = quote(settings["USER"], safe="") + ":" + quote(settings["PASSWORD"] or "", safe="")
    place = {"host": settings["HOST"], "port": settings["PORT"]}
    options = urlencode({name: str(value) for name, value in place.items() if value}, quote_via=quote)
    return f"postgresql://{user}@/{quote(settings['NAME'], safe='')}?{options}"


def read_marks(
    wave: Wave, *, first_block: int = 0, end_block: int | None = None, snapshot: str = ""
) -> Iterator[Batch]:
    """Packed marks, and weights of imported ones, of all the wave's responses or of those in a range of blocks.

    Readers that are given the same exported snapshot and ranges that adjoin read every response once between them.
    """
    with reader_of(wave, snapshot=snapshot) as reader:
        yield from reader.read(first_block, end_block)


@dataclass(frozen=True)
class Reader:
    """A connection in one snapshot, for one range of blocks after the other."""

    link: Any
    wave: Wave
    with_weights: bool

    def read(self, first_block: int = 0, end_block: int | None = None) -> Iterator[Batch]:
        query = extracts.marks_query(self.wave, first_block, end_block, with_weights=self.with_weights)
        return _ahead(self._batches(query))

    def _batches(self, query: str) -> Generator[Batch, None, None]:
        with self.link.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            cursor.execute(query)
            for batch in cursor.fetch_record_batch():
                yield _read(batch)


@contextmanager
def reader_of(wave: Wave, *, snapshot: str = "") -> Iterator[Reader]:
    if snapshot and not SNAPSHOT.fullmatch(snapshot):
        raise ValueError(f"{snapshot!r} is no snapshot of PostgreSQL.")
    with_weights = wave.origin == Wave.Origin.IMPORTED and extracts.has_weights(wave)
    with dbapi.connect(database_uri(connection.settings_dict), autocommit=True) as link:
        with link.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if snapshot:
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield Reader(link, wave, with_weights)


def _read(batch: pa.RecordBatch) -> Batch:
    if batch.num_columns == 1:
        return Batch(batch.column(0))
    return Batch(batch.column(0), batch.column(1).to_numpy(zero_copy_only=False))


def _ahead(batches: Generator[Batch, None, None]) -> Iterator[Batch]:
    """The same, each fetched while the one before it is counted."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        try:
            while (batch := coming.result()) is not None:
                coming = reader.submit(next, batches, None)
                yield batch
        finally:
            # Whoever stops early waits for the batch that is on its way; then the connection is closed.
            wait([coming])
            batches.close()
