"""CSV with its CSVW metadata, and a workbook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

from reports.opendata.lines import COLUMNS, KEY, MARKS, Row, figures_of, rows_of, rows_of_figure
from responses.staff.links import plain_cell

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of an archive, so that the same content gives the same bytes."""
LONGEST_SHEET_NAME, LONGEST_CELL = 31, 32_767


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


def workbook_of(content: Mapping[str, Any], title: str, notes: Iterable[str], made: datetime) -> bytes:
    """A sheet of contents with links, one that explains the marks, and one for each figure."""
    book = Workbook()
    contents = book.active
    assert contents is not None
    contents.title = "Contents"
    for words in (title, *notes):
        _append(contents, (words,))
    _append(contents, ())
    _append(contents, ("sheet", "figure", "question_number", "title"))
    names = {"contents", "marks"}
    marks = book.create_sheet("Marks")
    for status, meaning in MARKS.items():
        _append(marks, (status, meaning))
    for part, figure in figures_of(content):
        name = _free(figure["id"].partition(".")[2], names)
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        _append(sheet, tuple(COLUMNS))
        for row in rows_of_figure(part, figure):
            _append(sheet, row.values())
        _append(contents, (name, figure["id"], figure["number"], figure["title"]))
        link = contents.cell(contents.max_row, 1)
        link.hyperlink = f"#'{name}'!A1"
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return _same_times(out.getvalue(), made)


def _free(wanted: str, names: set[str]) -> str:
    name, number = wanted[:LONGEST_SHEET_NAME], 1
    while name.casefold() in names:
        number += 1
        name = f"{wanted[: LONGEST_SHEET_NAME - len(str(number)) - 1]} {number}"
    names.add(name.casefold())
    return name


def _append(sheet: Any, values: Iterable[Any]) -> None:
    """A number as a number; a text as a text, whatever it begins with."""
    sheet.append([_cell(sheet, value) for value in values])


def _cell(sheet: Any, value: Any) -> Any:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    cell = Cell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _same_times(workbook: bytes, made: datetime) -> bytes:
    """The same workbook with the time of its release for the time at which it was written."""
    stamp = made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    entries = {}
    with ZipFile(io.BytesIO(workbook)) as archive:
        for name in archive.namelist():
            entries[name] = archive.read(name)
    core = entries["docProps/core.xml"]
    start, end = core.index(b"<dcterms:modified"), core.index(b"</dcterms:modified>")
    opened = core.index(b">", start) + 1
    entries["docProps/core.xml"] = core[:opened] + stamp + core[end:]
    return archive_of(entries)


def archive_of(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(ZipInfo(name, EPOCH), body, ZIP_DEFLATED)
    return out.getvalue()


def flat_csv(content: Mapping[str, Any]) -> bytes:
    return csv_of(rows_of(content))
