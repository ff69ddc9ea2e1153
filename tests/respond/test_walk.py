"""Random respondents over both questionnaires: what is stored is what they said last, on their last path."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from responses.ballots import read
from responses.models import Ballot, Draft
from responses.sealing import generate_key_pair, open_ballot
from surveys.models import Wave, WaveKey
from surveys.queries import definition_of
from tests.respond.fieldwork import Respondent, new_link
from tests.respond.walker import Walker

JOURNEYS = 1000 if os.environ.get("DEEP") == "1" else 12
"""Of each questionnaire."""


@pytest.mark.parametrize("either_wave", ["law_enforcement", "enterprise"], indirect=True)
def test_journey_of_any_respondent_stores_what_was_said_last_on_the_final_path(either_wave: Wave) -> None:
    private, public = generate_key_pair()
    WaveKey.objects.filter(wave=either_wave).update(public_key=public)
    definition = definition_of(either_wave.questionnaire)

    @settings(max_examples=JOURNEYS, suppress_health_check=list(HealthCheck), database=None)
    @given(st.integers(0, 2**48))
    def walk(seed: int) -> None:
        Ballot.objects.all().delete()
        walker = Walker(Respondent(new_link(either_wave)), definition, Random(seed))

        walker.walk()

        sealed = Ballot.objects.get().sealed
        content = open_ballot(sealed, private_key=private, size=either_wave.questionnaire.ballot_size)
        assert dict(read(content, definition).answers) == walker.final(), walker.turns
        assert set(walker.final()) <= walker.shown
        assert not Draft.objects.exists()

    walk()
