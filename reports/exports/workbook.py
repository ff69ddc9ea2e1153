"""Tables as a workbook, written sheet after sheet."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from reports.exports.rows import About, Row
from reports.exports.writers import FLAT, printed

LONGEST_SHEET_NAME = 31
LONGEST_CELL = 32_767
INSTEAD = "\N{REPLACEMENT CHARACTER}"


def write(about: About, rows: Iterable[Row], out: BinaryIO) -> None:
    """A sheet that says what is in the file and what the marks mean, then one for each question or request."""
    book = Workbook(write_only=True)
    contents = book.create_sheet(_("Contents"))
    for name, value in about.facts.items():
        _append(contents, (name, value))
    for note in about.notes:
        _append(contents, (note,))
    _append(contents, ())
    for mark, meaning in about.legend.items():
        _append(contents, (mark, meaning))
    _append(contents, ())
    _append(contents, ("sheet", "question", "question_number", "wording", "request"))
    names = {_("Contents").casefold()}
    for (question, request), found in groupby(rows, key=lambda row: (row["question"], row["request"])):
        _write_sheet(book, contents, _free(question, names), request, found)
    contents.close()
    book.save(out)


def _write_sheet(book: Workbook, contents: Any, name: str, request: str, rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    _append(sheet, FLAT)
    first: Row = {}
    for row in rows:
        first = first or row
        _append(sheet, printed(row).values())
    sheet.close()
    _append(contents, (name, first["question"], first["question_number"], first["wording"], request))


def _free(wanted: str, names: set[str]) -> str:
    """The name of a sheet, which is short, and no other in the book whatever the case of its letters."""
    name, number = wanted[:LONGEST_SHEET_NAME], 1
    while name.casefold() in names:
        number += 1
        ending = f" {number}"
        name = wanted[: LONGEST_SHEET_NAME - len(ending)] + ending
    names.add(name.casefold())
    return name


def _append(sheet: Any, values: Iterable[Any]) -> None:
    sheet.append([_sheet_cell(sheet, value) for value in values])


def _sheet_cell(sheet: Any, value: Any) -> Any:
    """A number as a number; a text as a text, whatever it begins with."""
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(INSTEAD, text)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell
