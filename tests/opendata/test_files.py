"""Every number in every format of a release is the number of its content, and nothing else is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.test import Client
from openpyxl import load_workbook

from reports.opendata import Facts, File, files_of
from reports.opendata.lines import COLUMNS, KEY, rows_of
from responses.models import PrintedQuestionnaire
from surveys.models import Wave
from surveys.reading import read
from tests.public.content import HOSTILE, content, released
from tests.public.test_pages import with_breakdowns
from tests.reports.stage import wave_of
from tests.surveys.build import shipped

FACTS = Facts(2019, 1, datetime(2019, 9, 1, 12, tzinfo=UTC), "a" * 64, "https://example.org/2019/1/")


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return with_breakdowns()


@pytest.fixture(scope="module")
def files(data: dict[str, Any]) -> dict[str, File]:
    return {file.name: file for file in files_of(data, FACTS, {"enterprise": shipped("enterprise")})}


def as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_csv_holds_every_line_of_the_content_and_no_other(
    data: dict[str, Any], files: dict[str, File]
) -> None:
    found = list(csv.DictReader(io.StringIO(files["tables.csv"].body.decode())))

    expected = list(rows_of(data))
    lines = [
        line
        for part in data["parts"]
        for section in part["sections"]
        for figure in section["figures"]
        for block in (figure, *figure.get("breakdowns", ()))
        for line in block["lines"]
    ]
    assert len(found) == len(expected) == len(lines)
    for row, line in zip(found, lines, strict=True):
        percent = line["percent"]
        assert row["value"] == ("0" if percent == "<1" else as_text(percent))
        assert row["is_below_one"] == as_text(percent == "<1")
        assert [row[n] for n in ("low", "high", "base")] == [
            as_text(line[n]) for n in ("low", "high", "base")
        ]
        assert (row["status"], row["code"]) == (line["status"], line["code"])
    assert all(row["value"] == "" for row in found if row["status"] == "withheld")


def test_key_of_the_metadata_is_a_key_and_its_columns_are_those_of_the_file(files: dict[str, File]) -> None:
    metadata = json.loads(files["tables.csv-metadata.json"].body)
    reader = csv.DictReader(io.StringIO(files["tables.csv"].body.decode()))
    rows = list(reader)

    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    assert (
        [column["name"] for column in metadata["tableSchema"]["columns"]] == reader.fieldnames == [*COLUMNS]
    )
    assert len({tuple(row[name] for name in KEY) for row in rows}) == len(rows)
    for column in metadata["tableSchema"]["columns"]:
        if column["datatype"] == "integer":
            assert all(row[column["name"]] == "" or row[column["name"]].isdigit() for row in rows)


def test_workbook_has_a_sheet_for_each_figure_with_the_same_numbers(
    data: dict[str, Any], files: dict[str, File]
) -> None:
    book = load_workbook(io.BytesIO(files["tables.xlsx"].body))

    rows: list[tuple[Any, ...]] = []
    for sheet in book.worksheets[2:]:
        rows += [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
    numbers = [*COLUMNS].index("value"), [*COLUMNS].index("base")
    assert [tuple(row[n] for n in numbers) for row in rows] == [
        (row["value"], row["base"]) for row in rows_of(data)
    ]
    assert book.sheetnames[:2] == ["Contents", "Marks"]
    assert not any(
        cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    )


def test_cubes_hold_the_same_numbers_at_their_places(data: dict[str, Any], files: dict[str, File]) -> None:
    found = json.loads(files["tables.json-stat.json"].body)
    numbers: dict[tuple[str, str, str, str, str, str], Any] = {}
    for cube in found["link"]["item"]:
        assert (cube["version"], cube["class"]) == ("2.0", "dataset")
        size = 1
        for number in cube["size"]:
            size *= number
        assert len(cube["value"]) == size == len(cube["extension"]["base"])
        keys = [cube["dimension"][name]["category"]["index"] for name in cube["id"]]
        for place, value in enumerate(cube["value"]):
            where, rest = {}, place
            for name, codes in reversed(list(zip(cube["id"], keys, strict=True))):
                rest, at = divmod(rest, len(codes))
                where[name] = codes[at]
            extension = cube["extension"]
            if str(place) in cube["status"]:
                numbers[
                    extension["figure"],
                    extension["class"],
                    where.get("group", ""),
                    where.get("row", ""),
                    where["answer"],
                    extension["statistic"],
                ] = (value, extension["base"][place], cube["status"][str(place)])

    for row in rows_of(data):
        key = (
            row["figure"],
            row["class"],
            row["group"],
            row["row"],
            f"{row['kind']}:{row['code']}",
            row["statistic"],
        )
        status = "below_one" if row["is_below_one"] else row["status"]
        assert numbers[key] == (row["value"], row["base"], status)


def test_codebook_asks_what_was_asked_and_tells_shares_as_published(
    data: dict[str, Any], files: dict[str, File]
) -> None:
    root = ElementTree.fromstring(files["codebook-enterprise.xml"].body)  # noqa: S314 (made by us)
    space = {"d": "ddi:codebook:2_5"}
    definition = shipped("enterprise")

    variables = {one.get("ID"): one for one in root.findall(".//d:var", space)}

    items = {item.replace(":", "_") for question in definition.questions for item in question.items}
    assert variables.keys() == items
    missing = variables["ent_policy"].findall("d:catgry[@missing='Y']/d:catValu", space)
    assert {one.text for one in missing} == {"dont_know", "prefer_not"}
    assert not root.findall(".//d:catStat[@type='freq']", space)


def test_archive_holds_every_file_with_its_checksum_and_the_same_bytes_each_time(
    data: dict[str, Any], files: dict[str, File]
) -> None:
    archive = ZipFile(io.BytesIO(files["enquiry-2019-1.zip"].body))

    sums = dict(line.split("  ")[::-1] for line in archive.read("SHA256SUMS").decode().splitlines())
    assert set(archive.namelist()) == {*sums, "SHA256SUMS"}
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == found for name, found in sums.items())
    assert "Synthetic demonstration" in archive.read("README.txt").decode()
    again = files_of(data, FACTS, {"enterprise": shipped("enterprise")})
    assert {file.name: file.sha256 for file in again} == {name: f.sha256 for name, f in files.items()}


def test_text_that_looks_like_a_formula_is_none_in_a_spreadsheet() -> None:
    hostile = json.loads(json.dumps(content()).replace("Written policy", "=HYPERLINK(1)"))

    found = {file.name: file for file in files_of(hostile, FACTS, {})}

    assert not any(
        field.startswith(("=", "+", "@"))
        for row in csv.reader(io.StringIO(found["tables.csv"].body.decode()))
        for field in row
    )


@pytest.mark.django_db
def test_files_are_served_for_good_with_a_checksum_that_spares_a_second_copy(client: Client) -> None:
    released(with_breakdowns())

    listing = client.get("/2019/1/data/").content.decode()
    first = client.get("/2019/1/data/tables.csv")
    second = client.get("/2019/1/data/tables.csv", headers={"if-none-match": first["ETag"]})

    assert first.status_code == 200
    assert first["Cache-Control"] == "public, max-age=31536000, immutable"
    assert first["ETag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    assert first["ETag"].strip('"') in listing
    assert (second.status_code, second.content) == (304, b"")
    assert client.get("/2019/1/data/figures/enterprise.policy.csv").status_code == 200
    for missing in ("/2019/1/data/other.csv", "/2019/2/data/tables.csv", "/2020/1/data/tables.csv"):
        assert client.get(missing).status_code == 404
    assert HOSTILE not in listing


def test_questionnaire_of_the_data_can_be_loaded_again(files: dict[str, File]) -> None:
    assert read(files["questionnaire-enterprise.yaml"].body.decode()) == shipped("enterprise")


@pytest.mark.django_db
def test_questionnaire_is_there_to_print_once_its_wave_has_ended(client: Client) -> None:
    wave = wave_of("enterprise")
    PrintedQuestionnaire.objects.create(wave=wave, language="sv", fingerprint="f", content=b"%PDF-1.7 x")
    released()
    address = "/2019/1/questionnaire/enterprise/sv.pdf"

    assert address in client.get("/2019/1/data/").content.decode()
    assert client.get(address).content == b"%PDF-1.7 x"
    for missing in (
        "/2019/1/questionnaire/enterprise/ar.pdf",
        "/2020/1/questionnaire/enterprise/sv.pdf",
    ):
        assert client.get(missing).status_code == 404
    Wave.objects.update(status=Wave.Status.OPEN)
    assert client.get(address).status_code == 404
