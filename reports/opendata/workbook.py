"""The numbers of a release as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

from reports.opendata.lines import COLUMNS, MARKS, figures_of, rows_of_figure
from reports.opendata.tables import archive_of

LONGEST_SHEET_NAME, LONGEST_CELL = 31, 32_767


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
