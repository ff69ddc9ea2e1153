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

from celery import current_app
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from kombu.exceptions import OperationalError

from reports import reading
from reports.kernel import Batch, Counts, Plan, count, nothing, packed, unpacked
from reports.models import CountPiece, Run
from responses import extracts
from surveys.models import Wave

COUNT_PIECES = "reports.tasks.count_pieces"
PIECE_BLOCKS = 4096
"""Blocks of one range: of 8 kB each, about 200,000 responses with fifty marks."""
MOST_HELPERS = 16
LEASE = timedelta(minutes=2)
LOOK_AGAIN = 0.2
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
            return _count_until_done(run, plan, clock, alive) + _sum(run, plan)
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
    done = 0
    while (piece := _take(run, clock())) is not None:
        counts = _counted(run.wave, piece, plan, clock, lambda: None)
        # One that was counted twice, after a pause, was counted in the same snapshot and is the same.
        CountPiece.objects.filter(pk=piece.pk).update(counts=packed(counts))
        done += 1
    return done


def _count_until_done(run: Run, plan: Plan, clock: Clock, alive: Alive) -> Counts:
    """Count what nobody else does, and wait for the others. What is counted here needs no table between."""
    total = nothing(plan)
    while CountPiece.objects.filter(run=run, counts__isnull=True).exists():
        alive()
        piece = _take(run, clock())
        if piece is None:
            time.sleep(LOOK_AGAIN)
            continue
        counts = _counted(run.wave, piece, plan, clock, alive)
        # A helper who was thought to be gone may have finished it meanwhile; then that count is taken.
        if CountPiece.objects.filter(pk=piece.pk, counts__isnull=True).delete()[0]:
            total += counts
    return total


@transaction.atomic
def _take(run: Run, now: datetime) -> CountPiece | None:
    """A range that nobody works on; two who take at once get two."""
    free = Q(taken_until__isnull=True) | Q(taken_until__lt=now)
    open_pieces = CountPiece.objects.filter(free, run=run, counts__isnull=True)
    piece = open_pieces.select_for_update(skip_locked=True).order_by("number").first()
    if piece is not None:
        piece.taken_until = now + LEASE
        piece.save(update_fields=["taken_until"])
    return piece


def _counted(wave: Wave, piece: CountPiece, plan: Plan, clock: Clock, alive: Alive) -> Counts:
    def keep() -> None:
        alive()
        CountPiece.objects.filter(pk=piece.pk).update(taken_until=clock() + LEASE)

    batches = reading.read_marks(
        wave, first_block=piece.first_block, end_block=piece.end_block, snapshot=piece.snapshot
    )
    return count(_watched(batches, keep), plan)


def _sum(run: Run, plan: Plan) -> Counts:
    total = nothing(plan)
    for piece in CountPiece.objects.filter(run=run).order_by("number").only("counts").iterator(1):
        assert piece.counts is not None
        total += unpacked(bytes(piece.counts))
    return total


def _watched(batches: Iterator[Batch], alive: Alive) -> Iterator[Batch]:
    for batch in batches:
        alive()
        yield batch
