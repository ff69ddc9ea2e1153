from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from surveys.models import Edition, Questionnaire
from surveys.staff.forms import WaveForm


@pytest.fixture
def typed(db: None) -> dict[str, Any]:
    edition = Edition.objects.create(year=2019, title="Report")
    questionnaire = Questionnaire.objects.create(
        key="small",
        version=1,
        schema_version="1",
        unit="person",
        language="en",
        estimated_minutes=1,
        ballot_size=16384,
    )
    return {
        "edition": edition.pk,
        "questionnaire": questionnaire.pk,
        "time_zone": "Europe/Berlin",
        "opens_at": "2019-06-03T09:00",
        "closes_at": "2019-07-01 18:00",
        "min_batch": "10",
    }


def test_wave_form_makes_instants_from_times_of_its_zone(typed: dict[str, Any]) -> None:
    form = WaveForm(typed, production=False)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["opens_at"] == datetime(2019, 6, 3, 7, 0, tzinfo=UTC)
    assert form.cleaned_data["closes_at"] == datetime(2019, 7, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("opens_at", "2019-03-31T02:30", "The clock changes at this time in Europe/Berlin"),
        ("closes_at", "2019-10-27T02:30", "The clock changes at this time in Europe/Berlin"),
        ("closes_at", "2019-06-03T09:00", "closes before it opens"),
        ("closes_at", "in summer", "in figures"),
        ("closes_at", "2019-07-01T18:00+02:00", "in figures"),
        ("time_zone", "Berlin", "no time zone called “Berlin”"),
        ("min_batch", "9", "The smallest batch is 10"),
        ("min_batch", "ten", "as a whole number"),
        ("edition", "", "Choose the edition"),
    ],
)
def test_wave_form_with_wrong_value_says_what_is_wrong(
    typed: dict[str, Any], field: str, value: str, sentence: str
) -> None:
    form = WaveForm({**typed, field: value}, production=False)

    assert not form.is_valid()
    assert sentence in str(form.errors[field])


def test_wave_form_of_made_up_respondents_on_production_is_refused(typed: dict[str, Any]) -> None:
    typed["synthetic"] = "on"

    assert WaveForm(typed, production=False).is_valid()
    assert "production database" in str(WaveForm(typed, production=True).errors["synthetic"])
