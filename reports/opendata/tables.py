"""CSV with its CSVW metadata, and archives."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports.opendata.lines import COLUMNS, KEY, MARKS, Row, rows_of
from responses.staff.links import plain_cell

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of an archive, so that the same content gives the same bytes."""


def csv_of(rows: Iterable[Row]) -> bytes:
    """UTF-8 without a byte order mark; an empty field is no number. Texts are safe in spreadsheets."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(_flat(value) for value in row.values())
    return out.getvalue().encode()


def _flat(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, int | float) else plain_cell(str(value))


def csvw_of(url: str, title: str, description: str) -> bytes:
    """Metadata of a table for the web (W3C, 2015): datatypes, what is missing, and the key of a row."""
    columns = [
        {
            "name": name,
            "titles": name,
            "datatype": {"base": "boolean", "format": "true|false"} if kind == "boolean" else kind,
            "dc:description": words,
            "required": name in ("figure", "kind", "statistic", "status"),
        }
        for name, (kind, words) in COLUMNS.items()
    ]
    found = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": url,
        "dc:title": title,
        "dc:description": description,
        "dc:license": {"@id": LICENCE},
        "notes": [{"status": status, "meaning": words} for status, words in MARKS.items()],
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n", "\n"], "header": True},
        "tableSchema": {"columns": columns, "primaryKey": list(KEY)},
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def archive_of(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(ZipInfo(name, EPOCH), body, ZIP_DEFLATED)
    return out.getvalue()


def flat_csv(content: Mapping[str, Any]) -> bytes:
    return csv_of(rows_of(content))
