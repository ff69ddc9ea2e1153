"""The questionnaires as they are shipped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from surveys.definition import Definition
from surveys.reading import definition_of_data
from surveys.reading.yaml_text import plain

PROJECT = Path(__file__).resolve().parents[1]
SHIPPED = ("enterprise", "law_enforcement")


@cache
def definition_in(key: str) -> Definition:
    """Reading a file takes longer than all that most tests do with what it says."""
    return definition_of_data(*plain(yaml_text(key)))


def yaml_text(key: str) -> str:
    return (PROJECT / f"surveys/questionnaires/{key}.yaml").read_text()
