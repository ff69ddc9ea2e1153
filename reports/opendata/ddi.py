"""DDI-Codebook 2.5: what was asked, and of each answer the share that was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec  # written, never read

from surveys.definition import Choice, Definition, Question, Role, item_key

NAMESPACE = "ddi:codebook:2_5"
MISSING = frozenset({Role.DONT_KNOW, Role.PREFER_NOT})
MAIN = "percent_of_respondents"


def codebook_of(definition: Definition, content: Mapping[str, Any], title: str, day: str) -> bytes:
    """Variables are the items of the questionnaire; frequencies stand only as published, in per cents."""
    root = Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": definition.language})
    study = SubElement(root, "stdyDscr")
    citation = SubElement(study, "citation")
    statement = SubElement(citation, "titlStmt")
    SubElement(statement, "titl").text = f"{title}: {definition.title}"
    production = SubElement(citation, "prodStmt")
    SubElement(production, "prodDate", {"date": day}).text = day
    info = SubElement(study, "stdyInfo")
    summary = SubElement(info, "sumDscr")
    SubElement(summary, "universe").text = definition.population
    data = SubElement(root, "dataDscr")
    shares = _shares_of(definition, content)
    for question in definition.questions:
        for row, item in _items(question):
            _variable(data, question, row, item, shares)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _items(question: Question) -> Iterator[tuple[str, str]]:
    """(row in words, key)."""
    if not question.is_grid:
        yield "", question.key
    for row in question.rows if question.is_grid else ():
        yield row.label, item_key(question.key, row.code)


def _variable(
    data: Element, question: Question, row: str, item: str, shares: Mapping[tuple[str, str], Any]
) -> None:
    name = item.replace(":", "_")
    variable = SubElement(data, "var", {"ID": name, "name": name})
    SubElement(variable, "labl").text = row or question.figure.title or question.text
    asked = SubElement(variable, "qstn")
    SubElement(asked, "qstnLit").text = f"{question.text} {row}".strip()
    SubElement(variable, "universe").text = question.analysis.base
    for choice in () if question.detached else question.offered:
        _category(variable, choice, shares.get((item, choice.code)))


def _category(variable: Element, choice: Choice, share: Any) -> None:
    missing = {"missing": "Y"} if choice.role in MISSING else {}
    category = SubElement(variable, "catgry", missing)
    SubElement(category, "catValu").text = choice.code
    SubElement(category, "labl").text = choice.label
    if share is not None:
        SubElement(category, "catStat", {"type": "percent"}).text = str(share)


def _shares_of(definition: Definition, content: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    parts = [part for part in content["parts"] if part["questionnaire"] == definition.key]
    figures = [figure for part in parts for section in part["sections"] for figure in section["figures"]]
    found: dict[tuple[str, str], Any] = {}
    for figure in figures:
        for line in figure["lines"]:
            key = (item_key(figure["id"].partition(".")[2], line["row"] or None), line["code"])
            if line["statistic"] == MAIN and line["kind"] in ("choice", "special"):
                found.setdefault(key, line["percent"])
    return found
