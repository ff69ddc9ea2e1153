from __future__ import annotations

import pytest

from responses.models import Ballot, Draft, Invitation
from surveys.models import Wave
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["law_enforcement", "enterprise"])
def wave(request: pytest.FixtureRequest, db: None) -> Wave:
    return open_wave(request.param)


def test_respondent_answers_everything_and_gets_a_receipt(wave: Wave) -> None:
    respondent = Respondent(new_link(wave)).begin()

    respondent.walk(first_answers)
    checked = respondent.text()
    respondent.press("send")

    assert "Check your answers" in checked
    assert respondent.heading == "Your answers are sent"
    assert len(respondent.receipt()) == 19
    assert Ballot.objects.count() == 1
    assert not Draft.objects.exists()
    assert Invitation.objects.get().state == Invitation.State.FINISHED
