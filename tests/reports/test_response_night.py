"""People answer, decline, break off and keep silent; the box is opened; the rates are what they did."""

from __future__ import annotations

import pytest

from reports.models import ResponseFigure, ResponseMetrics
from responses.actions.decline import decline
from responses.actions.start import start
from surveys.answers import SKIPPED, Answer
from surveys.models import Wave
from tests.box.field import NOW
from tests.reports.conftest import Nights

# Of five questions that leave a mark, somebody who answers all but the tools answers four.
WITHHELD = Answer(codes=("prefer_not",))
PARTIAL = {"region": WITHHELD}
HARDLY = {"region": WITHHELD, "habits": SKIPPED}
SCREENED = {"eligible": Answer(codes=("no_never",))}


def field_it(nights: Nights) -> Wave:
    invited = iter(nights.field.invite(106))
    for answers, times in (({}, 35), (PARTIAL, 10), (HARDLY, 2), (SCREENED, 12)):
        for _time in range(times):
            nights.field.answer(next(invited), **answers)
    for _time in range(12):
        decline(invitation=next(invited), now=NOW)
    for _time in range(15):
        start(invitation=next(invited), now=NOW)
    return nights.field.wave


def test_rates_after_the_last_opening_are_what_people_did(nights: Nights) -> None:
    wave = field_it(nights)
    nights.close()
    nights.run()
    wave.refresh_from_db()

    found = dict(ResponseFigure.objects.values_list("name", "value"))
    # 106 invited: 35 I, 10 P, 12 + 15 + 2 R, 20 silent, 12 not eligible.
    assert {name: found[name] for name in ("cases", "i", "p", "r", "o", "uo", "ne")} == {
        "cases": 106, "i": 35, "p": 10, "r": 29, "o": None, "uo": 20, "ne": 12
    }  # fmt: skip
    assert found["RR2"] == pytest.approx(45 / 94)
    assert found["RR1"] == pytest.approx(35 / 94)
    assert found["RR4"] == pytest.approx(45 / (74 + 74 / 86 * 20))
    assert found["COOP2"] == pytest.approx(45 / 74)
    assert found["REF1"] == pytest.approx(29 / 94)
    assert found["BREAKOFF"] == pytest.approx(17 / 62)
    assert ResponseMetrics.objects.get().warnings == ["few_opted_out", "own_links"]
