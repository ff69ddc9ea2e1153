"""A questionnaire that is written out is read back as the same one."""

from __future__ import annotations

import pytest
import yaml

from surveys.reading import read
from surveys.writing import data_of, written
from tests.surveys.build import shipped
from tests.surveys.test_validation import SMALL


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_shipped_questionnaire_comes_back_as_it_was(key: str) -> None:
    definition = shipped(key)

    assert read(written(definition)) == definition


def test_small_questionnaire_comes_back_as_it_was() -> None:
    definition = read(SMALL)

    assert read(written(definition)) == definition


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    data = data_of(shipped("enterprise"))
    data["questionnaire"]["title"] = "no"

    assert yaml.safe_load(yaml.safe_dump(data))["questionnaire"]["title"] == "no"
