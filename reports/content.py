"""The content of a release: everything the public will see, built from stored tables and frozen as canonical JSON.

Whole per cents and exact bases alone: no counts, no decimals (a mean score has one).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from reports import queries, trending
from reports.compositions import report_content
from reports.estimates import Z95
from reports.fieldwork import fieldwork_of
from reports.lines import Naming, group_label, headline, line, naming_of, ordered
from reports.measures import rule_text
from reports.models import Cell, FigureWithdrawal, Policy, Table, WaveDataset
from reports.published import published, weighting_of
from reports.trends import Verdict
from responses import extracts
from surveys.definition import Definition, Derived, Kind, Question, Section
from surveys.models import Edition, Wave
from surveys.queries import definition_of
from surveys.wordings import fill_pipes

FEWER = "fewer than 5"
FEWEST_QUOTED = 5
"""Of an answer that fewer people gave, none of their words are printed."""
POLICY_FIELDS = (
    "version",
    "min_base",
    "min_base_high",
    "full_base",
    "min_cell_total",
    "min_cell_total_high",
    "min_base_break",
    "min_cell_break",
    "min_cell_break_high",
    "least_shown",
)


SINCE = {Verdict.MINOR: "minor_since", Verdict.CHANGED: "changed_since"}
"""Where a figure says of which earlier versions a verdict was given."""


def content_of(edition: Edition, audit_head: str = "") -> dict[str, Any]:
    """`audit_head` is the hash of the newest row of the audit log when the release was asked for.

    Printed in public, it lets anybody see later whether the log up to there was written anew.
    """
    waves = queries.waves_of(edition)
    tables = {wave.pk: _tables(wave) for wave in waves}
    withdrawn = dict(FigureWithdrawal.objects.filter(edition=edition).values_list("figure", "note"))
    policies = {table.policy for found in tables.values() for table in found.whole.values()}
    general = {policy for policy in policies if policy.wave_id is None} or {queries.current_policy()}
    anchor = {"audit_head": audit_head} if audit_head else {}
    return anchor | {
        "edition": {"year": edition.year, "title": edition.title},
        "synthetic": any(wave.synthetic for wave in waves),
        **report_content(edition),
        "parts": [_without(withdrawn, _part(wave, tables[wave.pk])) for wave in waves],
        "policy": _policy(max(general, key=lambda policy: policy.version)),
        "method": {
            "interval": "Wilson",
            "level": 95,
            "z": Z95,
            "weights": _weights(waves),
            "rounding": "whole per cents, half up, each on its own",
            "zeros": "nobody and everybody are shown of all respondents, and withheld of a group",
            "code_version": sorted(
                {table.run.code_version for found in tables.values() for table in found.whole.values()}
            ),
        },
    }


def _weights(waves: Iterable[Wave]) -> str:
    """How the parts are weighted, in one word; each part says more of its own weights."""
    kinds = {str(found.kind) for wave in waves if (found := weighting_of(wave)) is not None}
    return " and ".join(sorted(kinds)) or "none"


def canonical(content: dict[str, Any]) -> bytes:
    """RFC 8785: the same content always gives the same bytes."""
    return rfc8785.dumps(content)


def hash_of(canonical_bytes: bytes) -> str:
    return hashlib.sha256(canonical_bytes).hexdigest()


@dataclass(frozen=True, slots=True)
class _Tables:
    """Question -> its table of everybody, and its breakdowns, with the figures that are published of them."""

    whole: Mapping[str, Table]
    breakdowns: Mapping[str, Sequence[Table]]


def _tables(wave: Wave) -> _Tables:
    found = (
        Table.objects.standard()
        .filter(wave=wave)
        .select_related("policy", "run", "wave__weighting")
        .prefetch_related("cells")
    )
    breakdowns: dict[str, list[Table]] = {}
    for table in found:
        published(table.cells.all(), table.wave)
        if table.breakdown:
            breakdowns.setdefault(table.question, []).append(table)
    return _Tables({table.question: table for table in found if not table.breakdown}, breakdowns)


def _policy(policy: Policy) -> dict[str, int]:
    return {name: getattr(policy, name) for name in POLICY_FIELDS}


def _part(wave: Wave, tables: _Tables) -> dict[str, Any]:
    definition = definition_of(wave.questionnaire)
    return {
        "questionnaire": definition.key,
        "version": definition.version,
        "definition_hash": wave.questionnaire.definition_hash,
        "audience": definition.audience,
        "title": definition.title,
        "population": fill_pipes(definition.population, definition),
        "responses": next(iter(tables.whole.values())).responses,
        "opens": _day(wave.opens_at, wave),
        "closes": _day(wave.closes_at, wave),
        **_own_policy(tables),
        **_dataset(wave),
        **_collected(wave),
        **_weighting(wave, definition),
        "fieldwork": fieldwork_of(wave),
        **_quotations(wave, tables),
        "sections": _judged(
            definition,
            [
                _section(definition, section, tables, imported=wave.origin == Wave.Origin.IMPORTED)
                for section in definition.sections
            ],
        ),
    }


def _judged(definition: Definition, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Figures name the earlier versions from which somebody has judged their words to differ little, or to matter."""
    judged = {f"{definition.key}.{key}": found for key, found in trending.judged_since(definition).items()}
    for section in sections:
        for figure in section["figures"]:
            for verdict, versions in judged.get(figure["id"], {}).items():
                figure[SINCE[verdict]] = versions
    return sections


