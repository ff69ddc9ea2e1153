"""What tests of experts share: an editor, and an edition that has been counted."""

from __future__ import annotations

import pytest

from accounts.models import User
from surveys.models import Edition
from tests.box.people import member_of_staff
from tests.reports.test_release import final_wave


@pytest.fixture
def editor(db: None) -> User:
    return member_of_staff("analyst")


@pytest.fixture
def edition(db: None) -> Edition:
    return final_wave().edition
