from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from reports.claims import LEASE, ClaimLost, Held, claim
from tests.box.field import NOW, Field, open_field
from tests.services import Database, acting_as

LATER = NOW + LEASE + timedelta(seconds=1)


@pytest.fixture
def field(db: None) -> Field:
    return open_field()


def taken(field: Field, now: object = NOW) -> Held:
    held = claim(wave_id=field.wave.pk, now=now)  # type: ignore[arg-type]
    assert held is not None
    return held


def test_claim_of_a_free_wave_is_given_with_rising_numbers(field: Field) -> None:
    with acting_as("worker"):
        first = taken(field)
        first.release()

        assert taken(field).number == first.number + 1


def test_claim_of_a_wave_in_work_is_refused(field: Field) -> None:
    taken(field)

    assert claim(wave_id=field.wave.pk, now=NOW + LEASE) is None


def test_claim_whose_lease_ran_out_is_overtaken_and_its_holder_can_write_nothing(field: Field) -> None:
    stale = taken(field)

    current = taken(field, LATER)

    with pytest.raises(ClaimLost), transaction.atomic():
        stale.check()
    with pytest.raises(ClaimLost):
        stale.renew(LATER)
    stale.release()
    current.check()


def test_renewed_claim_outlives_its_first_lease(field: Field) -> None:
    held = taken(field)

    held.renew(NOW + LEASE)

    assert claim(wave_id=field.wave.pk, now=LATER) is None


def test_released_claim_cannot_be_written_under(field: Field) -> None:
    held = taken(field)

    held.release()

    with pytest.raises(ClaimLost), transaction.atomic():
        held.check()


def test_two_who_claim_at_once_are_given_one_claim(committed_database: Database) -> None:
    wave_id = open_field().wave.pk
    barrier, given = Barrier(2), []

    def try_it() -> None:
        barrier.wait()
        given.append(claim(wave_id=wave_id, now=NOW))
        connection.close()

    threads = [Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(held is None for held in given) == [False, True]