def rehearsed(
    definition: Definition, tables: Iterable[tuple[Table, list[Cell]]], responses: int, policy: Policy
) -> dict[str, Any]:
    """The content that made-up answers would have: tables that are in no database, with their cells."""
    found: dict[str, Table] = {}
    breakdowns: dict[str, list[Table]] = {}
    for table, cells in tables:
        # What `cells.all()` of a table without a row then gives.
        table.pk = -1
        vars(table)["_prefetched_objects_cache"] = {"cells": cells}
        if table.breakdown:
            breakdowns.setdefault(table.question, []).append(table)
        else:
            found[table.question] = table
    part = {
        "questionnaire": definition.key,
        "version": definition.version,
        "definition_hash": "",
        "audience": definition.audience,
        "title": definition.title,
        "population": fill_pipes(definition.population, definition),
        "responses": responses,
        "sections": [
            _section(definition, section, _Tables(found, breakdowns), imported=False)
            for section in definition.sections
        ],
    }
    return {
        "edition": {"year": 0, "title": definition.title},
        "synthetic": True,
        "parts": [part],
        "policy": _policy(policy),
        "method": {},
    }


def _without(withdrawn: Mapping[str, str], part: dict[str, Any]) -> dict[str, Any]:
    """A withdrawn figure keeps its question and loses its numbers."""
    for section in part["sections"]:
        for figure in section["figures"]:
            if figure["id"] in withdrawn:
                gone: dict[str, Any] = {
                    "lines": [],
                    "breakdowns": [],
                    "headline": None,
                    "not_stated": None,
                    "withdrawn": withdrawn[figure["id"]],
                }
                figure.update(gone)
    return part


def _own_policy(tables: _Tables) -> dict[str, Any]:
    """The rules of a wave that has its own."""
    policy = next(iter(tables.whole.values())).policy
    return {} if policy.wave_id is None else {"policy": _policy(policy)}


def _dataset(wave: Wave) -> dict[str, Any]:
    """Which set of responses the figures rest on. How many rows it has would tell how many were screened out."""
    found = WaveDataset.objects.filter(wave=wave).first()
    return {} if found is None else {"dataset": {"id": str(found.dataset_id), "hash": found.keys_hash}}


def _quotations(wave: Wave, tables: _Tables) -> dict[str, Any]:
    """Words that two people have found safe to print, of answers that enough people gave; nothing says whose."""
    definition = definition_of(wave.questionnaire)
    sections = {
        question.key: section.key for section in definition.sections for question in section.questions
    }
    found = [
        {"section": sections[question], "question": question, "code": code, "words": words}
        for question, code, words in extracts.quotations(wave)
        if question in sections and (not code or _is_common(tables, question, code))
    ]
    return {"quotations": found} if found else {}


def _is_common(tables: _Tables, question: str, code: str) -> bool:
    cells = tables.whole[question].cells.all() if question in tables.whole else ()
    return any(
        cell.code == code and cell.status != Cell.Status.WITHHELD and (cell.count or 0) >= FEWEST_QUOTED
        for cell in cells
    )


def _collected(wave: Wave) -> dict[str, str]:
    """Where the responses are from, if not from here: what respondents were promised was another promise then."""
    if wave.origin == Wave.Origin.FIELDED:
        return {}
    return {"origin": str(wave.origin), "imported_from": wave.source}


def _weighting(wave: Wave, definition: Definition) -> dict[str, Any]:
    found = weighting_of(wave)
    if found is None:
        return {}
    titles = [definition.partitions[name][1].title for name in found.margins if name in definition.partitions]
    return {
        "weighting": {
            "kind": str(found.kind),
            "margins": titles,
            "design_effect": round(found.deff or 1.0, 2),
            "effective_base": round(found.n_eff or 0.0),
        }
    }


def _day(moment: datetime, wave: Wave) -> str:
    return moment.astimezone(ZoneInfo(wave.time_zone)).date().isoformat()


