"""A questionnaire file to its definition."""

from __future__ import annotations

from typing import Any

from babel import Locale, UnknownLocaleError

from surveys.definition import (
    Choice,
    Code,
    CodeFrame,
    Control,
    Definition,
    Derived,
    Finding,
    Page,
    PageKind,
    Sensitivity,
    Unit,
)
from surveys.reading.fields import Fields, Report
from surveys.reading.questions import QuestionReader, read_choice
from surveys.validation.draft import Draft

FILE = frozenset(
    {
        "schema_version",
        "questionnaire",
        "findings",
        "pages",
        "code_lists",
        "code_frames",
        "sections",
        "derived",
    }
)
HEAD = frozenset(
    [
        "key",
        "title",
        "audience",
        "population",
        "unit",
        "mode",
        "language",
        "reference_period",
        "estimated_minutes",
        "wording_version",
        "programming_notes",
    ]
)
FINDING = frozenset({"id", "source", "text"})
PAGE = frozenset({"key", "kind", "before", "title", "body", "controls"})
CONTROL = frozenset({"key", "kind", "label", "required", "action", "disposition"})
FRAME = frozenset({"description", "max_codes_per_mention", "not_counted", "codes"})
CODE = frozenset({"code", "label", "aliases", "note"})
DERIVED = frozenset({"key", "label", "statistic", "over", "base", "sensitivity", "reproduces"})


def read_draft(data: Any, report: Report) -> Draft:
    """The file's content as far as it can be read; what cannot is in the report."""
    fields = Fields(data, "", report, FILE)
    head = fields.inner("questionnaire", HEAD)
    language = _language(head)
    lists = {name: choices_of_list(value, path, report) for name, path, value in fields.named("code_lists")}
    reader = QuestionReader(report, lists, language)
    return Draft(
        definition=_definition(fields, head, language, reader),
        code_lists=lists,
        code_list_of=reader.code_list_of,
        unsure=frozenset(reader.unsure),
        texts=tuple(report.texts),
    )


def _definition(fields: Fields, head: Fields, language: str, reader: QuestionReader) -> Definition:
    report = fields.report
    return Definition(
        schema_version=fields.word("schema_version", required=True, limit=10),
        key=head.word("key", required=True),
        version=head.count("wording_version", required=True),
        title=head.text("title", required=True),
        audience=head.text("audience", required=True),
        population=head.text("population", required=True),
        unit=head.option("unit", Unit, Unit.PERSON, required=True),
        mode=head.text("mode", required=True),
        language=language,
        estimated_minutes=head.count("estimated_minutes", required=True),
        reference_period=_forms(head),
        pages=tuple(_page(v, p, report) for p, v in fields.items("pages", required=True)),
        sections=tuple(reader.section(v, p) for p, v in fields.items("sections", required=True)),
        code_frames=tuple(_frame(key, v, p, report) for key, p, v in fields.named("code_frames")),
        derived=tuple(_derived(v, p, report) for p, v in fields.items("derived")),
        findings=tuple(_finding(v, p, report) for p, v in fields.items("findings")),
        programming_notes=head.words("programming_notes", limit=2000),
    )


def _language(head: Fields) -> str:
    language = head.word("language", required=True, limit=20)
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        if language:
            head.report.add(head.at("language"), f"`{language}` is not a language tag such as en or pt-BR.")
        return "en"
    return language


def _forms(head: Fields) -> tuple[tuple[str, str], ...]:
    names = frozenset(key for key, _path, _value in head.named("reference_period"))
    forms = head.inner("reference_period", names)
    return tuple((name, forms.text(name, required=True)) for name in forms.raw)


def _page(value: Any, path: str, report: Report) -> Page:
    fields = Fields(value, path, report, PAGE)
    return Page(
        key=fields.word("key", required=True),
        kind=fields.option("kind", PageKind, PageKind.THANK_YOU, required=True),
        title=fields.text("title", required=True),
        body=fields.text("body", required=True),
        before=fields.word("before"),
        controls=tuple(_control(v, p, report) for p, v in fields.items("controls")),
    )


def _control(value: Any, path: str, report: Report) -> Control:
    fields = Fields(value, path, report, CONTROL)
    return Control(
        key=fields.word("key", required=True),
        kind=fields.word("kind", required=True),
        label=fields.text("label", required=True),
        action=fields.word("action", required=True),
        required=fields.flag("required"),
        disposition=fields.word("disposition"),
    )


def _frame(key: str, value: Any, path: str, report: Report) -> CodeFrame:
    fields = Fields(value, path, report, FRAME)
    return CodeFrame(
        key=key,
        description=fields.word("description", limit=2000),
        codes=tuple(_code(v, p, report) for p, v in fields.items("codes", required=True)),
        max_codes_per_mention=fields.count("max_codes_per_mention"),
        not_counted=fields.words("not_counted"),
    )


def _code(value: Any, path: str, report: Report) -> Code:
    fields = Fields(value, path, report, CODE)
    return Code(
        code=fields.word("code", required=True),
        label=fields.text("label", required=True),
        aliases=fields.words("aliases", limit=120),
        note=fields.word("note", limit=2000),
    )


def _derived(value: Any, path: str, report: Report) -> Derived:
    fields = Fields(value, path, report, DERIVED)
    return Derived(
        key=fields.word("key", required=True),
        label=fields.text("label", required=True),
        statistic=fields.word("statistic", required=True, limit=40),
        over=fields.words("over", required=True),
        base=fields.text("base", required=True),
        sensitivity=fields.option("sensitivity", Sensitivity, Sensitivity.LOW),
        reproduces=fields.words("reproduces", limit=20),
    )


def _finding(value: Any, path: str, report: Report) -> Finding:
    fields = Fields(value, path, report, FINDING)
    return Finding(
        id=fields.word("id", required=True, limit=20),
        source=fields.word("source", required=True),
        text=fields.word("text", required=True, limit=1000),
    )


def choices_of_list(value: Any, path: str, report: Report) -> tuple[Choice, ...]:
    if not isinstance(value, list):
        report.add(path, "This should be a list of choices.")
        return ()
    return tuple(read_choice(entry, f"{path}[{n}]", report) for n, entry in enumerate(value))
