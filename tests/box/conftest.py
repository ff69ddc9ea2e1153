from __future__ import annotations

import pytest

from tests.box.field import Field, open_field
from tests.services import Database


@pytest.fixture
def field(db: None) -> Field:
    """A wave that is open, with its key; everything rolls back."""
    return open_field()


@pytest.fixture
def organisations(db: None) -> Field:
    return open_field(unit="organisation")


@pytest.fixture
def committed_field(committed_database: Database) -> Field:
    """The same where transactions are real."""
    return open_field()
