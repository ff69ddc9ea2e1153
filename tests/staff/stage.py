"""A small programme to look at: an edition, a wave, a run with tables, a request for a release."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from accounts.models import User
from reports.actions import auditing
from reports.estimates import wilson_count
from reports.models import Cell, Policy, Release, Run, Table
from responses.models import Mailing
from surveys import definition as d
from surveys import storage
from surveys.models import Edition, Questionnaire, Wave, WaveKey
from tests.box.people import tell_method
from tests.staff.people import NOW

POLICY = d.Question(
    key="policy",
    number="5",
    kind=d.Kind.SINGLE,
    text="Is there a policy?",
    analysis=d.Analysis(
        concept="policy",
        base="All who took part",
        nets=(d.Net("has_policy", "Has a policy", ("written", "spoken")),),
    ),
    figure=d.Figure("bars"),
    choices=(
        d.Choice("written", "Written <b onclick>policy</b>"),
        d.Choice("spoken", "Spoken policy"),
        d.Choice("neither", "No policy", role=d.Role.NONE),
    ),
)
SIZE = d.Question(
    key="size",
    number="1",
    kind=d.Kind.SINGLE,
    text="How large is it?",
    analysis=d.Analysis(
        concept="size",
        base="All who took part",
        partitions=(
            d.Partition(
                "size2", "Size", (d.Part("small", "Small", ("s",)), d.Part("large", "Large", ("l",)))
            ),
        ),
    ),
    figure=d.Figure("bars"),
    choices=(d.Choice("s", "Small"), d.Choice("l", "Large")),
)
CONSENT = d.Page(
    "consent",
    d.PageKind.CONSENT,
    "Before you begin",
    "Questions are answered by [contact]. Help: [helpline]. Until [withdrawal date] you can take answers back.",
)


def small_definition(*, unit: d.Unit = d.Unit.PERSON) -> d.Definition:
    return d.Definition(
        schema_version="1.0",
        key="small",
        version=1,
        title="A small questionnaire",
        audience="Offices",
        population="All offices",
        unit=unit,
        mode="web",
        language="en",
        estimated_minutes=1,
        reference_period=(),
        pages=(CONSENT,),
        sections=(d.Section("about", "About you", "", (SIZE, POLICY)),),
    )


def small_questionnaire(*, unit: d.Unit = d.Unit.PERSON) -> Questionnaire:
    return storage.write(small_definition(unit=unit))


def small_wave(*, unit: d.Unit = d.Unit.PERSON, **fields: Any) -> Wave:
    edition, _made = Edition.objects.get_or_create(year=2019, defaults={"title": "The report"})
    tell_method(edition, NOW)
    times = {"opens_at": NOW - timedelta(days=1), "closes_at": NOW + timedelta(days=30)}
    return Wave.objects.create(
        edition=edition,
        questionnaire=small_questionnaire(unit=unit),
        **{**times, "synthetic": True, **fields},
    )


def give_key(wave: Wave) -> None:
    WaveKey.objects.create(wave=wave, public_key=bytes(32))


def counted(wave: Wave) -> Run:
    """A run of the night with three tables: of everybody, one breakdown shown and one dropped."""
    run = Run.objects.create(
        wave=wave,
        claim_number=1,
        status=Run.Status.DONE,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=12),
        opened=90,
        refused=1,
        responses=120,
        cells=5,
        withheld=1,
        code_version="0.1.0",
        checksum="c" * 64,
    )
    everybody = make_table(wave, run, 1)
    make_cell(everybody, 1, "net", "has_policy", 90.4)
    make_cell(everybody, 2, "choice", "written", 0.3)
    Cell.objects.create(
        table=everybody, position=3, kind="choice", code="spoken", status="withheld", reason="small_cell"
    )
    by_size = make_table(wave, run, 2, breakdown="size2")
    make_cell(by_size, 1, "choice", "none", 60.0, base=300, part="small")
    make_cell(by_size, 2, "choice", "none", 40.0, base=200, part="large", status="small_base")
    return run


def make_table(wave: Wave, run: Run, position: int, **fields: Any) -> Table:
    policy = Policy.objects.get(version=1)
    return Table.objects.create(
        wave=wave, run=run, policy=policy, question="policy", position=position, responses=120, **fields
    )


def make_cell(table: Table, position: int, kind: str, code: str, value: float, **fields: Any) -> Cell:
    """Out of 500, so that a small share is still somebody's."""
    base = fields.pop("base", 500)
    count = max(1, round(value * base / 100))
    found = wilson_count(count, base)
    numbers = {"value": value, "low": 100 * found.low, "high": 100 * found.high, "base": base, "count": count}
    return Cell.objects.create(table=table, position=position, kind=kind, code=code, **numbers, **fields)


def small_content(wave: Wave) -> dict[str, Any]:
    line = {
        "row": "",
        "row_label": "",
        "code": "has_policy",
        "label": "Has a policy",
        "kind": "net",
        "statistic": "percent_of_respondents",
        "base_rule": "answered",
        "percent": 90,
        "low": 83,
        "high": 94,
        "base": 120,
        "status": "shown",
        "role": "",
    }
    withheld = {**line, "code": "spoken", "label": "Spoken", "kind": "choice", "status": "withheld"}
    figure = {
        "id": "small.policy",
        "number": "5",
        "question": "Is there a policy?",
        "title": "Policy",
        "note": "",
        "kind": "single",
        "base_text": "All who took part",
        "base_rule": "answered",
        "sensitivity": "low",
        "wording_version": 1,
        "headline": {"label": "Has a policy", "percent": 90, "base": 120},
        "figure_type": "bars",
        "not_stated": None,
        "lines": [line, {**withheld, "percent": None, "low": None, "high": None, "base": None}],
    }
    part = {
        "questionnaire": "small",
        "version": 1,
        "definition_hash": "d" * 64,
        "audience": "Offices",
        "title": "A small questionnaire",
        "population": "All offices",
        "responses": 120,
        "opens": "2019-06-02",
        "closes": "2019-07-03",
        "sections": [{"key": "about", "title": "About you", "figures": [figure]}],
    }
    edition = {"year": wave.edition.year, "title": wave.edition.title}
    return {"edition": edition, "synthetic": True, "parts": [part], "policy": {"version": 1}, "method": {}}


def requested(wave: Wave, by: User) -> Release:
    content = json.dumps(small_content(wave), sort_keys=True, separators=(",", ":"))
    made = Release.objects.create(
        edition=wave.edition,
        note="First release",
        content=content,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        requested_by=by,
        requested_at=NOW,
    )
    auditing.make(release=made, now=NOW)
    return made


def stage_everything() -> Wave:
    wave = small_wave()
    counted(wave)
    requested(wave, User.objects.create_user("asker@example.org"))
    Mailing.objects.create(wave=wave, kind=Mailing.Kind.INVITATION)
    return wave
