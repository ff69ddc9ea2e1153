from __future__ import annotations

import pytest

from surveys.models import Wave
from tests.respond.fieldwork import Respondent, new_link, open_wave


@pytest.fixture(params=["law_enforcement", "enterprise"])
def either_wave(request: pytest.FixtureRequest, db: None) -> Wave:
    return open_wave(request.param)


@pytest.fixture
def wave(db: None) -> Wave:
    return open_wave("law_enforcement")


@pytest.fixture
def respondent(wave: Wave) -> Respondent:
    """Somebody who has a link and has not opened it."""
    return Respondent(new_link(wave))
