"""Nights of a wave with targets: raked, kept with the tables, published only when response was uneven."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from reports import queries
from reports.actions import auditing, weights
from reports.actions import release as releases
from reports.actions.auditing import weights_of
from reports.auditing import audit
from reports.auditing.reading import read
from reports.auditing.weighted import WeightCell, Weights
from reports.content import content_of
from reports.models import Cell, ReleaseAudit, Weighting
from reports.published import publish_weighted, weighting_of
from surveys.answers import Answer
from surveys.queries import definition_of
from tests.box.field import NOW
from tests.box.people import member_of_staff
from tests.reports.conftest import Nights
from tests.services import acting_as

SOUTH, NORTH = 60, 30


def set_up(nights: Nights, south: int, north: int) -> None:
    by = member_of_staff("fieldwork")
    percents = {"southern": Decimal(south), "northern": Decimal(north)}
    weights.set_targets(
        wave=nights.field.wave, partition="half", percents=percents, source="A census.", by=by, now=NOW
    )
    weights.choose_method(wave=nights.field.wave, method="if_uneven", margins=["half"], by=by, now=NOW)


def answer(nights: Nights) -> None:
    for number, code in ((SOUTH, "south"), (NORTH, "north")):
        for place, invitation in enumerate(nights.field.invite(number)):
            habit = "measure" if code == "north" or place % 2 else "cut"
            nights.field.answer(
                invitation,
                region=Answer(codes=(code,)),
                habits=Answer(codes=(habit,)),
                share=Answer(number=1),
            )
    nights.close()


def share_of(code: str) -> Cell:
    return Cell.objects.get(
        table__question="habits", table__breakdown="", code=code, statistic="percent_of_respondents"
    )


def test_uneven_response_is_weighted_and_published_so(nights: Nights) -> None:
    set_up(nights, 40, 60)
    answer(nights)

    nights.run()

    found = Weighting.objects.get()
    assert (found.kind, found.published, found.converged) == ("raked", True, True)
    assert found.deff == pytest.approx(90 * (60 * 0.6**2 + 30 * 1.8**2) / 90**2)
    cell = share_of("measure")
    # Half of the south and all of the north: 60 of 90 people, and 0.4 / 2 + 0.6 of the population.
    assert (cell.count, cell.base, cell.value) == (60, 90, pytest.approx(100 * 60 / 90))
    assert cell.weighted_value == pytest.approx(80)
    assert cell.effective_base == pytest.approx(90 / found.deff)
    assert weighting_of(nights.field.wave) == found
    publish_weighted(cell)
    assert (cell.count, cell.value) == (60, pytest.approx(80))


def test_even_response_is_weighted_and_published_without(nights: Nights) -> None:
    set_up(nights, 60, 40)
    answer(nights)

    nights.run()

    found = Weighting.objects.get()
    assert (found.kind, found.published) == ("raked", False)
    assert share_of("measure").weighted_value == pytest.approx(70)
    assert weighting_of(nights.field.wave) is None


def test_wave_without_targets_has_no_weighted_figures(nights: Nights) -> None:
    answer(nights)

    nights.run()

    assert Weighting.objects.get().kind == "none"
    assert not Cell.objects.exclude(weighted_value=None).exists()
    assert not Cell.objects.exclude(effective_base=None).exists()


def test_targets_are_part_of_what_the_tables_follow_from(nights: Nights) -> None:
    policy = queries.current_policy()
    before = queries.fingerprint(nights.field.wave, policy)

    set_up(nights, 60, 40)

    assert queries.fingerprint(nights.field.wave, policy) != before


def test_cells_of_a_weighted_wave_are_kept_and_its_release_agrees_with_them(nights: Nights) -> None:
    set_up(nights, 40, 60)
    answer(nights)
    nights.run()
    nights.field.wave.refresh_from_db()
    edition = nights.field.wave.edition

    content = content_of(edition)
    known_weights = weights_of(edition)
    key = nights.field.wave.questionnaire.key
    definitions = {key: definition_of(nights.field.wave.questionnaire)}

    kept = {cell.parts[0]: cell.weight for cell in Weighting.objects.get().cells.all()}
    assert kept == {"southern": pytest.approx(0.6), "northern": pytest.approx(1.8)}
    known = read([content], definitions, known_weights)
    # What is shown is treated as withheld: the weighted per cents alone tell its people, within a few.
    name = f"{key}.habits||||people|choice|measure"
    known.targets.clear()
    known.withhold(name, 1, 90)
    (found,) = audit(known)
    assert found.low <= 60 <= found.high
    assert 0 < found.low < found.high < 90
    # Were the weights others, the same per cents would tell of other people.
    wrong = Weights([WeightCell({"half": "southern"}, 1.8), WeightCell({"half": "northern"}, 0.2)])
    misled = read([content], definitions, {key: wrong})
    misled.withhold(name, 1, 90)
    (other,) = (interval for interval in audit(misled) if interval.name == name)
    assert (other.low, other.high) != (found.low, found.high)


def test_weighted_release_is_attacked_by_a_worker_before_anybody_can_approve_it(nights: Nights) -> None:
    set_up(nights, 40, 60)
    answer(nights)
    for _night in range(2):
        nights.run()
    wave = nights.field.wave
    wave.refresh_from_db()
    analyst, publisher = member_of_staff("analyst"), member_of_staff("publisher")
    # Not committed yet, so that no worker can be faster than the test.
    with acting_as("web"), transaction.atomic():
        asked = releases.request(edition=wave.edition, note="", by=analyst, now=nights.now)
        assert auditing.waiting_for_the_worker() == [asked.pk]
        with pytest.raises(releases.NotAudited):
            releases.check_can_approve(publisher, asked)

    with acting_as("worker"):
        for _again in range(2):
            auditing.audit_release(release_id=asked.pk, now=nights.now)

    assert auditing.waiting_for_the_worker() == []
    assert ReleaseAudit.objects.get().contradiction == ""
    with acting_as("web"):
        made = releases.approve(release=asked, by=publisher, now=nights.now)
    assert made.number == 1
