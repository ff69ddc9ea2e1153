"""Routing conditions of the file."""

from __future__ import annotations

from typing import Any

from surveys.conditions import UNREADABLE
from surveys.definition import AllOf, AnyOf, Condition, Leaf, Not, Op
from surveys.reading.fields import Fields, Report
from surveys.reading.yaml_text import Switch
from surveys.validation.problem import near

GRAMMAR = "Write {question, op, values}, {all: [...]}, {any: [...]} or {not: {...}}."
LEAF = frozenset({"question", "row", "op", "values"})


def read_condition(value: Any, path: str, report: Report) -> Condition | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        report.add(path, f"This is not a condition. {GRAMMAR}")
        return UNREADABLE
    forms = [form for form in ("question", "all", "any", "not") if form in value]
    if len(forms) != 1:
        report.add(path, f"A condition has one of question, all, any and not. {GRAMMAR}")
        return UNREADABLE
    return READERS[forms[0]](value, path, report)


def _leaf(value: dict[str, Any], path: str, report: Report) -> Condition:
    fields = Fields(value, path, report, LEAF)
    row = fields.word("row") if fields.has("row") else None
    values = tuple(_leaf_value(entry, inner, report) for inner, entry in fields.items("values"))
    question, op = fields.word("question", required=True), fields.word("op", required=True)
    if op in set(Op):
        return Leaf(question, Op(op), values, row)
    if op:
        report.add(fields.at("op"), f"`{op}` is not known here.{near(op, Op)}")
    return UNREADABLE


def _leaf_value(value: Any, path: str, report: Report) -> str | int:
    if isinstance(value, int | str):
        return value
    if isinstance(value, Switch):
        report.add(path, f'YAML reads {value.word} without quotes as a true or false. Write "{value.word}".')
        return value.word
    report.add(path, "This should be a code or a whole number.")
    return ""


def _all_of(value: dict[str, Any], path: str, report: Report) -> Condition:
    return AllOf(_parts(value, "all", path, report))


def _any_of(value: dict[str, Any], path: str, report: Report) -> Condition:
    return AnyOf(_parts(value, "any", path, report))


def _negation(value: dict[str, Any], path: str, report: Report) -> Condition:
    fields = Fields(value, path, report, frozenset({"not"}))
    return Not(read_condition(fields.raw["not"], fields.at("not"), report) or UNREADABLE)


def _parts(value: dict[str, Any], form: str, path: str, report: Report) -> tuple[Condition, ...]:
    fields = Fields(value, path, report, frozenset({form}))
    read = [read_condition(entry, inner, report) for inner, entry in fields.items(form)]
    if not read:
        report.add(fields.at(form), "The list of conditions is empty. Add one or take the condition out.")
    return tuple(condition or UNREADABLE for condition in read)


READERS = {"question": _leaf, "all": _all_of, "any": _any_of, "not": _negation}
