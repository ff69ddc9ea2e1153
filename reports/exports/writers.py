"""The three formats. Each writes row after row and keeps none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, BinaryIO

from reports.exports.marks import LEGEND, Mark
from reports.exports.rows import COLUMNS, NUMBERS, About, Row
from responses.staff.links import plain_cell

TABLE_KEYS = (
    "question",
    "question_number",
    "wording",
    "wording_version",
    "request",
    "breakdown",
    "breakdown_label",
    "not_stated",
    "responses",
    "policy",
    "run",
    "program",
)
"""What of a row holds for its whole table. In JSON it is said once."""
FLAT = (*COLUMNS, "marks_mean")


def write_csv(about: About, rows: Iterable[Row], out: BinaryIO, *, bom: bool = True) -> None:
    """UTF-8, by default with the mark that spreadsheets look for; one line of names, then one line a cell.

    What holds for the whole file, and what the marks mean, stands in every line, so that no line of the file is
    anything but data. A text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    if bom:
        out.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([*about.facts, "notes", *FLAT])
    facts = [_flat(value) for value in (*about.facts.values(), " ".join(about.notes))]
    for row in rows:
        writer.writerow([*facts, *(_flat(value) for value in printed(row).values())])
    text.flush()
    text.detach()


def printed(row: Row) -> Row:
    """Where a figure is not told, its mark stands in the place of each number that it would have."""
    marks = row["marks"]
    instead = next((m for m in (Mark.WITHHELD, Mark.NOT_ASKED, Mark.DROPPED) if m in marks), None)
    hidden = {name: instead.value for name in NUMBERS if row[name] is None} if instead else {}
    meaning = " ".join(str(LEGEND[Mark(mark)]) for mark in marks)
    return {**row, **hidden, "marks": " ".join(marks), "marks_mean": meaning}


def _flat(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, (int, float)) else plain_cell(str(value))


def write_json(about: About, rows: Iterable[Row], out: BinaryIO) -> None:
    """One object: the facts, the legend, then the tables with their cells. A figure that is not told is null."""
    head = {"format": "enquiry-tables", "format_version": 1, **about.facts, "notes": about.notes}
    opening = json.dumps({**head, "legend": about.legend}, ensure_ascii=False)
    out.write(opening[:-1].encode() + b', "tables": [')
    for number, (table, cells) in enumerate(_by_table(rows)):
        opened = json.dumps(dict(table), ensure_ascii=False)
        out.write((b",\n" if number else b"\n") + opened[:-1].encode())
        dropped, first = False, True
        for cell in cells:
            dropped = dropped or cell["status"] == "dropped"
            if first:
                out.write(f', "dropped": {json.dumps(dropped)}, "cells": ['.encode())
            if not dropped:
                out.write((b"\n " if first else b",\n ") + json.dumps(cell, ensure_ascii=False).encode())
            first = False
        out.write(b"]}")
    out.write(b"\n]}\n")


def _by_table(rows: Iterable[Row]) -> Iterator[tuple[tuple[tuple[str, Any], ...], Iterator[Row]]]:
    for table, found in groupby(rows, key=lambda row: tuple((name, row[name]) for name in TABLE_KEYS)):
        yield table, ({name: row[name] for name in row if name not in TABLE_KEYS} for row in found)


def write_xlsx(about: About, rows: Iterable[Row], out: BinaryIO) -> None:
    """A sheet that says what is in the file and what the marks mean, then one for each question or request."""
    # Only whoever asks for a workbook needs its library, which brings one for pictures with it.
    from reports.exports.workbook import write

    write(about, rows, out)


Writer = Callable[..., None]
WRITERS: Mapping[str, Writer] = {"csv": write_csv, "json": write_json, "xlsx": write_xlsx}
CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
