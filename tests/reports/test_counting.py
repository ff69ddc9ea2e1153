"""Counting in ranges that several workers share: the sum is what one alone counts, whoever comes or stays away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from reports.actions import counting, night, tables
from reports.claims import ClaimLost
from reports.kernel import Counts, Plan, count, unpacked
from reports.models import CountPiece, Run
from surveys.models import Wave
from tests.reports.stage import answer, marks, wave_of
from tests.services import Database, Worker, wait_until

NOW = datetime(2026, 11, 3, 4, 30, tzinfo=UTC)


@pytest.fixture
def wave(committed_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wave]:
    """A wave whose responses lie in many ranges of one block."""
    monkeypatch.setattr(counting, "PIECE_BLOCKS", 1)
    found = wave_of("enterprise")
    answer(found, range(150))
    return found


def run_of(wave: Wave) -> Run:
    return Run.objects.create(wave=wave, claim_number=1, started_at=NOW)


def plan_of(wave: Wave) -> Plan:
    return tables.columns_for(wave).plan


def counted_alone(wave: Wave) -> Counts:
    return count(marks(wave), plan_of(wave))


def same(one: Counts, other: Counts) -> bool:
    return one.responses == other.responses and np.array_equal(one.matrix, other.matrix)


def counted(wave: Wave, run: Run, alive: counting.Alive = lambda: None) -> Counts:
    return counting.count_responses(
        wave=wave, plan=plan_of(wave), run=run, clock=lambda: datetime.now(UTC), alive=alive
    )


def test_ranges_counted_alone_without_help_add_up(wave: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_HELPERS", 0)

    assert same(counted(wave, run_of(wave)), counted_alone(wave))
    assert not CountPiece.objects.exists()


def test_ranges_are_shared_with_a_worker_that_comes_to_help(
    wave: Wave, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who counts waits at its first range, if there is one left, until a helper has counted two."""
    run, added = run_of(wave), []

    def wait_for_help() -> None:
        counted_by_others = CountPiece.objects.filter(run=run, counts__isnull=False)
        wait_until(lambda: counted_by_others.count() >= 2, 30)

    def noted(content: bytes) -> Counts:
        added.append(content)
        return unpacked(content)

    monkeypatch.setattr(counting, "unpacked", noted)

    found = counted(wave, run, wait_for_help)

    assert len(added) >= 2
    assert same(found, counted_alone(wave))
    assert not CountPiece.objects.exists()


def test_range_that_a_helper_has_let_lie_is_counted_by_the_one_who_waits(
    wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_HELPERS", 0)
    run = run_of(wave)
    taken = []

    def somebody_takes_one_and_dies() -> None:
        if not taken:
            # A helper whose lease has just run out.
            piece = counting._take(run, datetime.now(UTC) - counting.LEASE - timedelta(seconds=1))
            assert piece is not None
            taken.append(piece.number)

    assert same(counted(wave, run, somebody_takes_one_and_dies), counted_alone(wave))
    assert taken


def test_two_who_take_at_once_take_two(wave: Wave) -> None:
    run = run_of(wave)
    CountPiece.objects.bulk_create(
        CountPiece(run=run, number=number, first_block=number, end_block=number + 1, snapshot="x")
        for number in range(2)
    )

    first, second, third = (counting._take(run, NOW) for _ in range(3))

    assert first is not None
    assert second is not None
    assert {first.number, second.number} == {0, 1}
    assert third is None
    assert counting._take(run, NOW + counting.LEASE + timedelta(seconds=1)) is not None


def test_count_of_a_claim_that_was_lost_leaves_no_ranges_behind(wave: Wave) -> None:
    def overtaken() -> None:
        raise ClaimLost

    with pytest.raises(ClaimLost):
        counted(wave, run_of(wave), overtaken)

    assert not CountPiece.objects.exists()


def test_helper_that_comes_late_does_nothing(wave: Wave) -> None:
    run = run_of(wave)

    night.help_count(run_id=run.pk, latest_request=0, clock=lambda: NOW)
    night.help_count(run_id=run.pk + 1000, latest_request=0, clock=lambda: NOW)

    assert not CountPiece.objects.exists()


def test_ranges_of_a_run_that_died_go_with_the_next_count(
    wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_HELPERS", 0)
    CountPiece.objects.create(run=run_of(wave), number=0, first_block=0, snapshot="gone")
    later = Run.objects.create(wave=wave, claim_number=2, started_at=NOW)

    assert same(counted(wave, later), counted_alone(wave))
    assert not CountPiece.objects.exists()
