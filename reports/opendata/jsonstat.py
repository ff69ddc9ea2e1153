"""JSON-stat 2.0: a collection of datasets, one for each figure, breakdown and statistic."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.opendata.lines import MARKS, Row, figures_of, rows_of_figure

NUMBERS = ("low", "high", "base")


def collection_of(content: Mapping[str, Any], title: str, source: str, updated: str) -> bytes:
    """Raises nothing: a figure without numbers has datasets of empty values."""
    items = [
        dataset
        for part, figure in figures_of(content)
        for dataset in datasets_of(figure, list(rows_of_figure(part, figure)), source, updated)
    ]
    found = {
        "version": "2.0",
        "class": "collection",
        "label": title,
        "source": source,
        "updated": updated,
        "link": {"item": items},
        "extension": {"status": MARKS},
    }
    return json.dumps(found, ensure_ascii=False).encode()


def datasets_of(
    figure: Mapping[str, Any], rows: Sequence[Row], source: str, updated: str
) -> Iterator[dict[str, Any]]:
    """A cube for each series: answers, by rows of a grid and by groups where there are any."""
    series: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        series.setdefault((row["class"], row["statistic"], row["base_rule"]), []).append(row)
    for (name, statistic, rule), found in series.items():
        dimensions = {"answer": _index(found, "kind", "code", label="label")}
        if any(row["row"] for row in found):
            dimensions = {"row": _index(found, "row", label="row_label")} | dimensions
        if name:
            dimensions |= {"group": _index(found, "group", label="group_label")}
        yield {
            "version": "2.0",
            "class": "dataset",
            "label": figure["title"],
            "source": source,
            "updated": updated,
            "note": [figure["question"]],
            "id": list(dimensions),
            "size": [len(labels) for labels in dimensions.values()],
            "dimension": {
                key: {"label": key, "category": {"index": list(labels), "label": labels}}
                for key, labels in dimensions.items()
            },
            **_cells(dimensions, found),
            "extension": {
                "figure": figure["id"],
                "class": name,
                "statistic": statistic,
                "base_rule": rule,
                "weighted": bool(figure.get("weighted")),
                **{number: _numbers(dimensions, found, number) for number in NUMBERS},
            },
        }


def _index(rows: Sequence[Row], *names: str, label: str) -> dict[str, str]:
    """Code -> label. A net and an answer can have one code, so that the kind stands before it."""
    return {":".join(filter(None, (row[name] for name in names))) or "all": row[label] for row in rows}


def _places(dimensions: Mapping[str, Mapping[str, str]], row: Row) -> int:
    """The place of a row in the cube, the last dimension running fastest."""
    keys = {
        "row": row["row"] or "all",
        "answer": f"{row['kind']}:{row['code']}".strip(":"),
        "group": row["group"],
    }
    place = 0
    for name, labels in dimensions.items():
        place = place * len(labels) + list(labels).index(keys[name])
    return place


def _cells(dimensions: Mapping[str, Mapping[str, str]], rows: Sequence[Row]) -> dict[str, Any]:
    values: list[Any] = [None] * _size(dimensions)
    status: dict[str, str] = {}
    for row in rows:
        place = _places(dimensions, row)
        values[place] = row["value"]
        status[str(place)] = "below_one" if row["is_below_one"] else row["status"]
    return {"value": values, "status": status}


def _numbers(dimensions: Mapping[str, Mapping[str, str]], rows: Sequence[Row], name: str) -> list[Any]:
    found: list[Any] = [None] * _size(dimensions)
    for row in rows:
        found[_places(dimensions, row)] = row[name]
    return found


def _size(dimensions: Mapping[str, Mapping[str, str]]) -> int:
    size = 1
    for labels in dimensions.values():
        size *= len(labels)
    return size
