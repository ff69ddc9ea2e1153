"""Rows of the database to a definition without texts."""

from __future__ import annotations

from typing import Any

from surveys import models
from surveys.conditions import from_json
from surveys.definition import (
    Analysis,
    Assigned,
    BaseRule,
    Choice,
    Code,
    CodeFrame,
    Control,
    Definition,
    Derived,
    Disposition,
    Figure,
    Finding,
    Kind,
    Net,
    Order,
    Page,
    PageKind,
    Part,
    Partition,
    Publish,
    Question,
    Required,
    Role,
    Row,
    ScreenOut,
    Section,
    Sensitivity,
    Unit,
)
from surveys.rows.shared import ASSIGNED, LIST, SAME_NAME, SPECIAL
from surveys.wordings import FORM


def read_definition(questionnaire: models.Questionnaire) -> Definition:
    """The definition without its texts."""
    return Definition(
        schema_version=questionnaire.schema_version,
        key=questionnaire.key,
        version=questionnaire.version,
        title="",
        audience="",
        population="",
        unit=Unit(questionnaire.unit),
        mode="",
        language=questionnaire.language,
        estimated_minutes=questionnaire.estimated_minutes,
        reference_period=_forms(questionnaire),
        pages=tuple(_read_page(page) for page in questionnaire.pages.all()),
        sections=_read_sections(questionnaire),
        code_frames=tuple(
            _read_frame(frame) for frame in questionnaire.code_frames.prefetch_related("codes")
        ),
        derived=tuple(_read_derived(derived) for derived in questionnaire.derived.all()),
        findings=tuple(Finding(**finding) for finding in questionnaire.findings),
        programming_notes=tuple(questionnaire.programming_notes),
    )


def _forms(questionnaire: models.Questionnaire) -> tuple[tuple[str, str], ...]:
    """Forms of the reference period have no row but their text; they are in the order they were written."""
    own = questionnaire.wordings.filter(language=questionnaire.language, path__startswith=FORM)
    return tuple((path.removeprefix(FORM), "") for path in own.order_by("pk").values_list("path", flat=True))


def _read_page(page: models.Page) -> Page:
    controls = tuple(Control(**control) for control in page.controls)
    return Page(page.key, PageKind(page.kind), "", "", page.before, controls)


def _read_frame(frame: models.CodeFrame) -> CodeFrame:
    codes = tuple(Code(code.code, "", tuple(code.aliases), code.note) for code in frame.codes.all())
    return CodeFrame(
        frame.key, frame.description, codes, frame.max_codes_per_mention, tuple(frame.not_counted)
    )


def _read_derived(derived: models.Derived) -> Derived:
    return Derived(
        key=derived.key,
        label="",
        statistic=derived.statistic,
        over=tuple(derived.over),
        base="",
        sensitivity=Sensitivity(derived.sensitivity),
        reproduces=tuple(derived.reproduces),
    )


def _read_sections(questionnaire: models.Questionnaire) -> tuple[Section, ...]:
    parts = ("questions__code_frame", "questions__rows", "questions__choices", "questions__nets")
    sections = questionnaire.sections.prefetch_related(*parts, "questions__partitions__parts")
    return tuple(
        Section(section.key, "", "", tuple(_read_question(row) for row in section.questions.all()))
        for section in sections
    )


def _read_question(row: models.Question) -> Question:
    return Question(
        **{name: getattr(row, name) for name in SAME_NAME},
        kind=Kind(row.kind),
        text="",
        analysis=_read_analysis(row),
        figure=Figure(row.figure_type, row.figure_sort, caveats=tuple(row.figure_caveats)),
        choices=_read_choices(row, LIST),
        special=_read_choices(row, SPECIAL),
        assigned=tuple(Assigned(c.code, "") for c in row.choices.all() if c.group == ASSIGNED),
        rows=tuple(Row(r.code, "", from_json(r.show_if)) for r in row.rows.all()),
        order=Order(row.order),
        row_order=Order(row.row_order),
        required=Required(row.required),
        show_if=from_json(row.show_if),
        screen_out=_read_screen_out(row.screen_out),
        code_frame=row.code_frame.key if row.code_frame else "",
        reproduces=tuple(row.reproduces),
    )


def _read_choices(row: models.Question, group: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(choice.code, "", Role(choice.role), choice.exclusive, choice.pin)
        for choice in row.choices.all()
        if choice.group == group
    )


def _read_screen_out(data: dict[str, Any] | None) -> ScreenOut | None:
    if data is None:
        return None
    return ScreenOut(data["page"], tuple((code, Disposition(value)) for code, value in data["dispositions"]))


def _read_analysis(row: models.Question) -> Analysis:
    return Analysis(
        concept=row.concept,
        base="",
        base_rule=BaseRule(**row.base_rule),
        nets=tuple(Net(net.code, "", tuple(net.members)) for net in row.nets.all()),
        publish=Publish(row.publish),
        partitions=tuple(_read_partition(partition) for partition in row.partitions.all()),
        breaks=tuple(row.breaks),
        statistic=row.statistic,
        also=tuple(BaseRule(**entry) if isinstance(entry, dict) else entry for entry in row.also),
        sensitivity=Sensitivity(row.sensitivity),
    )


def _read_partition(partition: models.Partition) -> Partition:
    parts = tuple(Part(part.code, "", tuple(part.members)) for part in partition.parts.all())
    return Partition(partition.key, "", parts, tuple(partition.outside))
