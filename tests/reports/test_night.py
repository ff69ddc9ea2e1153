from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import AuditEvent
from accounts.permissions import NotPermitted
from reports import queries
from reports.actions import night
from reports.actions.datasets import DatasetChanged
from reports.claims import LEASE
from reports.models import Cell, Claim, Policy, Run, Table, WaveDataset
from responses.codings import apply_codings
from responses.models import Coding, OpenText, Response
from surveys.answers import Answer
from surveys.models import Wave
from tests.box.field import CLOSED, NIGHT, open_field
from tests.box.people import member_of_staff
from tests.reports.conftest import Nights
from tests.reports.recount import cells_compared, differences

Status = Run.Status


def statuses() -> list[str]:
    return list(Run.objects.order_by("id").values_list("status", flat=True))


def cells() -> list[tuple[object, ...]]:
    return list(
        Cell.objects.order_by("table__position", "position").values_list("id", "count", "base", "status")
    )


def test_night_after_the_close_opens_counts_and_finishes_the_wave(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()

    nights.run()

    run = Run.objects.get()
    assert (run.status, run.opened, run.responses, run.refused) == (Status.DONE, 45, 45, 0)
    assert Wave.objects.get().status == Wave.Status.FINAL
    assert (run.cells, len(run.checksum)) == (Cell.objects.count(), 64)
    assert cells_compared(nights.field.wave) > 5
    assert differences(nights.field.wave) == []
    assert Claim.objects.get().lease_until is None


def test_night_with_nothing_new_says_so_and_keeps_the_tables(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()
    nights.run()
    before = cells()

    nights.run()

    assert statuses() == [Status.DONE, Status.UNCHANGED]
    assert cells() == before


def test_ended_wave_is_counted_from_the_same_responses_for_good(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()
    nights.run()
    frozen = WaveDataset.objects.get()
    before = cells()
    gone = Response.objects.order_by("pk")[0]
    gone.delete()

    with pytest.raises(DatasetChanged, match="some are gone or some were added"):
        nights.run()

    assert (frozen.rows, WaveDataset.objects.get().keys_hash) == (45, frozen.keys_hash)
    assert statuses() == [Status.DONE, Status.FAILED]
    assert "some are gone" in Run.objects.latest("pk").message
    assert cells() == before


@pytest.mark.parametrize("stored", [29, 30])
def test_open_wave_is_first_shown_from_the_minimum_base_on(nights: Nights, stored: int) -> None:
    nights.field.answer_all(stored + nights.field.wave.min_batch)

    nights.run()

    assert Response.objects.count() == stored
    assert Table.objects.exists() == (stored >= 30)
    assert statuses() == [Status.DONE if stored >= 30 else Status.UNCHANGED]


def test_open_wave_is_shown_anew_only_after_thirty_more(nights: Nights) -> None:
    nights.field.answer_all(40)
    nights.run()
    nights.field.answer_all(29)
    nights.run()
    first = set(Table.objects.values_list("run__claim_number", flat=True))

    nights.field.answer_all(nights.field.wave.min_batch)
    nights.run()

    assert statuses() == [Status.DONE, Status.UNCHANGED, Status.DONE]
    assert first == {1}
    assert set(Table.objects.values_list("run__claim_number", flat=True)) == {3}


def test_step_delivered_twice_changes_nothing(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()
    held = nights.open()
    assert held is not None

    assert nights.open() is None
    nights.count(held)
    before = cells()
    nights.count(held)

    assert statuses() == [Status.DONE]
    assert cells() == before


def test_count_that_comes_after_its_lease_was_overtaken_writes_nothing(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()
    late = nights.open()
    assert late is not None
    nights.now += LEASE + timedelta(minutes=1)
    night.sweep(nights.now)
    nights.run()
    before = cells()

    nights.count(late)

    assert statuses() == [Status.LOST, Status.DONE]
    assert cells() == before


def test_run_that_fails_says_so_and_the_last_tables_stay(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()
    nights.run()
    before = cells()
    Policy.objects.create(version=2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE responses_tally RENAME TO elsewhere")
    held = nights.open()
    assert held is not None

    with pytest.raises(Exception, match="responses_tally"):
        nights.count(held)

    run = Run.objects.order_by("-id")[0]
    assert (run.status, Claim.objects.get().lease_until) == (Status.FAILED, None)
    assert "fault" in run.message
    assert cells() == before


def test_night_without_the_key_fails_in_words_and_is_tried_again(nights: Nights, settings: object) -> None:
    settings.ENQUIRY_KEY_DIR = "/nowhere"  # type: ignore[attr-defined]

    with pytest.raises(Exception, match="private key"):
        nights.open()

    assert Run.objects.get().status == Status.FAILED
    assert "private key" in Run.objects.get().message
    assert night.due(nights.now) == [nights.field.wave.pk]


def test_final_wave_is_due_again_when_a_code_or_the_policy_changes(nights: Nights) -> None:
    nights.field.answer_all(44)
    nights.field.answer(nights.field.invite(1)[0], tools=Answer(texts=("saw",)))
    nights.close()
    nights.run()
    assert night.due(nights.now) == []

    Coding.objects.create(text=OpenText.objects.get(), code="saw")
    due_for_code = night.due(nights.now)
    nights.run()
    Policy.objects.create(version=2, min_base=40)

    assert due_for_code == night.due(nights.now) == [nights.field.wave.pk]


def test_sweep_takes_up_a_lost_lease_and_a_missed_night(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.open()

    in_time = night.sweep(nights.now)
    lost = night.sweep(nights.now + LEASE + timedelta(seconds=1))
    missed = night.sweep(nights.now + timedelta(days=1))

    assert (in_time, lost, missed) == ([], [nights.field.wave.pk], [nights.field.wave.pk])
    assert statuses() == [Status.LOST]


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (datetime(2019, 6, 3, 4, 29, tzinfo=UTC), datetime(2019, 6, 2, 4, 30, tzinfo=UTC)),
        (datetime(2019, 6, 3, 4, 30, tzinfo=UTC), datetime(2019, 6, 3, 4, 30, tzinfo=UTC)),
        (datetime(2019, 6, 3, 23, 0, tzinfo=UTC), datetime(2019, 6, 3, 4, 30, tzinfo=UTC)),
    ],
)
def test_last_night_is_the_latest_start_of_the_schedule(now: datetime, began: datetime) -> None:
    assert queries.last_night(now) == began


def test_wave_not_yet_open_is_never_due(db: None) -> None:
    wave = open_field().wave
    Wave.objects.filter(pk=wave.pk).update(status=Wave.Status.DRAFT)

    assert night.due(CLOSED) == []


def test_run_asked_for_needs_the_permission_and_an_open_wave(db: None) -> None:
    wave = open_field().wave

    with pytest.raises(NotPermitted):
        night.request_run(wave=wave, by=member_of_staff(), now=NIGHT)
    wave.status = Wave.Status.DRAFT
    with pytest.raises(night.WaveNotRunnable, match="has not been opened"):
        night.request_run(wave=wave, by=member_of_staff("analyst"), now=NIGHT)
    assert not AuditEvent.objects.filter(action="run.requested").exists()


def test_marks_are_derived_again_only_when_codings_change(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived: list[Wave] = []

    def noted(*, wave: Wave, check_claim: Callable[[], None]) -> int:
        derived.append(wave)
        return apply_codings(wave=wave, check_claim=check_claim)

    monkeypatch.setattr(night, "apply_codings", noted)
    nights.field.answer_all(44)
    (invitation,) = nights.field.invite(1)
    nights.field.answer(invitation, tools=Answer(texts=("hammer", "", "")))
    nights.close()
    nights.run()
    assert len(derived) == 1

    Policy.objects.create(version=2)
    nights.run()
    assert len(derived) == 1

    text = OpenText.objects.get()
    Coding.objects.create(text=text, code="hammer")
    nights.run()
    assert len(derived) == 2
    assert statuses() == [Status.DONE] * 3
