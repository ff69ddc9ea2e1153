"""What a release tells of how a wave was collected: enough, and nothing of few."""

from __future__ import annotations

import pytest

from accounts.models import User
from reports.fieldwork import fieldwork_of
from reports.models import ResponseFigure, ResponseMetrics, Run
from responses.coding.models import Agreement, CodingRound
from surveys.models import Wave
from tests.reports.stage import NOW, wave_of

pytestmark = pytest.mark.django_db


def agreed(wave: Wave, question: str, units: int, revision: int = 0, alpha: float = 0.9123) -> None:
    people = [User.objects.get_or_create(email=f"{name}@example.org")[0] for name in ("one", "two", "three")]
    found, _new = CodingRound.objects.get_or_create(
        wave=wave,
        question=question,
        defaults={"first": people[0], "second": people[1], "third": people[2], "seed": "s"},
    )
    Agreement.objects.create(
        round=found, revision=revision, units=units, same=units, alpha=alpha, kappa=alpha
    )


def test_agreement_is_told_of_lists_in_tens_and_of_the_newest_frame() -> None:
    wave = wave_of("enterprise")
    agreed(wave, "ent_tech_open", 147, alpha=0.5)
    agreed(wave, "ent_tech_open", 149, revision=1)
    agreed(wave, "ent_owner", 120)

    assert fieldwork_of(wave)["coding"] == [
        {"question": "ent_tech_open", "units": 140, "alpha": 0.912, "kappa": 0.912}
    ]


def test_agreement_on_few_texts_is_not_told() -> None:
    wave = wave_of("enterprise")
    agreed(wave, "ent_tech_open", 49)

    assert fieldwork_of(wave)["coding"] == []


def test_of_a_list_the_headline_rates_are_told_and_what_is_withheld_stays_so() -> None:
    wave = wave_of("enterprise")
    run = Run.objects.create(wave=wave, claim_number=1, started_at=NOW)
    metrics = ResponseMetrics.objects.create(
        wave=wave, run=run, door="email", complete_from=80, partial_from=50, e=0.91234, e_found="default"
    )
    shown = {"status": "shown", "metrics": metrics}
    ResponseFigure.objects.create(position=1, kind="letter", name="p", value=7, **shown)
    ResponseFigure.objects.create(position=2, kind="number", name="cases", value=300, **shown)
    ResponseFigure.objects.create(position=3, kind="rate", name="RR2", value=0.48261, **shown)
    ResponseFigure.objects.create(position=4, kind="rate", name="RR5", value=0.7, **shown)
    ResponseFigure.objects.create(position=6, kind="letter", name="ne", value=12, **shown)
    ResponseFigure.objects.create(position=7, kind="number", name="finished", value=160, **shown)
    ResponseFigure.objects.create(position=8, kind="rate", name="RR4", value=0.5, **shown)
    ResponseFigure.objects.create(
        position=5, kind="rate", name="REF1", value=None, status="withheld", reason="tells", metrics=metrics
    )

    (door,) = fieldwork_of(wave)["response"]

    assert {figure["name"]: figure["value"] for figure in door["figures"]} == {
        "cases": 300,
        "RR2": 0.483,
        "REF1": None,
        "RR4": 0.5,
    }
    assert door["e"] == 0.912

    ResponseFigure.objects.filter(name="ne").update(status="withheld", reason="few", value=None)
    (door,) = fieldwork_of(wave)["response"]

    # The share of the eligible would tell how few are not.
    assert "RR4" not in {figure["name"] for figure in door["figures"]}
    assert door["e"] is None


def test_of_an_imported_wave_nothing_is_told_but_its_coding() -> None:
    wave = wave_of("enterprise")
    Wave.objects.update(origin="imported", source="A survey")
    wave.refresh_from_db()

    assert fieldwork_of(wave) == {"coding": []}
