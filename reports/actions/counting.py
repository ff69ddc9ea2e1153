"""Counting the responses of a wave: at once while they are few, else in ranges that several workers share.

Whoever counts a wave exports one snapshot, writes down the ranges and asks for help. It takes ranges itself like any
helper, so that it gets done without help as well; a range that a helper has let lie is free again after a while. The
partial counts add up, and go with their ranges when the run has them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from kombu.exceptions import OperationalError

from reports import reading
from reports.kernel import Batch, Counts, Plan, count, packed, unpacked
from reports.models import CountPiece, Run
from responses import extracts
from surveys.models import Wave

COUNT_PIECES = "reports.tasks.count_pieces"
PIECE_BLOCKS = 4096
"""Blocks of one range: of 8 kB each, about 200,000 responses with fifty marks."""
MOST_HELPERS = 16
LEASE = timedelta(minutes=2)
LOOK_AGAIN = 0.05
"""Seconds between two looks at what the helpers have done."""

Clock = Callable[[], datetime]
Alive = Callable[[], None]
"""Called again and again while something is counted; it raises when the work is nobody's any more."""


def count_responses(
    *, wave: Wave, plan: Plan, run: Run, clock: Clock, alive: Alive, latest_request: int = 0
) -> Counts:
    """`latest_request`: the last table request that the plan counts, for helpers to make the same plan."""
    blocks = extracts.blocks_of_responses()
    if blocks <= PIECE_BLOCKS:
        return count(_watched(reading.read_marks(wave), alive), plan)
    CountPiece.objects.filter(run__wave=wave).delete()
    with exported_snapshot() as snapshot:
        starts = range(0, blocks, PIECE_BLOCKS)
        CountPiece.objects.bulk_create(
            CountPiece(
                run=run,
                number=number,
                first_block=start,
                # The last range has no end: blocks that were added meanwhile hold nothing the snapshot sees.
                end_block=start + PIECE_BLOCKS if start + PIECE_BLOCKS < blocks else None,
                snapshot=snapshot,
            )
            for number, start in enumerate(starts)
        )
        ask_for_help(run, min(len(starts) - 1, MOST_HELPERS), latest_request)
        try:
            own = count(_own_batches(run, snapshot, clock, alive), plan)
            # Helpers may have counted everything before this process came to a range of its own.
            alive()
            return _sum(own, run)
        finally:
            CountPiece.objects.filter(run=run).delete()


@contextmanager
def exported_snapshot() -> Iterator[str]:
    """A snapshot that other connections can read in while this block lasts, on a connection of its own."""
    link = connection.copy()
    try:
        with transaction_on(link), link.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            yield str(cursor.fetchone()[0])
    finally:
        link.close()


@contextmanager
def transaction_on(link: BaseDatabaseWrapper) -> Iterator[None]:
    link.set_autocommit(False)
    try:
        with link.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
    finally:
        link.rollback()


def ask_for_help(run: Run, helpers: int, latest_request: int) -> None:
    """Without a broker the one who counts goes on alone."""
    try:
        for _ in range(helpers):
            current_app.send_task(COUNT_PIECES, args=[run.pk, latest_request])
    except OperationalError:
        return


def help_count(*, run: Run, plan: Plan, clock: Clock) -> int:
    """Count ranges of a run until none is free. Returns how many."""
    done, piece = 0, _take(run, clock())
    if piece is None:
        return 0
    with reading.reader_of(run.wave, snapshot=piece.snapshot) as reader:
        while piece is not None:
            batches = reader.read(piece.first_block, piece.end_block)
            counts = count(_watched(batches, partial(_keep, piece, clock)), plan)
            # One that was counted twice, after a pause, was counted in the same snapshot and is the same.
            CountPiece.objects.filter(pk=piece.pk).update(counts=packed(counts))
            done, piece = done + 1, _take(run, clock())
    return done


def _keep(piece: CountPiece, clock: Clock) -> None:
    CountPiece.objects.filter(pk=piece.pk).update(taken_until=clock() + LEASE)


def _own_batches(run: Run, snapshot: str, clock: Clock, alive: Alive) -> Iterator[Batch]:
    """Ranges that nobody else has, one after the other, until the others have counted theirs as well.

    A range that is taken here is gone from the table: whoever leads is the run, and with it all ranges end.
    """
    with reading.reader_of(run.wave, snapshot=snapshot) as reader:
        while CountPiece.objects.filter(run=run, counts__isnull=True).exists():
            alive()
            piece = _take(run, clock(), for_good=True)
            if piece is None:
                time.sleep(LOOK_AGAIN)
            else:
                yield from _watched(reader.read(piece.first_block, piece.end_block), alive)


@transaction.atomic
def _take(run: Run, now: datetime, *, for_good: bool = False) -> CountPiece | None:
    """A range that nobody works on; two who take at once get two."""
    free = Q(taken_until__isnull=True) | Q(taken_until__lt=now)
    open_pieces = CountPiece.objects.filter(free, run=run, counts__isnull=True)
    piece = open_pieces.select_for_update(skip_locked=True).order_by("number").first()
    if piece is None:
        return None
    if for_good:
        CountPiece.objects.filter(pk=piece.pk).delete()
    else:
        piece.taken_until = now + LEASE
        piece.save(update_fields=["taken_until"])
    return piece


def _sum(total: Counts, run: Run) -> Counts:
    for piece in CountPiece.objects.filter(run=run).order_by("number").only("counts").iterator(1):
        assert piece.counts is not None
        total += unpacked(bytes(piece.counts))
    return total


def _watched(batches: Iterator[Batch], alive: Alive) -> Iterator[Batch]:
    for batch in batches:
        alive()
        yield batch
