"""Every column of the database is classified, and those about answers hold nothing that could lead back to a person."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection

from config.columns import COLUMNS, About, classified

ANSWERS = {About.RESPONSE, About.OPEN_TEXT, About.BALLOT}
TIMES = ("timestamp", "date", "time", "interval")
TELLING = (
    "invitation",
    "user",
    "email",
    "address",
    "agent",
    "language",
    "_at",
    "date",
    "time",
    "seconds",
    "unit",
)
# What tells something on purpose: a text is given to coders who read its language; its response has none.
TOLD = {("responses_opentext", "language"), ("responses_workingtranslation", "language")}
# Rows that staff or the night write, one for each code: their numbers follow no respondent's order.
NUMBERED = {
    ("responses_coding", "id"): "a coder's work on texts that have random keys",
    (
        "responses_tally",
        "id",
    ): "one for each code, written in the order of the codes and again after the last opening",
}


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    kind: str
    counts_up: bool


@pytest.fixture
def columns(db: None) -> list[Column]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT table_name, column_name, data_type, is_identity = 'YES' OR column_default LIKE 'nextval%%'
            FROM information_schema.columns WHERE table_schema = 'public'
            """
        )
        return [Column(table, name, kind, bool(counts)) for table, name, kind, counts in cursor.fetchall()]


def test_every_column_of_the_database_is_classified(columns: list[Column]) -> None:
    found = {(column.table, column.name) for column in columns}

    assert found - set(classified()) == set(), "classify these in config/columns.py"
    assert set(classified()) - found == set(), "these are gone: remove them from config/columns.py"


def test_no_column_is_classified_twice() -> None:
    named = [
        (table, column)
        for table, groups in COLUMNS.items()
        for names in groups.values()
        for column in names.split()
    ]

    assert len(named) == len(set(named))


def about_answers(columns: list[Column]) -> list[Column]:
    known = classified()
    return [column for column in columns if known.get((column.table, column.name)) in ANSWERS]


def test_answers_have_no_time(columns: list[Column]) -> None:
    assert [column for column in about_answers(columns) if column.kind.startswith(TIMES)] == []


def test_answers_have_no_address_language_or_invitation(columns: list[Column]) -> None:
    telling = [
        column
        for column in about_answers(columns)
        if column.kind in {"inet", "cidr", "macaddr"} or any(word in column.name for word in TELLING)
    ]

    assert {(column.table, column.name) for column in telling} == TOLD


def test_answers_have_no_sequence_number(columns: list[Column]) -> None:
    counting = {(column.table, column.name) for column in about_answers(columns) if column.counts_up}

    assert counting == set(NUMBERED)


def test_answers_refer_to_no_table_that_knows_a_person(db: None) -> None:
    known = {table: set(groups) for table, groups in COLUMNS.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, f.relname FROM pg_constraint
            JOIN pg_class c ON c.oid = conrelid JOIN pg_class f ON f.oid = confrelid WHERE contype = 'f'
            """
        )
        references = cursor.fetchall()

    leading_back = [
        (table, target)
        for table, target in references
        if known[table] & ANSWERS and known[target] & {About.CONTACT, About.DRAFT, About.STAFF, About.AUDIT}
    ]
    assert leading_back == []