def _section(definition: Definition, section: Section, tables: _Tables, *, imported: bool) -> dict[str, Any]:
    figures = []
    for question in section.questions:
        if question.key in tables.whole:
            breakdowns = tables.breakdowns.get(question.key, ())
            figures.append(_figure(definition, question, tables.whole[question.key], breakdowns))
        figures += [
            _derived_figure(definition, derived, tables.whole[derived.key])
            for derived in definition.derived
            if derived.over[-1:] == (question.key,) and derived.key in tables.whole
        ]
    # Each figure says it for itself, because each can be read alone.
    told = [figure | {"imported": True} for figure in figures] if imported else figures
    return {"key": section.key, "title": section.title, "figures": told}


def _figure(
    definition: Definition, question: Question, table: Table, breakdowns: Sequence[Table]
) -> dict[str, Any]:
    naming = naming_of(definition, question)
    cells = ordered(table.cells.all(), question, naming)
    lines = [_line(definition, naming, cell) for cell in cells]
    order = {_place(cell): place for place, cell in enumerate(cells)}
    return {
        "id": f"{definition.key}.{question.key}",
        "number": question.number,
        "question": fill_pipes(question.text, definition),
        "title": question.figure.title or fill_pipes(question.text, definition),
        "kind": question.kind.value,
        "scale": question.scale,
        "unit": question.unit,
        "base_text": question.analysis.base,
        "base_rule": rule_text(question.analysis.base_rule),
        "sensitivity": question.analysis.sensitivity.value,
        "wording_version": question.wording_version,
        "headline": headline(lines, question),
        "figure_type": question.figure.type,
        "not_stated": _not_stated(question, table),
        "weighted": any(cell.published_base is not None for cell in table.cells.all()),
        "lines": lines,
        "breakdowns": [_breakdown(definition, naming, found, order) for found in breakdowns],
        **_caveats(definition, question),
    }


def _caveats(definition: Definition, question: Question) -> dict[str, Any]:
    """Figures whose main number has to be read beside this one."""
    found = [f"{definition.key}.{key}" for key in question.figure.caveats]
    return {"caveats": found} if found else {}


def _line(definition: Definition, naming: Naming, cell: Cell) -> dict[str, Any]:
    found = line(cell, naming)
    piped = {name: fill_pipes(found[name], definition) for name in ("label", "row_label")}
    return found | piped


def _place(cell: Cell) -> tuple[str, ...]:
    return cell.row, cell.kind, cell.code, cell.statistic, cell.base_rule


def _breakdown(
    definition: Definition, naming: Naming, table: Table, order: Mapping[tuple[str, ...], int]
) -> dict[str, Any]:
    """The lines stand in the order of everybody's, so that a withheld one has a place that says nothing of it."""
    cells = sorted(table.cells.all(), key=lambda cell: (order.get(_place(cell), len(order)), cell.position))
    groups = dict.fromkeys(cell.part for cell in sorted(cells, key=lambda cell: cell.position))
    return {
        "class": table.breakdown,
        "title": definition.partitions[table.breakdown][1].title,
        "status": table.status,
        "reason": table.reason,
        "detail": table.design.partition(" ")[0],
        "parts": [
            {"code": group, "label": group_label(definition, table.breakdown, group)} for group in groups
        ],
        "lines": [_line(definition, naming, cell) | {"part": cell.part} for cell in cells],
    }


def _not_stated(question: Question, table: Table) -> int | str | None:
    """A grid has a number for each row; where a base is not shown, the number would tell it."""
    if (
        question.is_grid
        or question.detached
        or question.kind is Kind.OPEN_TEXT
        or _hides_a_base(table.cells.all())
    ):
        return None
    return FEWER if table.not_stated is None else table.not_stated


def _hides_a_base(cells: Iterable[Cell]) -> bool:
    return any(cell.base is None for cell in cells)


def _derived_figure(definition: Definition, derived: Derived, table: Table) -> dict[str, Any]:
    """A figure over several questions has no question of its own to print."""
    over = [definition.by_key[key] for key in derived.over]
    naming = naming_of(definition, over[0])
    lines = [line(cell, naming) | {"label": derived.label} for cell in table.cells.all()]
    return {
        "id": f"{definition.key}.{derived.key}",
        "number": "",
        "question": derived.label,
        "title": derived.label,
        "kind": "derived",
        "scale": "",
        "unit": "",
        "base_text": derived.base,
        "base_rule": "answered",
        "sensitivity": derived.sensitivity.value,
        "wording_version": max(question.wording_version for question in over),
        "headline": None,
        "figure_type": "none",
        "not_stated": None,
        "weighted": False,
        "lines": lines,
        "breakdowns": [],
    }
