"""How long a wave takes to count: synthetic responses of the law enforcement survey, every breakdown, weighted.

python bench/tabulate.py [--responses 10000 100000 1000000]

It works in a database of its own, on this machine alone, and leaves nothing behind. The people are made up through the
codebook's own encoding, a few thousand different ones drawn again and again, because making them up takes far longer
than counting them. Each measurement is the best of three in a process of its own, whose peak memory stands beside it.

Beside it stand, in the same run and as the best of three too: PostgreSQL only sending the marks to a reader that throws
them away; and DuckDB counting every mark of every combination of the classes, with sums of the weights and of their
squares, from a ready Parquet file. The marks, classes and weights lie in that file as DuckDB reads them fastest; the
counts that follow from several marks of one person (unions) are left out of its work, and are not out of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
DATABASE = "enquiry_bench_tabulate"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["ENQUIRY_ENV"] = "demo"
os.environ["ENQUIRY_DATABASE"] = DATABASE

from config.embedded import ensure, services  # noqa: E402
from config.embedded.places import default_base  # noqa: E402

ensure(process="owner")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from reports import claims  # noqa: E402
from reports.actions import counting, night, tables  # noqa: E402
from reports.kernel import Counts, Weighed  # noqa: E402
from reports.models import (  # noqa: E402
    CaseCount,
    Policy,
    ResponseMetrics,
    Run,
    Table,
    WeightChoice,
    Weighting,
    WeightTarget,
)
from reports.reading import read_marks  # noqa: E402
from reports.tabulation import cell_rows  # noqa: E402
from reports.weighting import Margin, Raked, rake  # noqa: E402
from surveys.codebook import Codebook  # noqa: E402
from surveys.models import Edition, Wave  # noqa: E402
from surveys.queries import codebook_of  # noqa: E402
from tests.services import write_questionnaires  # noqa: E402
from tests.surveys.respondents import answers_of, codings_of  # noqa: E402

DIFFERENT = 4000
REPEATS = 3
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHARES = {"area3": (0.12, 0.2, 0.68), "role2": (0.5, 0.5), "years2": (0.4, 0.6)}
"""What the made-up responses are weighted to: any shares that those of the sample are not."""
QUESTIONNAIRE = "law_enforcement"


def wave() -> Wave:
    return Wave.objects.select_related("questionnaire", "edition").get()


def margins(book: Codebook) -> tuple[Margin, ...]:
    parts = {name: tuple(part.code for part in book.definition.partitions[name][1].parts) for name in SHARES}
    return tuple(Margin(name, parts[name], shares) for name, shares in SHARES.items())


def fill(number: int) -> None:
    """Put so many responses into the wave, in blocks as the night writes them."""
    book, chance = codebook_of(wave().questionnaire), Random(1)
    people = []
    for seed in range(DIFFERENT):
        answers = answers_of(book.definition, seed)
        people.append(book.pack(book.marks(answers, codings_of(book.definition, answers, chance))))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE responses_response CASCADE")
        cursor.execute("CREATE TEMP TABLE drawn (marks bytea)")
        with cursor.copy("COPY drawn FROM STDIN") as copy:
            for row in chance.choices(people, k=number):
                copy.write_row([row])
        cursor.execute(
            "INSERT INTO responses_response (id, wave_id, marks) SELECT gen_random_uuid(), %s, marks FROM drawn",
            [wave().pk],
        )
        cursor.execute("DROP TABLE drawn")
        cursor.execute("VACUUM ANALYZE responses_response")


# What is measured, each in a process of its own.


def send(_file: str) -> dict[str, Any]:
    return {"seconds": best(lambda: sum(len(batch) for batch in read_marks(wave())))}


def tabulate(helper: str) -> dict[str, Any]:
    """Everything that the night does after the box: count, weigh, protect; writing the tables is timed beside it."""
    found, helping = wave(), None
    book = codebook_of(found.questionnaire)
    columns = tables.columns_for(found, margins(book))
    counting.MOST_HELPERS = 0
    if helper:
        helping = subprocess.Popen(
            [sys.executable, __file__, "--do", "help"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert helping.stdout is not None
        helping.stdout.readline()
        counting.ask_for_help = lambda run, _number, _latest: tell(helping, run)  # type: ignore[assignment]
    times: dict[str, float] = {}
    try:
        for _ in range(REPEATS):
            run = Run.objects.create(wave=found, claim_number=Run.objects.count() + 1, started_at=NOW)
            began = time.perf_counter()
            counts = counting.count_responses(
                wave=found, plan=columns.plan, run=run, clock=lambda: datetime.now(UTC), alive=lambda: None
            )
            weighed = weighed_of(counts, columns.plan.parts_of_cells, margins(book))
            keep_least(times, "seconds", time.perf_counter() - began)
            began = time.perf_counter()
            decisions = tables.decided(
                tables.counted_of(found, columns, counts, weighed), Policy.objects.order_by("-version")[0]
            )
            rows = sum(len(cell_rows(decision)) for decision in decisions)
            keep_least(times, "protected", time.perf_counter() - began)
    finally:
        if helping is not None:
            assert helping.stdin is not None
            helping.stdin.close()
            helping.wait()
    return times | {"cells": rows, "responses": counts.responses}


def whole_night(_nothing: str) -> dict[str, Any]:
    """What the night does for a wave whose box is empty: look for news, count, weigh, protect, write all tables.

    Codings that have not changed are not derived again, and there is no record here to derive them from.
    """
    found = wave()
    counting.MOST_HELPERS = 0
    fix_targets(found)
    forget_runs()
    times: dict[str, float] = {}
    for _ in range(REPEATS):
        # The tables of the run before follow from the same responses: without them there is something to do.
        Table.objects.all().delete()
        began = time.perf_counter()
        held = claims.claim(wave_id=found.pk, now=datetime.now(UTC))
        assert held is not None
        run = Run.objects.create(wave=found, claim_number=held.number, started_at=datetime.now(UTC))
        night.count_wave(wave_id=found.pk, number=held.number, clock=lambda: datetime.now(UTC))
        run.refresh_from_db()
        assert run.status == Run.Status.DONE, run.message
        keep_least(times, "seconds", time.perf_counter() - began)
    return times


def forget_runs() -> None:
    """And everything that they left behind."""
    for model in (Table, Weighting, ResponseMetrics, CaseCount, Run):
        model.objects.all().delete()


def fix_targets(found: Wave) -> None:
    if WeightChoice.objects.exists():
        return
    for margin in margins(codebook_of(found.questionnaire)):
        for part, share in zip(margin.parts, margin.shares, strict=True):
            WeightTarget.objects.create(
                wave=found, partition=margin.name, part=part, percent=100 * share, source="Made up"
            )
    WeightChoice.objects.create(wave=found, method=WeightChoice.Method.IF_UNEVEN, margins=list(SHARES))


def weighed_of(counts: Counts, parts: Any, wanted: tuple[Margin, ...]) -> Weighed:
    raked: Raked = rake(counts.members[:, 0], parts, wanted)
    assert raked.converged
    return counts.weigh(raked.weights)


def tell(helping: subprocess.Popen[str], run: Run) -> None:
    assert helping.stdin is not None
    helping.stdin.write(f"{run.pk}\n")
    helping.stdin.flush()


def help_count(_nothing: str) -> dict[str, Any]:
    """The second process: it has read its program and waits to be asked, as a Celery worker does."""
    book = codebook_of(wave().questionnaire)
    plan = tables.columns_for(wave(), margins(book)).plan
    print("ready", flush=True)
    for line in sys.stdin:
        run = Run.objects.select_related("wave__questionnaire").get(pk=int(line))
        counting.help_count(run=run, plan=plan, clock=lambda: datetime.now(UTC))
    return {}


def write_parquet(file: str) -> dict[str, Any]:
    """The same responses as DuckDB likes them: a list of small numbers, one column for each class, the weight."""
    found = wave()
    book = codebook_of(found.questionnaire)
    plan = tables.columns_for(found, margins(book)).plan
    counts = counting.count_responses(
        wave=found,
        plan=plan,
        run=Run.objects.create(wave=found, claim_number=0, started_at=NOW),
        clock=lambda: datetime.now(UTC),
        alive=lambda: None,
    )
    weights = rake(counts.members[:, 0], plan.parts_of_cells, margins(book)).weights
    writer = None
    for batch in read_marks(found):
        table = parquet_rows(batch.marks, book, weights)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    forget_runs()
    return {}


def parquet_rows(marks: pa.Array, book: Codebook, weights: Any) -> pa.Table:
    rows = [np.frombuffer(row, dtype="<i2") for row in marks.to_pylist()]
    classes = [
        {
            mark: number
            for number, part in enumerate(margin.parts)
            for mark in book.part(margin.name, part).plus
        }
        for margin in margins(book)
    ]
    of_row = [[next((known[m] for m in row.tolist() if m in known), -1) for known in classes] for row in rows]
    places = np.array(of_row, dtype=np.int64)
    cells = np.zeros(len(rows), dtype=np.int64)
    for number, margin in enumerate(margins(book)):
        cells = cells * (1 + len(margin.parts)) + places[:, number] + 1
    values = {name: pa.array(places[:, number], pa.int8()) for number, name in enumerate(SHARES)}
    return pa.table({"marks": pa.array(rows, pa.list_(pa.int16())), **values, "w": weights[cells]})


def duck(task: str) -> dict[str, Any]:
    import duckdb

    file, threads = task.rsplit(":", 1)
    link = duckdb.connect(config={"threads": int(threads)})
    names = ", ".join(SHARES)
    unnested = f"SELECT unnest(marks) AS mark, {names}, w FROM read_parquet('{file}')"  # noqa: S608
    query = f"SELECT mark, {names}, count(*), sum(w), sum(w * w) FROM ({unnested}) GROUP BY ALL"  # noqa: S608
    found: list[Any] = []

    def ask() -> None:
        found[:] = link.execute(query).fetchall()

    return {"seconds": best(ask), "check": check([(row[0], row[-3], row[-2]) for row in found])}


def ours(_nothing: str) -> dict[str, Any]:
    """The same counts as those of DuckDB, to see that the two agree."""
    found = wave()
    book = codebook_of(found.questionnaire)
    plan = tables.columns_for(found, margins(book)).plan
    run = Run.objects.create(wave=found, claim_number=0, started_at=NOW)
    counts = counting.count_responses(
        wave=found, plan=plan, run=run, clock=lambda: datetime.now(UTC), alive=lambda: None
    )
    run.delete()
    sums = weighed_of(counts, plan.parts_of_cells, margins(book)).sums
    return {"check": check([(mark, counts.whole[mark, 0], sums[mark, 0]) for mark in range(plan.size)])}


def check(rows: list[tuple[int, float, float]]) -> list[float]:
    """Sums that differ when any count or weight does: over marks, each times its number."""
    return [
        float(sum((1 + mark) * count for mark, count, _weight in rows)),
        round(float(sum((1 + mark) * weight for mark, _count, weight in rows)), 1),
    ]


def best(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def keep_least(times: dict[str, float], name: str, seconds: float) -> None:
    times[name] = min(times.get(name, seconds), seconds)


WORK: dict[str, Callable[[str], dict[str, Any]]] = {
    "send": send,
    "night": whole_night,
    "tabulate": tabulate,
    "help": help_count,
    "parquet": write_parquet,
    "duck": duck,
    "ours": ours,
}


def apart(work: str, task: str = "") -> dict[str, Any]:
    command = [sys.executable, __file__, "--do", work, "--task", task]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(number: int, folder: Path) -> None:
    fill(number)
    file = str(folder / f"{number}.parquet")
    apart("parquet", file)
    sent = apart("send")
    alone, two = apart("tabulate"), apart("tabulate", "with a helper")
    nightly = apart("night")
    ducks = {threads: apart("duck", f"{file}:{threads}") for threads in (1, 2)}
    same = apart("ours")["check"] == ducks[1]["check"]
    size = Path(file).stat().st_size / 2**20
    print(f"\n{number:,} responses, {alone['cells']:,} cells; Parquet file {size:.0f} MB")
    line("PostgreSQL sends the marks", sent, number)
    line("counted and weighted, one process", alone, number)
    line("counted and weighted, two processes", two, number)
    line("DuckDB, one thread", ducks[1], number)
    line("DuckDB, two threads", ducks[2], number)
    line("the whole night, the box excepted", nightly, number)
    print(f"  the night is {nightly['seconds'] / alone['seconds']:.2f} of the counting")
    print(f"  {'protected, once counted':<40}{alone['protected']:8.2f} s")
    print(f"  DuckDB's counts and weights are {'the same' if same else 'OTHERS'}")
    for label, found in (("one process", alone), ("two processes", two)):
        ratios = ", ".join(
            f"{found['seconds'] / ducks[n]['seconds']:.2f} of DuckDB's with {n}" for n in ducks
        )
        print(f"  {label}: {ratios}")


def line(label: str, found: dict[str, Any], number: int) -> None:
    rate = number / found["seconds"]
    print(f"  {label:<40}{found['seconds']:8.2f} s{rate:14,.0f} a second{found['peak']:8.0f} MB", flush=True)


@contextmanager
def own_database() -> Iterator[None]:
    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        write_questionnaires()
        edition = Edition.objects.create(year=2026, title="Bench")
        Wave.objects.create(
            edition=edition,
            questionnaire=_questionnaire(),
            status=Wave.Status.FINAL,
            opens_at=datetime(2026, 9, 1, tzinfo=UTC),
            closes_at=datetime(2026, 10, 1, tzinfo=UTC),
            synthetic=True,
        )
        yield
    finally:
        connection.close()
        services(default_base()).cluster.drop_database(DATABASE)


def _questionnaire() -> Any:
    from surveys.models import Questionnaire

    return Questionnaire.objects.filter(key=QUESTIONNAIRE).order_by("-version")[0]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--responses", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--do", choices=sorted(WORK), help=argparse.SUPPRESS)
    parser.add_argument("--task", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.do:
        found = WORK[options.do](options.task)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found | {"peak": peak}))
        return
    with own_database(), tempfile.TemporaryDirectory() as folder:
        for number in options.responses:
            measure(number, Path(folder))


if __name__ == "__main__":
    main()
