"""How long a wave takes to count: synthetic responses of the law enforcement survey, stored, sent and tabulated.

Run it beside the embedded services: ENQUIRY_PROCESS=owner python bench/tabulate.py [RESPONSES]. It works in a table
and a transaction of its own and leaves nothing behind.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ENQUIRY_PROCESS", "owner")

from config.embedded import ensure  # noqa: E402

ensure(process="owner")

import django  # noqa: E402

django.setup()

import pyarrow as pa  # noqa: E402
from adbc_driver_postgresql import dbapi  # noqa: E402
from django.db import connection  # noqa: E402

from reports.columns import columns_of  # noqa: E402
from reports.disclosure import Policy  # noqa: E402
from reports.kernel import BATCH_BYTES, count  # noqa: E402
from reports.reading import database_uri  # noqa: E402
from reports.statistics import Counted  # noqa: E402
from reports.tabulation import decide  # noqa: E402
from surveys.codebook import Codebook  # noqa: E402
from surveys.reading import read  # noqa: E402
from tests.surveys.respondents import answers_of, codings_of  # noqa: E402

TABLE = "bench_marks"
DIFFERENT = 2000
POLICY = Policy(1, 30, 50, 50, 80, 3, 5, 5, 10)


def rows(book: Codebook, number: int) -> list[bytes]:
    """Drawn from a few thousand different people: making them up takes far longer than counting them."""
    chance = Random(1)
    people = []
    for seed in range(DIFFERENT):
        answers = answers_of(book.definition, seed)
        people.append(book.pack(book.marks(answers, codings_of(book.definition, answers, chance))))
    return chance.choices(people, k=number)


def send() -> Iterator[pa.Array]:
    with (
        dbapi.connect(database_uri(connection.settings_dict), autocommit=True) as link,
        link.cursor() as cursor,
    ):
        cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
        cursor.execute(f"SELECT marks FROM {TABLE}")  # noqa: S608 - a constant
        for batch in cursor.fetch_record_batch():
            yield batch.column(0)


def seconds(label: str, began: float) -> float:
    now = time.perf_counter()
    print(f"{label:<46}{now - began:8.2f} s")
    return now


def main(number: int) -> None:
    text = (PROJECT / "surveys/questionnaires/law_enforcement.yaml").read_text(encoding="utf-8")
    book = Codebook(read(text))
    columns = columns_of(book.definition, book)
    packed = rows(book, number)
    marks = sum(map(len, packed)) // 2 / number
    print(
        f"{number} responses, {marks:.0f} marks each, {book.size} marks, {len(columns.plan.columns) + 1} columns"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE UNLOGGED TABLE {TABLE} (marks bytea)")
        try:
            with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
                for row in packed:
                    copy.write_row([row])
            measure(book, columns)
        finally:
            cursor.execute(f"DROP TABLE {TABLE}")


def measure(book: Codebook, columns: object) -> None:
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(f"SELECT marks FROM {TABLE}")  # noqa: S608 - a constant
        began = seconds("sent to Django, row by row", began)
        batches = list(send())
        began = seconds("sent as Arrow", began)
        counts = count(batches, columns.plan)  # type: ignore[attr-defined]
        began = seconds("counted: everything, all breakdowns", began)
        counted = Counted(book.definition, book, columns, counts)  # type: ignore[arg-type]
        decide(counted, POLICY)
        seconds("protected", began)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
