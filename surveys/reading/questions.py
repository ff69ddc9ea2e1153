"""Sections and questions of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.countries import PUBLIC_LISTS
from surveys.definition import (
    Assigned,
    Choice,
    Disposition,
    Kind,
    Order,
    Question,
    Required,
    Role,
    Row,
    ScreenOut,
    Section,
)
from surveys.reading.analysis import read_analysis, read_figure
from surveys.reading.conditions import read_condition
from surveys.reading.fields import Fields, Report
from surveys.validation.problem import near

SECTION = frozenset({"key", "title", "intro", "questions"})
QUESTION = frozenset(
    [
        "key",
        "number",
        "type",
        "scale",
        "detached",
        "text",
        "help",
        "choices",
        "choices_from",
        "rows",
        "special",
        "assigned",
        "order",
        "row_order",
        "show_if",
        "required",
        "screen_out",
        "reproduces",
        "analysis",
        "figure",
        "min_choices",
        "max_choices",
        "entries",
        "max_chars",
        "code_frame",
        "unit",
        "min",
        "max",
        "wording_version",
    ]
)
CHOICE = frozenset({"code", "label", "role", "exclusive", "pin"})
ROW = frozenset({"code", "label", "show_if"})
ASSIGNED = frozenset({"code", "label"})
SCREEN_OUT = frozenset({"page", "dispositions"})


class QuestionReader:
    """Reads questions, and keeps what the checks need to find their way back into the file."""

    def __init__(self, report: Report, lists: Mapping[str, tuple[Choice, ...]], language: str) -> None:
        self.report = report
        self.lists = lists
        self.language = language
        self.code_list_of: dict[str, str] = {}
        self.unsure: set[str] = set()

    def section(self, value: Any, path: str) -> Section:
        fields = Fields(value, path, self.report, SECTION)
        return Section(
            key=fields.word("key", required=True),
            title=fields.text("title", required=True),
            intro=fields.text("intro"),
            questions=tuple(self.question(v, p) for p, v in fields.items("questions", required=True)),
        )

    def question(self, value: Any, path: str) -> Question:
        fields = Fields(value, path, self.report, QUESTION)
        return Question(
            key=fields.word("key", required=True),
            number=fields.word("number", required=True, limit=10),
            kind=self._kind(fields),
            text=fields.text("text", required=True),
            help=fields.text("help"),
            analysis=read_analysis(fields, self.report),
            figure=read_figure(fields),
            wording_version=self._wording_version(fields),
            scale=fields.word("scale", limit=30),
            detached=fields.flag("detached"),
            choices=self._choices(fields),
            choices_from=self._public_list(fields),
            rows=tuple(self._row(v, p) for p, v in fields.items("rows")),
            special=tuple(read_choice(v, p, self.report) for p, v in fields.items("special")),
            assigned=tuple(self._assigned(v, p) for p, v in fields.items("assigned")),
            order=fields.option("order", Order, Order.FIXED),
            row_order=fields.option("row_order", Order, Order.FIXED),
            required=fields.option("required", Required, Required.SOFT, required=True),
            show_if=read_condition(fields.raw.get("show_if"), fields.at("show_if"), self.report),
            screen_out=self._screen_out(fields),
            min_choices=fields.number("min_choices"),
            max_choices=fields.number("max_choices"),
            entries=fields.number("entries"),
            max_chars=fields.number("max_chars"),
            unit=fields.word("unit", limit=30),
            minimum=fields.number("min"),
            maximum=fields.number("max"),
            code_frame=fields.word("code_frame"),
            reproduces=fields.words("reproduces", limit=20),
        )

    def _kind(self, fields: Fields) -> Kind:
        known = len(self.report.problems)
        kind = fields.option("type", Kind, Kind.SINGLE, required=True)
        if len(self.report.problems) > known:
            self.unsure.add(fields.path)
        return kind

    def _wording_version(self, fields: Fields) -> int:
        version = fields.number("wording_version")
        if version is not None and not 1 <= version <= 1000:
            self.report.add(fields.at("wording_version"), "The number of a wording counts from 1 to 1000.")
            return 1
        return version or 1

    def _choices(self, fields: Fields) -> tuple[Choice, ...]:
        own = tuple(read_choice(v, p, self.report) for p, v in fields.items("choices"))
        name = fields.word("choices_from", limit=80)
        if not name:
            return own
        self.code_list_of[fields.path] = name
        if fields.has("choices"):
            self.report.add(fields.path, "Write either `choices` or `choices_from`, not both.")
        if name in PUBLIC_LISTS:
            return PUBLIC_LISTS[name](self.language)
        if name not in self.lists:
            known = {*self.lists, *PUBLIC_LISTS}
            self.report.add(fields.at("choices_from"), f"There is no list `{name}`.{near(name, known)}")
            self.unsure.add(fields.path)
        return self.lists.get(name, ())

    def _public_list(self, fields: Fields) -> str:
        name = self.code_list_of.get(fields.path, "")
        return name if name in PUBLIC_LISTS else ""

    def _row(self, value: Any, path: str) -> Row:
        fields = Fields(value, path, self.report, ROW)
        show_if = read_condition(fields.raw.get("show_if"), fields.at("show_if"), self.report)
        return Row(fields.word("code", required=True), fields.text("label", required=True), show_if)

    def _assigned(self, value: Any, path: str) -> Assigned:
        fields = Fields(value, path, self.report, ASSIGNED)
        return Assigned(fields.word("code", required=True), fields.text("label", required=True))

    def _screen_out(self, fields: Fields) -> ScreenOut | None:
        if not fields.has("screen_out"):
            return None
        inner = fields.inner("screen_out", SCREEN_OUT)
        dispositions = Fields(
            inner.raw.get("dispositions", {}),
            inner.at("dispositions"),
            self.report,
            frozenset(_names(inner.raw.get("dispositions"))),
        )
        if not dispositions.raw:
            inner.report.add(inner.at("dispositions"), "Name at least one code that ends the interview.")
        return ScreenOut(
            page=inner.word("page", required=True),
            dispositions=tuple(
                (code, dispositions.option(code, Disposition, Disposition.NOT_ELIGIBLE))
                for code in dispositions.raw
            ),
        )


def _names(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def read_choice(value: Any, path: str, report: Report) -> Choice:
    fields = Fields(value, path, report, CHOICE)
    return Choice(
        code=fields.word("code", required=True),
        label=fields.text("label", required=True),
        role=fields.option("role", Role, Role.SUBSTANTIVE),
        exclusive=fields.flag("exclusive"),
        pin=fields.flag("pin"),
    )
