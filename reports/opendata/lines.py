"""Every published number as one row, whatever the format that it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

JSON = Mapping[str, Any]
Row = dict[str, Any]

COLUMNS: Mapping[str, tuple[str, str]] = {
    "figure": ("string", "Identifier of the figure: questionnaire, a dot, and the key of the question."),
    "questionnaire": ("string", "Key of the questionnaire."),
    "question_number": ("string", "Number of the question, as it was printed."),
    "question": ("string", "Wording of the question."),
    "class": ("string", "Name of the class whose groups are shown; empty for everybody."),
    "group": ("string", "Code of the group; + joins parts that stand together."),
    "group_label": ("string", "The group in words."),
    "row": ("string", "Row of a grid."),
    "row_label": ("string", "The row in words."),
    "kind": ("string", "What is counted: choice, special, assigned, net, code, class, number or distinct."),
    "code": ("string", "Code of the answer."),
    "label": ("string", "The answer in words."),
    "statistic": ("string", "How the number is worked out."),
    "base_rule": ("string", "Who the percentage is out of."),
    "value": (
        "decimal",
        "The number: whole per cents unless the statistic says otherwise. Empty where there is none.",
    ),
    "is_below_one": ("boolean", "Whether the number is above zero and rounds to it; value is 0 then."),
    "low": ("integer", "Lower end of the 95 per cent range (Wilson), in whole per cents."),
    "high": ("integer", "Upper end."),
    "base": ("integer", "How many people the percentage is out of."),
    "status": ("string", "shown, small_base, withheld or not_asked."),
    "weighted": ("boolean", "Whether the figure is weighted."),
}
"""Name -> (datatype of CSVW, description)."""
KEY = ("figure", "class", "group", "row", "kind", "code", "statistic", "base_rule")
BELOW_ONE = "<1"
MARKS: Mapping[str, str] = {
    "shown": "The number as it was counted; 0 is nobody.",
    "small_base": "Shown, but few people are behind it, and its range is wide.",
    "withheld": "There is a number, and it is not told: it would say too much about too few people, or let"
    " another one be worked out. It may be any number, zero included.",
    "not_asked": "The question was not put to anybody.",
}


def figures_of(content: JSON) -> Iterator[tuple[JSON, JSON]]:
    """(part, figure), in the order of the release."""
    for part in content["parts"]:
        for section in part["sections"]:
            for figure in section["figures"]:
                yield part, figure


def rows_of(content: JSON) -> Iterator[Row]:
    for part, figure in figures_of(content):
        yield from rows_of_figure(part, figure)


def rows_of_figure(part: JSON, figure: JSON) -> Iterator[Row]:
    for line in figure["lines"]:
        yield _row(part, figure, {}, line)
    for breakdown in figure.get("breakdowns", ()):
        for line in breakdown["lines"]:
            yield _row(part, figure, breakdown, line)


def _row(part: JSON, figure: JSON, breakdown: JSON, line: JSON) -> Row:
    groups = {group["code"]: group["label"] for group in breakdown.get("parts", ())}
    percent = line["percent"]
    return {
        "figure": figure["id"],
        "questionnaire": part["questionnaire"],
        "question_number": figure["number"],
        "question": figure["question"],
        "class": breakdown.get("class", ""),
        "group": line.get("part", ""),
        "group_label": groups.get(line.get("part", ""), ""),
        "row": line["row"] or "",
        "row_label": line["row_label"] or "",
        "kind": line["kind"],
        "code": line["code"],
        "label": line["label"],
        "statistic": line["statistic"],
        "base_rule": line["base_rule"],
        "value": 0 if percent == BELOW_ONE else percent,
        "is_below_one": percent == BELOW_ONE,
        "low": line["low"],
        "high": line["high"],
        "base": line["base"],
        "status": line["status"],
        "weighted": bool(figure.get("weighted")),
    }
