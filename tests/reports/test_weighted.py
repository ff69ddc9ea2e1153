"""Weighted figures of both questionnaires against plain Python: whoever has the weight 3 is counted three times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reports import queries
from reports.actions import tables
from reports.kernel import Batch, count
from reports.measures import Block, Measure
from reports.statistics import Counted
from reports.tabulation import CellRow, cell_rows
from reports.weighting import Margin
from responses.models import Record, Response
from surveys.models import Wave
from tests.reports.recount import Person, Recount
from tests.reports.stage import answer, code_everything, marks, wave_of
from tests.reports.test_tabulation import all_blocks, asked
from tests.surveys.build import KEYS

RESPONSES = {"law_enforcement": 150, "enterprise": 200}
Heavy = Callable[[Person], int]


@pytest.fixture(params=KEYS)
def wave(db: None, request: pytest.FixtureRequest) -> Wave:
    found = wave_of(request.param)
    answer(found, range(RESPONSES[request.param]))
    code_everything(found)
    return found


def repeated(wave: Wave, heavy: Heavy) -> Recount:
    """Everybody as often as they weigh."""
    recount = Recount(wave)
    recount.people = [person for person in recount.people for _ in range(heavy(person))]
    return recount


def differences(wave: Wave, counted: Counted, heavy: Heavy) -> Iterator[tuple[Any, ...]]:
    """Measures whose weighted count, value, base or effective base is not that of the repeated people."""
    weights, squares = repeated(wave, heavy), repeated(wave, lambda person: heavy(person) ** 2)
    plain = repeated(wave, lambda person: 1)
    for question, breakdown, block in all_blocks(counted):
        for measure in block.measures:
            what = asked(block, measure)
            expected, base = weights.figure(question, breakdown, what)
            square = squares.figure(question, breakdown, what)[1]
            found = figures(block, measure)
            wanted = (*plain.figure(question, breakdown, what), expected, base, square)
            if measure.kind != "distinct" and found != pytest.approx(wanted):
                yield question, breakdown, what, found, wanted


def figures(block: Block, measure: Measure) -> tuple[float | None, ...]:
    first = measure.value if measure.count is None else measure.count
    return first, block.base, measure.weighted, block.weighted_base, block.squared_base


def test_weights_of_weighting_cells_count_as_repeated_people(wave: Wave) -> None:
    definition = tables.codebook_of(wave.questionnaire).definition
    names = list(definition.partitions)[:2]
    margins = [
        Margin(name, tuple(part.code for part in definition.partitions[name][1].parts), ()) for name in names
    ]
    columns = tables.columns_for(wave, margins)
    counts = count(marks(wave), columns.plan)
    # A weight from 1 to 4, by the places in the two classes; the missing ones have a place of their own.
    weights = 1 + np.array([sum(places) + len(places) for places in columns.plan.parts_of_cells]) % 4
    counted = tables.counted_of(wave, columns, counts, counts.weigh(weights.astype(float)))
    recount = Recount(wave)

    def heavy(person: Person) -> int:
        return 1 + sum(place_in(recount, person, margin) + 1 for margin in margins) % 4

    assert set(weights) > {1}
    assert list(differences(wave, counted, heavy)) == []


def place_in(recount: Recount, person: Person, margin: Margin) -> int:
    found = [n for n, part in enumerate(margin.parts) if recount.in_part(person, margin.name, part)]
    return found[0] if found else -1


def by_record(person: Person) -> int:
    return 1 + len(person.record) % 3


def test_weights_that_came_with_responses_count_as_repeated_people(wave: Wave) -> None:
    counted = imported(wave, by_record)

    assert list(differences(wave, counted, by_record)) == []


def imported(wave: Wave, heavy: Heavy) -> Counted:
    for record in Record.objects.filter(response__wave=wave):
        Response.objects.filter(pk=record.response_id).update(weight=heavy(Person(record.answers)))
    rows = Response.objects.filter(wave=wave).order_by("pk").values_list("marks", "weight")
    (whole,) = [Batch(batch) for batch in [packed([bytes(row) for row, _weight in rows])]]
    return tables.count_wave(wave, [replace(whole, weights=np.array([weight for _row, weight in rows]))])


def packed(rows: list[bytes]) -> Any:
    import pyarrow as pa

    return pa.array(rows, type=pa.binary())


def rows_of(counted: Counted) -> list[CellRow]:
    decisions = tables.decided(counted, queries.current_policy())
    return [row for decision in decisions for row in cell_rows(decision)]


def test_weights_of_one_equal_no_weights(wave: Wave) -> None:
    shown = [row for row in rows_of(imported(wave, lambda person: 1)) if row.status != "withheld"]

    people = [row for row in shown if row.kind != "distinct"]
    assert people
    for row in people:
        assert row.weighted_count == row.count
        assert row.weighted_value == row.value
        assert (row.weighted_low, row.weighted_high) == (row.low, row.high)
        assert row.effective_base == row.base


def test_doubling_every_weight_changes_no_share_and_no_range(wave: Wave) -> None:
    once, twice = rows_of(imported(wave, by_record)), rows_of(imported(wave, lambda p: 2 * by_record(p)))

    for one, two in zip(once, twice, strict=True):
        assert two.weighted_value == pytest.approx(one.weighted_value)
        assert two.effective_base == pytest.approx(one.effective_base)
        assert (two.weighted_low, two.weighted_high) == pytest.approx((one.weighted_low, one.weighted_high))


def test_withheld_cells_hold_no_weighted_figure(wave: Wave) -> None:
    withheld = [row for row in rows_of(imported(wave, by_record)) if row.status == "withheld"]

    assert withheld
    for row in withheld:
        assert (row.weighted_count, row.weighted_value, row.weighted_low, row.weighted_high) == (None,) * 4
        assert row.effective_base is None
