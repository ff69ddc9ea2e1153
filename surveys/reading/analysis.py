"""How a question is counted and drawn, as the file says it."""

from __future__ import annotations

from typing import Any

from surveys.definition import (
    Analysis,
    BaseRule,
    Figure,
    Net,
    Part,
    Partition,
    Publish,
    Sensitivity,
)
from surveys.reading.fields import CODE_LENGTH, Fields, Report
from surveys.validation.problem import near

ANALYSIS = frozenset(
    {
        "concept",
        "base_rule",
        "base",
        "nets",
        "publish",
        "classes",
        "breaks",
        "statistic",
        "also",
        "sensitivity",
    }
)
FIGURE = frozenset({"type", "sort", "title", "note", "caveats"})
NET = frozenset({"code", "label", "members"})
CLASS = frozenset({"title", "parts", "outside"})
EVERYONE = frozenset({"everyone_of", "not_asked_is"})
BASE_RULES = ("asked", "answered", "valid")
MEMBER_LENGTH = 130


def read_analysis(question: Fields, report: Report) -> Analysis:
    fields = question.inner("analysis", ANALYSIS)
    return Analysis(
        concept=fields.word("concept", required=True, limit=80),
        base=fields.text("base", required=True),
        base_rule=_base_rule(fields),
        nets=tuple(_net(v, p, report) for p, v in fields.items("nets")),
        publish=fields.option("publish", Publish, Publish.PARTS),
        partitions=tuple(_partition(key, v, p, report) for key, p, v in fields.named("classes")),
        breaks=fields.words("breaks"),
        statistic=fields.word("statistic", required=True, limit=40),
        also=tuple(_also(v, p, fields) for p, v in fields.items("also")),
        sensitivity=fields.option("sensitivity", Sensitivity, Sensitivity.LOW),
    )


def read_figure(question: Fields) -> Figure:
    fields = question.inner("figure", FIGURE)
    return Figure(
        type=fields.word("type", required=True, limit=20),
        sort=fields.word("sort", default="stored"),
        title=fields.text("title"),
        note=fields.text("note"),
        caveats=fields.words("caveats"),
    )


def _base_rule(fields: Fields) -> BaseRule:
    value = fields.raw.get("base_rule")
    if isinstance(value, dict):
        return _everyone(value, fields.at("base_rule"), fields.report)
    kind = fields.word("base_rule", default="answered")
    if kind not in BASE_RULES:
        known = {*BASE_RULES, "{everyone_of: QUESTION, not_asked_is: CODE}"}
        fields.report.add(fields.at("base_rule"), f"There is no base rule `{kind}`.{near(kind, known)}")
        kind = "answered"
    return BaseRule(kind)


def _everyone(value: Any, path: str, report: Report) -> BaseRule:
    fields = Fields(value, path, report, EVERYONE)
    question = fields.word("everyone_of", required=True)
    return BaseRule("everyone", question, fields.word("not_asked_is", required=True))


def _also(value: Any, path: str, fields: Fields) -> str | BaseRule:
    if isinstance(value, dict):
        return _everyone(value, path, fields.report)
    if isinstance(value, str):
        return value
    fields.report.add(path, "This should be the name of a statistic or a base rule.")
    return "percent_of_respondents"


def _net(value: Any, path: str, report: Report) -> Net:
    fields = Fields(value, path, report, NET)
    return Net(
        code=fields.word("code", required=True),
        label=fields.text("label", required=True),
        members=fields.words("members", required=True, limit=MEMBER_LENGTH),
    )


def _partition(key: str, value: Any, path: str, report: Report) -> Partition:
    fields = Fields(value, path, report, CLASS)
    if len(key) > CODE_LENGTH:
        report.add(path, f"The name has {len(key)} characters; {CODE_LENGTH} fit. Shorten it.")
    return Partition(
        key=key,
        title=fields.text("title", required=True),
        parts=tuple(_part(v, p, report) for p, v in fields.items("parts", required=True)),
        outside=fields.words("outside"),
    )


def _part(value: Any, path: str, report: Report) -> Part:
    fields = Fields(value, path, report, NET)
    return Part(
        code=fields.word("code", required=True),
        label=fields.text("label", required=True),
        members=fields.words("members", required=True),
    )
