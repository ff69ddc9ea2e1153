"""The tables of a wave as files: everything that is stored, nothing that is withheld, and no formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from math import isclose
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from accounts.models import AuditEvent
from accounts.permissions import NotPermitted
from reports import queries
from reports.actions import exports, tables
from reports.claims import claim
from reports.disclosure import Decision
from reports.exports.rows import COLUMNS, NUMBERS, Row, about
from reports.exports.writers import WRITERS
from reports.models import Cell, Run, Table
from surveys.models import Wave
from tests.box.people import member_of_staff
from tests.reports.stage import NOW, answer, code_everything, marks, wave_of
from tests.reports.test_requests import GOOD as REQUEST
from tests.reports.test_requests import ask
from tests.services import acting_as

PLACE = ("question", "request", "breakdown", "row", "part", "kind", "code", "statistic", "base_rule")
MARKS = {"[w]", "[n]", "[d]"}


COUNTED: list[Decision] = []
"""Plain data, counted once: every test after the first stores it again."""


@pytest.fixture
def wave(db: None) -> Wave:
    """Counted as at night, with a request; every status and every kind of cell is among its tables."""
    wave = wave_of("law_enforcement")
    request = ask(wave, REQUEST)
    policy = queries.current_policy()
    if not COUNTED:
        answer(wave, range(300))
        code_everything(wave)
        COUNTED.extend(tables.decided(tables.count_wave(wave, marks(wave)), policy))
    held = claim(wave_id=wave.pk, now=NOW)
    assert held is not None
    run = Run.objects.create(
        wave=wave,
        claim_number=held.number,
        status=Run.Status.DONE,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=9),
        responses=400,
        code_version="1.2.3",
    )
    decisions = [of_request(decision, request.pk) for decision in COUNTED]
    tables.replace(wave=wave, run=run, policy=policy, decisions=decisions, eligible=380, held=held)
    # Statuses that this wave has no cell of by itself.
    found = Cell.objects.filter(table__wave=wave, table__breakdown="", status="shown", count__gt=9).order_by(
        "pk"
    )
    nobody, not_asked = found.values_list("pk", flat=True)[:2]
    Cell.objects.filter(pk=nobody).update(count=0, value=0, low=0)
    none = dict.fromkeys(("count", "base", "value", "low", "high"))
    Cell.objects.filter(pk=not_asked).update(status="not_asked", **none)
    return wave


def of_request(decision: Decision, number: int) -> Decision:
    is_asked = decision.table.request is not None
    return replace(decision, table=replace(decision.table, request=number)) if is_asked else decision


def expected(wave: Wave) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every stored cell, and every dropped table, as they stand in the database."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for table in Table.objects.filter(wave=wave).select_related("request"):
        request = table.request
        head = (
            table.question,
            f"{request.number}.{request.version} {request.title}" if request else "",
            table.breakdown,
        )
        for cell in table.cells.all():
            place = (cell.row, cell.part, cell.kind, cell.code, cell.statistic, cell.base_rule)
            found[head + place] = (cell.base, cell.count, cell.value, cell.low, cell.high, cell.status)
        if not table.cells.exists():
            found[head + ("",) * 6] = (None,) * 5 + ("dropped",)
    return found


def read_csv(content: bytes) -> list[Row]:
    return [plain(row) for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]


def read_xlsx(content: bytes) -> list[Row]:
    book = load_workbook(BytesIO(content), read_only=True)
    found = []
    for sheet in book.worksheets[1:]:
        rows = sheet.iter_rows(values_only=True)
        names = next(rows)
        found += [plain(dict(zip(names, row, strict=True))) for row in rows]
    return found


def read_json(content: bytes) -> list[Row]:
    found = []
    for table in json.loads(content)["tables"]:
        head = {name: value for name, value in table.items() if name != "cells"}
        found += [head | cell for cell in table["cells"]]
        if table["dropped"]:
            texts = dict.fromkeys(PLACE[3:], "")
            found.append({**texts, **head, **dict.fromkeys(NUMBERS), "status": "dropped"})
    return found


def plain(row: dict[str, Any]) -> Row:
    """Numbers as numbers, marks as nothing, and texts without the apostrophe that keeps them from being formulas."""
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    if name in NUMBERS:
        return None if value in {*MARKS, "", None} else float(value)
    text = "" if value is None else str(value)
    return text[1:] if re.match(r"'[=+@\t\r-]", text) else text


READERS: dict[str, Callable[[bytes], list[Row]]] = {"csv": read_csv, "json": read_json, "xlsx": read_xlsx}


def exported(wave: Wave, form: str, **options: Any) -> bytes:
    out = BytesIO()
    exports.export_tables(wave=wave, form=form, out=out, by=None, now=NOW, **options)
    return out.getvalue()


def test_every_format_is_read_back_as_the_stored_cells_are(wave: Wave) -> None:
    stored = expected(wave)

    for form, read in READERS.items():
        with acting_as("web"):
            content = exported(wave, form)
        rows = read(content)
        found = {
            tuple(row[name] for name in PLACE): (*(row[name] for name in NUMBERS), row["status"])
            for row in rows
        }
        assert len(rows) == len(found), form
        assert found.keys() == stored.keys(), form
        wrong = {place for place in stored if not same(found[place], stored[place])}
        assert not (wrong if form == "xlsx" else [p for p in stored if found[p] != stored[p]]), form

    assert {numbers[-1] for numbers in stored.values()} == {
        "shown",
        "small_base",
        "withheld",
        "not_asked",
        "dropped",
    }
    assert len(stored) > 500


def same(found: tuple[Any, ...], stored: tuple[Any, ...]) -> bool:
    """A workbook keeps fifteen digits, like the programs that read it."""
    return all(
        one == other or (isinstance(one, float) and isclose(one, other, rel_tol=1e-14))
        for one, other in zip(found, stored, strict=True)
    )


def test_every_row_says_in_words_what_it_rests_on(wave: Wave) -> None:
    rows = read_csv(exported(wave, "csv"))
    own = [row for row in rows if row["request"].startswith("1.1 ") and row["code"] == "hardly_ever"]
    zero = [row for row in rows if row["marks"] == "[0]"]
    withheld = [row for row in rows if row["status"] == "withheld"]

    assert own[0]["label"] == "Hardly ever"
    assert own[0]["base_in_words"] == "Those who answered, without “don't know”"
    assert {row["synthetic"] for row in rows} == {"yes"}
    assert all("the respondents of this wave are made up" in row["notes"] for row in rows)
    assert all("nobody gave this answer" in row["marks_mean"] for row in zero)
    assert zero
    assert all(row["marks"] == "[w]" and "Withheld" in row["marks_mean"] for row in withheld)
    assert all(row["wording"] and row["base_in_words"] for row in rows if row["status"] != "dropped")
    assert {(row["policy"], row["run"], row["program"], row["responses"]) for row in rows} == {
        ("1", "1", "1.2.3", "380")
    }


def test_legend_of_distinct_marks_is_in_every_format_and_numbers_are_numbers(wave: Wave) -> None:
    legend = about(wave, "en").legend
    workbook = load_workbook(BytesIO(exported(wave, "xlsx")), read_only=True)
    contents = {row[0]: row[1] for row in workbook.worksheets[0].iter_rows(values_only=True, max_col=2)}

    assert len(set(legend.values())) == len(legend) == 5
    assert json.loads(exported(wave, "json"))["legend"] == legend
    assert {mark: contents[mark] for mark in legend} == legend
    assert set(about(wave, "en").notes) < contents.keys()
    assert contents["synthetic"] == "yes"
    text = exported(wave, "csv").decode()
    assert all(meaning.replace('"', '""') in text for meaning in legend.values())

    rows = workbook["ls_frequency"].iter_rows(values_only=True)
    names = next(rows)
    values = [dict(zip(names, row, strict=True)) for row in rows]

    for row in values:
        if row["status"] in ("shown", "small_base"):
            assert isinstance(row["count"], int)
            assert isinstance(row["value"], (int, float))
        if row["status"] == "withheld":
            assert (row["count"], row["value"]) == ("[w]", "[w]")
    assert {sheet.title for sheet in workbook.worksheets} >= {"Contents", "ls_frequency", "ls_frequency 2"}


def test_imported_wave_says_so_in_every_format(wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(origin="imported", source="=Another institute, 2016")
    wave.refresh_from_db()

    words = {
        "json": " ".join(json.loads(exported(wave, "json"))["notes"]),
        "csv": csv_field(exported(wave, "csv"), "notes"),
        "xlsx": " ".join(about(wave, "en").notes),
    }

    for form, said in words.items():
        assert "collected under another promise" in said, form
        assert "=Another institute, 2016" in said, form
    assert csv_field(exported(wave, "csv"), "source") == "'=Another institute, 2016"


def csv_field(content: bytes, name: str) -> str:
    return next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))[name]


EVIL = (
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "#REF!",
    "a\x0bb",
    "=1\n=2",
)


@pytest.mark.parametrize("form", list(WRITERS))
def test_no_text_becomes_a_formula(form: str, db: None) -> None:
    row: Row = (
        dict.fromkeys(COLUMNS, "")
        | dict.fromkeys(NUMBERS, -1.5)
        | {"marks": [], "question": "q", "request": ""}
    )
    rows = [row | {"label": text, "wording": text} for text in EVIL]
    out = BytesIO()

    WRITERS[form](about(wave_of("enterprise"), "en"), rows, out)

    content = out.getvalue()
    if form == "csv":
        found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        cells = [cell for line in found for cell in line]
        assert [c for c in cells if c[:1] in {"=", "+", "-", "@", "\t", "\r"}] == ["-1.5"] * 5 * len(EVIL)
    elif form == "xlsx":
        with ZipFile(BytesIO(content)) as parts:
            sheets = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/" in name)
        assert b"<f>" not in sheets
        assert b't="e"' not in sheets
        assert sheets.count(b"<v>-1.5</v>") == 5 * len(EVIL)
        assert b"HYPERLINK" in sheets
    else:
        labels = [cell["label"] for cell in json.loads(content)["tables"][0]["cells"]]
        assert labels == list(EVIL[:1])


def test_language_of_the_texts_is_chosen_and_an_unknown_one_refused(wave: Wave) -> None:
    wording = wave.questionnaire.wordings.get(language="en", path="question.ls_frequency.text")
    wave.questionnaire.wordings.update_or_create(
        language="sv",
        path=wording.path,
        defaults={"text": "Hur vanligt?", "source_hash": wording.source_hash},
    )
    wave.questionnaire.texts_version += 1
    wave.questionnaire.save()

    rows = read_csv(exported(wave, "csv", language="sv"))

    assert {r["wording"] for r in rows if r["question"] == "ls_frequency"} == {"Hur vanligt?"}
    assert {r["language"] for r in rows} == {"sv"}
    with pytest.raises(exports.UnknownLanguage, match="no texts in “xx”"):
        exported(wave, "csv", language="xx")


def test_wave_without_tables_is_refused_and_so_is_whoever_may_not_see_them(db: None) -> None:
    wave = wave_of("enterprise")

    with pytest.raises(exports.NoTables, match="no tables of this wave yet"):
        exported(wave, "json")
    with pytest.raises(NotPermitted):
        exports.export_tables(wave=wave, form="csv", out=BytesIO(), by=member_of_staff("coder"), now=NOW)
    assert not AuditEvent.objects.filter(action="tables.exported").exists()


def test_command_writes_the_file_and_is_noted(wave: Wave, tmp_path: Path) -> None:
    file = tmp_path / "tables.csv"

    call_command(
        "export_tables", "law_enforcement", "2019", "--output", str(file), "--no-bom", stderr=io.StringIO()
    )
    call_command(
        "export_tables",
        str(wave.pk),
        "--format",
        "xlsx",
        "--output",
        str(tmp_path / "t.xlsx"),
        stderr=io.StringIO(),
    )

    assert file.read_bytes().startswith(b"edition,questionnaire,")
    assert len(read_csv(file.read_bytes())) == len(expected(wave))
    assert (tmp_path / "t.xlsx").read_bytes().startswith(b"PK")
    noted = AuditEvent.objects.filter(action="tables.exported").order_by("id")
    assert [(row.details["format"], row.actor_id) for row in noted] == [("csv", None), ("xlsx", None)]


def refusals(tmp_path: Path) -> Iterable[tuple[list[str], str]]:
    yield ["nothing"], "There is no such wave"
    yield ["law_enforcement", "2019", "--language", "xx"], "no texts in “xx”"
    yield ["law_enforcement", "2019", "--output", str(tmp_path / "no" / "file")], "cannot be written"


def test_command_refuses_in_words(wave: Wave, tmp_path: Path) -> None:
    for words, sentence in refusals(tmp_path):
        with pytest.raises(CommandError, match=sentence):
            call_command("export_tables", *words)


def test_command_without_a_file_writes_to_the_standard_output(
    wave: Wave, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    call_command("export_tables", "law_enforcement", "--format", "json")

    assert json.loads(capsysbinary.readouterr().out)["wave"] == str(wave.pk)
