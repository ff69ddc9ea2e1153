"""A wave that lies in the past, and files for it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache
from random import Random

from responses.actions.import_responses import import_responses
from responses.importing.checking import Report, check_file
from responses.importing.kept import Kept
from responses.importing.mapping import read_mapping
from responses.importing.plan import Plan
from responses.importing.problems import Problem, Unusable
from responses.importing.table import open_table
from surveys.definition import Definition
from surveys.models import Edition, Questionnaire, Wave
from surveys.reading import read
from tests.box.field import SMALL, small_questionnaire

NOW = datetime(2019, 6, 3, 9, tzinfo=UTC)
OPENED = datetime(2018, 3, 1, tzinfo=UTC)
CLOSED = datetime(2018, 4, 1, tzinfo=UTC)

MAPPING = """
import: 1
questionnaire: small
version: 1
source: The survey of 2018, asked with another tool
missing:
  not_asked: [NA]
  skipped: [No answer]
weight: wt
questions:
  eligible: {always: yes_now}
  region: {column: Region}
  country: {column: Country}
  share: {column: Nails}
  habits:
    choices: {measure: H_measure, cut: H_cut, other: H_other, none: H_none}
    others: {other: H_text}
  tools: {columns: [T1, T2]}
  comment: {column: Comment}
  quote: {column: Quote, values: {agreed: may_quote}}
"""
HEADER = "Respondent,Region,Country,Nails,H_measure,H_cut,H_other,H_none,H_text,T1,T2,Comment,Quote,wt,Time"
GOOD = "r{n},north,AA,{n},1,0,0,0,,hammer,,,yes,1.5,2018-03-0{n}T10:00"


@cache
def small_definition() -> Definition:
    return read(SMALL.read_text())


def problems_of(data: bytes, mapping: str = MAPPING, encoding: str = "") -> list[Problem]:
    """Everything that is wrong with a file and its mapping, without a database."""
    try:
        plan = read_mapping(mapping, small_definition())
        report = check(data, plan, encoding)
    except Unusable as unusable:
        return list(unusable.problems)
    return [*report.refusals, *report.problems.first]


def check(data: bytes, plan: Plan, encoding: str = "", kept: Kept | None = None) -> Report:
    with open_table(io.BytesIO(data), encoding=encoding or plan.encoding, delimiter=plan.delimiter) as table:
        return check_file(table, plan, kept)


def past_wave(questionnaire: Questionnaire | None = None, year: int = 2018) -> Wave:
    edition, _made = Edition.objects.get_or_create(year=year, defaults={"title": "A report"})
    return Wave.objects.create(
        edition=edition,
        questionnaire=questionnaire or small_questionnaire(),
        opens_at=OPENED,
        closes_at=CLOSED,
        synthetic=True,
    )


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join((header, *rows, "")).encode()


def good_rows(count: int) -> list[str]:
    return [GOOD.format(n=n % 10) for n in range(count)]


def bring_in(wave: Wave, data: bytes, mapping: str = MAPPING, **options: object) -> Report:
    return import_responses(
        wave=wave, mapping=mapping, raw=io.BytesIO(data), by=None, now=NOW, **{"rng": Random(0), **options}
    )
