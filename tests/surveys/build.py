"""Small questionnaires for tests, and the two that ship."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from surveys.definition import (
    Analysis,
    Choice,
    Definition,
    Disposition,
    Figure,
    Kind,
    Page,
    PageKind,
    Question,
    Role,
    Row,
    ScreenOut,
    Section,
    Unit,
)
from surveys.reading import read

SHIPPED = Path(__file__).resolve().parents[2] / "surveys" / "questionnaires"
KEYS = ("law_enforcement", "enterprise")


def shipped_text(key: str) -> str:
    return (SHIPPED / f"{key}.yaml").read_text(encoding="utf-8")


@cache
def shipped(key: str) -> Definition:
    return read(shipped_text(key))


UNDECIDED = Choice("dont_know", "I cannot judge", Role.DONT_KNOW, exclusive=True, pin=True)
WITHHELD = Choice("prefer_not", "I prefer not to answer", Role.PREFER_NOT, exclusive=True, pin=True)
NEVER_SEEN = Choice("not_encountered", "Not seen", Role.NOT_ENCOUNTERED, exclusive=True, pin=True)
YES_OR_NO = (Choice("agree", "Yes"), Choice("disagree", "No"), NEVER_SEEN, UNDECIDED, WITHHELD)


def question(key: str, kind: Kind = Kind.SINGLE, **values: Any) -> Question:
    if kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.GRID_SINGLE, Kind.GRID_MULTIPLE):
        values.setdefault("choices", YES_OR_NO)
    analysis = values.pop("analysis", Analysis(concept=f"test.{key}", base="All"))
    return Question(key, key, kind, f"Text of {key}", analysis, Figure("bar"), **values)


def grid(key: str, *rows: str | Row, **values: Any) -> Question:
    whole = tuple(row if isinstance(row, Row) else Row(row, f"Row {row}") for row in rows)
    return question(key, values.pop("kind", Kind.GRID_SINGLE), rows=whole, **values)


def screening(key: str, **values: Any) -> Question:
    ending = ScreenOut("screened_out", (("disagree", Disposition.NOT_ELIGIBLE),))
    return question(key, screen_out=ending, **values)


def questionnaire(
    *questions: Question | tuple[Question, ...], pages: tuple[Page, ...] = (), **values: Any
) -> Definition:
    """Questions in one section, or a section for each tuple of them."""
    groups = questions if isinstance(questions[0], tuple) else (questions,)
    sections = tuple(
        Section(f"section_{n}", f"Section {n}", "", tuple(group)) for n, group in enumerate(groups, start=1)
    )
    return Definition(
        schema_version="1.1",
        key="test",
        version=1,
        title="Test",
        audience="Test",
        population="Everybody",
        unit=Unit.PERSON,
        mode="Web",
        language="en",
        estimated_minutes=5,
        reference_period=(("plain", "the past 12 months"),),
        pages=pages,
        sections=sections,
        **values,
    )


def definitions_page(key: str, before: str) -> Page:
    return Page(key, PageKind.DEFINITIONS, "Words", "Body", before)
