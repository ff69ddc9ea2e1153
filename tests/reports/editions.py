"""Closed editions of one small questionnaire with stored tables, made without responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from reports.estimates import wilson_count
from reports.models import Cell, Policy, Run, Table
from surveys import definition as d
from surveys import storage
from surveys.models import Edition, Questionnaire, Wave

POLICY = d.Question(
    key="policy",
    number="2",
    kind=d.Kind.SINGLE,
    text="Is there a policy?",
    analysis=d.Analysis(
        concept="test.policy",
        base="All who took part",
        nets=(d.Net("has_policy", "Has a policy", ("written", "spoken")),),
        breaks=("area2",),
    ),
    figure=d.Figure("bar"),
    choices=(
        d.Choice("written", "Written policy"),
        d.Choice("spoken", "Spoken policy"),
        d.Choice("neither", "No policy", role=d.Role.NONE),
    ),
)
AREA = d.Question(
    key="area",
    number="1",
    kind=d.Kind.SINGLE,
    text="Where is it?",
    analysis=d.Analysis(
        concept="test.area",
        base="All who took part",
        partitions=(
            d.Partition("area2", "Area", (d.Part("us", "US", ("u",)), d.Part("else", "Elsewhere", ("e",)))),
        ),
    ),
    figure=d.Figure("bar"),
    choices=(d.Choice("u", "US"), d.Choice("e", "Elsewhere")),
)


def definition(version: int = 1, *questions: d.Question) -> d.Definition:
    return d.Definition(
        schema_version="1.1",
        key="small",
        version=version,
        title="A small questionnaire",
        audience="Offices",
        population="All offices",
        unit=d.Unit.PERSON,
        mode="Web",
        language="en",
        estimated_minutes=1,
        reference_period=(),
        pages=(),
        sections=(d.Section("about", "About you", "", questions or (AREA, POLICY)),),
    )


def reworded(question: d.Question = POLICY, *, bumped: bool = True, **values: Any) -> d.Question:
    """The question in other words."""
    given = values or {"text": "Does your office have a policy?"}
    return replace(question, wording_version=2 if bumped else 1, **given)


def edition(year: int, of: d.Definition | None = None, **fields: Any) -> Wave:
    """A closed wave of the year with a run, and no table yet."""
    wanted = of or definition()
    known = Questionnaire.objects.filter(key=wanted.key, version=wanted.version).first()
    made, _new = Edition.objects.get_or_create(year=year, defaults={"title": "The report"})
    wave = Wave.objects.create(
        edition=made,
        questionnaire=known or storage.write(wanted),
        **{
            "status": Wave.Status.FINAL,
            "opens_at": datetime(year, 6, 1, tzinfo=UTC),
            "closes_at": datetime(year, 7, 1, tzinfo=UTC),
            "synthetic": True,
            **fields,
        },
    )
    Run.objects.create(
        wave=wave, claim_number=1, status=Run.Status.DONE, started_at=wave.closes_at, responses=450
    )
    return wave


Counts = Mapping[str | tuple[str, str], tuple[int, int] | None]
"""code, or (kind, code) -> (count, base); None is withheld."""


def table(
    wave: Wave, figures: Mapping[str, Counts] | Counts, *, question: str = "policy", breakdown: str = ""
) -> Table:
    """A stored table. With a breakdown `figures` has the counts of each part."""
    made = Table.objects.create(
        wave=wave,
        run=wave.runs.get(),
        policy=Policy.objects.get(version=1),
        question=question,
        breakdown=breakdown,
        position=2,
        responses=450,
    )
    by_part: Mapping[str, Any] = figures if breakdown else {"": figures}
    cells = [
        _cell(made, part, line, counted)
        for part, counts in by_part.items()
        for line, counted in counts.items()
    ]
    for position, cell in enumerate(cells, start=1):
        cell.position = position
    Cell.objects.bulk_create(cells)
    return made


def _cell(of: Table, part: str, line: str | tuple[str, str], counted: tuple[int, int] | None) -> Cell:
    kind, code = line if isinstance(line, tuple) else ("choice", line)
    cell = Cell(table=of, part=part, kind=kind, code=code)
    if counted is None:
        cell.status = Cell.Status.WITHHELD
        return cell
    cell.count, cell.base = counted
    around = wilson_count(*counted)
    cell.value, cell.low, cell.high = 100 * counted[0] / counted[1], 100 * around.low, 100 * around.high
    return cell
