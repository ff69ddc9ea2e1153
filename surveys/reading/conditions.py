"""Routing conditions of the file."""

from __future__ import annotations

from typing import Any

from surveys.definition import AllOf, AnyOf, Condition, Leaf, Not, Op
from surveys.reading.fields import Fields, Report
from surveys.reading.yaml_text import Switch

GRAMMAR = "Write {question, op, values}, {all: [...]}, {any: [...]} or {not: {...}}."
LEAF = frozenset({"question", "row", "op", "values"})
NOTHING = AllOf(())
"""Stands for a condition that could not be read: true, so that nothing follows from the fault."""


def read_condition(value: Any, path: str, report: Report) -> Condition | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        report.add(path, f"This is not a condition. {GRAMMAR}")
        return NOTHING
    forms = [form for form in ("question", "all", "any", "not") if form in value]
    if len(forms) != 1:
        report.add(path, f"A condition has one of question, all, any and not. {GRAMMAR}")
        return NOTHING
    return READERS[forms[0]](value, path, report)


def _leaf(value: dict[str, Any], path: str, report: Report) -> Condition:
    fields = Fields(value, path, report, LEAF)
    row = fields.word("row") if fields.has("row") else None
    values = tuple(_leaf_value(entry, inner, report) for inner, entry in fields.items("values"))
    op = fields.option("op", Op, Op.ANSWERED, required=True) if fields.has("op") else _missing_op(fields)
    return Leaf(fields.word("question", required=True), op, values, row)


def _missing_op(fields: Fields) -> Op:
    fields.report.add(fields.path, f"`op` is missing. Write one of {', '.join(Op)}.")
    return Op.ANSWERED


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
    return Not(read_condition(fields.raw["not"], fields.at("not"), report) or NOTHING)


def _parts(value: dict[str, Any], form: str, path: str, report: Report) -> tuple[Condition, ...]:
    fields = Fields(value, path, report, frozenset({form}))
    read = [read_condition(entry, inner, report) for inner, entry in fields.items(form)]
    if not read:
        report.add(fields.at(form), "The list of conditions is empty. Add one or take the condition out.")
    return tuple(condition or NOTHING for condition in read)


READERS = {"question": _leaf, "all": _all_of, "any": _any_of, "not": _negation}
