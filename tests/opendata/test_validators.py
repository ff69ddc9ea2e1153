"""The files of a release, read and judged by programs that others wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from csvw.metadata import CSVW
from jsonstat_validator import validate_jsonstat
from jsonstat_validator.utils import JSONStatValidationError
from lxml import etree
from pyjstat import pyjstat

from reports.opendata import File, files_of
from reports.opendata.lines import rows_of
from tests.opendata.test_files import FACTS
from tests.public.test_pages import with_breakdowns
from tests.surveys.build import shipped

SCHEMA = Path(__file__).parent / "ddi-excerpt.xsd"


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return with_breakdowns()


@pytest.fixture(scope="module")
def files(data: dict[str, Any]) -> dict[str, File]:
    definitions = {key: shipped(key) for key in ("enterprise", "law_enforcement")}
    return {file.name: file for file in files_of(data, FACTS, definitions)}


def cubes(files: dict[str, File]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files["tables.json-stat.json"].body)["link"]["item"]
    return found


def test_cubes_are_json_stat(files: dict[str, File]) -> None:
    assert validate_jsonstat(json.loads(files["tables.json-stat.json"].body))
    for cube in cubes(files):
        assert validate_jsonstat(cube)


def test_cube_of_another_size_is_no_json_stat(files: dict[str, File]) -> None:
    cube = cubes(files)[0]

    with pytest.raises(JSONStatValidationError, match="size"):
        validate_jsonstat(cube | {"size": [number + 1 for number in cube["size"]]})


@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
def test_cubes_are_read_back_into_the_numbers_of_the_release(
    data: dict[str, Any], files: dict[str, File]
) -> None:
    read = []
    for cube in cubes(files):
        frame = pyjstat.Dataset.read(json.dumps(cube)).write("dataframe")
        statuses = cube["status"]
        read += [value for place, value in enumerate(frame["value"]) if str(place) in statuses]

    told = [row["value"] for row in rows_of(data)]
    assert len(read) == len(told)
    kept = sorted(float(value) for value in read if value is not None and value == value)
    assert kept == sorted(float(value) for value in told if value is not None)


def test_csv_agrees_with_its_metadata(data: dict[str, Any], files: dict[str, File], tmp_path: Path) -> None:
    for name in ("tables.csv", "tables.csv-metadata.json"):
        (tmp_path / name).write_bytes(files[name].body)

    found = CSVW(str(tmp_path / "tables.csv-metadata.json"), validate=True)

    assert found.is_valid, [str(warning.message) for warning in found.warnings]
    (table,) = found.tables
    read = list(table)
    for name in ("value", "base", "low", "high"):
        numbers = [None if row[name] is None else float(row[name]) for row in read]
        assert numbers == [row[name] for row in rows_of(data)]


def test_csv_with_words_for_a_number_does_not(files: dict[str, File], tmp_path: Path) -> None:
    spoiled = files["tables.csv"].body.replace(b",100,", b",many,", 1)
    (tmp_path / "tables.csv").write_bytes(spoiled)
    (tmp_path / "tables.csv-metadata.json").write_bytes(files["tables.csv-metadata.json"].body)
    (table,) = CSVW(str(tmp_path / "tables.csv-metadata.json")).tables

    with pytest.raises(ValueError, match="many"):
        list(table)


@pytest.mark.parametrize("key", ["enterprise", "law_enforcement"])
def test_codebook_follows_the_schema(files: dict[str, File], key: str) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))

    schema.assertValid(etree.fromstring(files[f"codebook-{key}.xml"].body))


def test_codebook_in_another_order_does_not(files: dict[str, File]) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    root = etree.fromstring(files["codebook-enterprise.xml"].body)
    variable = root.find(".//{*}var")
    assert variable is not None
    variable.append(variable[0])

    assert not schema.validate(root)
