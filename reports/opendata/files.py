"""Which files a release has, and their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.opendata.ddi import codebook_of
from reports.opendata.jsonstat import collection_of
from reports.opendata.lines import MARKS, figures_of, rows_of, rows_of_figure
from reports.opendata.tables import LICENCE, archive_of, csv_of, csvw_of
from surveys.definition import Definition
from surveys.writing import written

SYNTHETIC = "Synthetic demonstration: respondents are made up, and no number says anything about the world."
PLAIN = "Whole per cents and bases, as published. Nothing that was withheld is in any of these files."


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of the release beside its numbers."""

    year: int
    number: int
    published_at: datetime
    content_hash: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def size(self) -> int:
        return len(self.body)


def files_of(
    content: Mapping[str, Any], facts: Facts, definitions: Mapping[str, Definition]
) -> tuple[File, ...]:
    """The same content gives the same bytes. The archive with everything comes first."""
    title = f"{content['edition']['title']} {facts.year}, release {facts.number}"
    notes = [SYNTHETIC] if content["synthetic"] else []
    notes += [PLAIN, f"SHA-256 of the content: {facts.content_hash}", facts.address, f"Licence: {LICENCE}"]
    day = facts.published_at.date().isoformat()
    made = [
        File("tables.csv", "text/csv; charset=utf-8", csv_of(rows_of(content))),
        File(
            "tables.csv-metadata.json",
            "application/csvm+json",
            csvw_of("tables.csv", title, " ".join(notes)),
        ),
        File(
            "tables.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _workbook(content, title, notes, facts.published_at),
        ),
        File(
            "tables.json-stat.json",
            "application/json",
            collection_of(content, title, " ".join(notes), facts.published_at.isoformat()),
        ),
    ]
    made += [
        File(f"questionnaire-{key}.yaml", "application/yaml; charset=utf-8", written(definition).encode())
        for key, definition in sorted(definitions.items())
    ]
    made += [
        File(f"codebook-{key}.xml", "application/xml", codebook_of(definition, content, title, day))
        for key, definition in sorted(definitions.items())
    ]
    made += [
        File(
            f"figures/{figure['id']}.csv",
            "text/csv; charset=utf-8",
            csv_of(rows_of_figure(part, figure)),
        )
        for part, figure in figures_of(content)
    ]
    return (_archive(made, facts, title, notes), *made)


def _workbook(content: Mapping[str, Any], title: str, notes: list[str], made: datetime) -> bytes:
    # Only whoever asks for a workbook needs its library, which brings one for pictures with it.
    from reports.opendata.workbook import workbook_of

    return workbook_of(content, title, notes, made)


def _archive(made: list[File], facts: Facts, title: str, notes: list[str]) -> File:
    entries = {"README.txt": _readme(made, title, notes)} | {file.name: file.body for file in made}
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in entries.items())
    entries["SHA256SUMS"] = sums.encode()
    return File(f"enquiry-{facts.year}-{facts.number}.zip", "application/zip", archive_of(entries))


def _readme(made: list[File], title: str, notes: list[str]) -> bytes:
    marks = [f"  {status}: {words}" for status, words in MARKS.items()]
    lines = [title, "", *notes, "", "Files:", *(f"  {file.name}" for file in made), "", "Marks:", *marks, ""]
    return "\n".join(lines).encode()
