"""Rows of the database for each part of a definition, and parts for rows. Texts are not in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from surveys import models
from surveys.conditions import from_json, to_json
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
from surveys.wordings import FORM

LIST, SPECIAL, ASSIGNED = models.Choice.Group.LIST, models.Choice.Group.SPECIAL, models.Choice.Group.ASSIGNED


def write_pages(questionnaire: models.Questionnaire, definition: Definition) -> None:
    models.Page.objects.bulk_create(
        models.Page(
            questionnaire=questionnaire,
            position=n,
            key=page.key,
            kind=page.kind.value,
            before=page.before,
            controls=[{**asdict(control), "label": ""} for control in page.controls],
        )
        for n, page in enumerate(definition.pages)
    )


def write_frames(
    questionnaire: models.Questionnaire, definition: Definition
) -> dict[str, models.CodeFrame | None]:
    frames: dict[str, models.CodeFrame | None] = {"": None}
    for n, frame in enumerate(definition.code_frames):
        written = models.CodeFrame.objects.create(
            questionnaire=questionnaire,
            position=n,
            key=frame.key,
            description=frame.description,
            max_codes_per_mention=frame.max_codes_per_mention,
            not_counted=list(frame.not_counted),
        )
        write_codes(written, enumerate(frame.codes))
        frames[frame.key] = written
    return frames


def write_codes(frame: models.CodeFrame, codes: Iterable[tuple[int, Code]]) -> None:
    models.Code.objects.bulk_create(
        models.Code(frame=frame, position=n, code=code.code, aliases=list(code.aliases), note=code.note)
        for n, code in codes
    )


def write_sections(
    questionnaire: models.Questionnaire,
    definition: Definition,
    frames: Mapping[str, models.CodeFrame | None],
) -> None:
    position = 0
    for n, section in enumerate(definition.sections):
        written = models.Section.objects.create(questionnaire=questionnaire, position=n, key=section.key)
        for question in section.questions:
            row = models.Question.objects.create(
                section=written,
                questionnaire=questionnaire,
                position=position,
                code_frame=frames[question.code_frame],
                **_question_values(question),
            )
            _write_parts(row, question)
            position += 1


def write_derived(questionnaire: models.Questionnaire, definition: Definition) -> None:
    models.Derived.objects.bulk_create(
        models.Derived(
            questionnaire=questionnaire,
            position=n,
            key=derived.key,
            statistic=derived.statistic,
            over=list(derived.over),
            sensitivity=derived.sensitivity.value,
            reproduces=list(derived.reproduces),
        )
        for n, derived in enumerate(definition.derived)
    )


SAME_NAME = (
    "key",
    "number",
    "wording_version",
    "scale",
    "detached",
    "choices_from",
    "min_choices",
    "max_choices",
    "entries",
    "max_chars",
    "unit",
    "minimum",
    "maximum",
)
"""Values of a question that rows and definitions hold alike."""


def _question_values(question: Question) -> dict[str, Any]:
    analysis, figure = question.analysis, question.figure
    return {
        **{name: getattr(question, name) for name in SAME_NAME},
        "kind": question.kind.value,
        "order": question.order.value,
        "row_order": question.row_order.value,
        "required": question.required.value,
        "show_if": to_json(question.show_if),
        "screen_out": _screen_out_json(question.screen_out),
        "reproduces": list(question.reproduces),
        "concept": analysis.concept,
        "base_rule": asdict(analysis.base_rule),
        "publish": analysis.publish.value,
        "breaks": list(analysis.breaks),
        "statistic": analysis.statistic,
        "also": [asdict(entry) if isinstance(entry, BaseRule) else entry for entry in analysis.also],
        "sensitivity": analysis.sensitivity.value,
        "figure_type": figure.type,
        "figure_sort": figure.sort,
    }


def _screen_out_json(screen_out: ScreenOut | None) -> dict[str, Any] | None:
    if screen_out is None:
        return None
    return {"page": screen_out.page, "dispositions": [[c, d.value] for c, d in screen_out.dispositions]}


def _write_parts(row: models.Question, question: Question) -> None:
    models.Row.objects.bulk_create(
        models.Row(question=row, position=n, code=r.code, show_if=to_json(r.show_if))
        for n, r in enumerate(question.rows)
    )
    groups = ((LIST, question.choices), (SPECIAL, question.special))
    models.Choice.objects.bulk_create(
        models.Choice(
            question=row,
            group=group,
            position=n,
            code=c.code,
            role=c.role.value,
            exclusive=c.exclusive,
            pin=c.pin,
        )
        for group, choices in groups
        for n, c in enumerate(choices)
    )
    models.Choice.objects.bulk_create(
        models.Choice(question=row, group=ASSIGNED, position=n, code=a.code, role=Role.SUBSTANTIVE.value)
        for n, a in enumerate(question.assigned)
    )
    models.Net.objects.bulk_create(
        models.Net(question=row, position=n, code=net.code, members=list(net.members))
        for n, net in enumerate(question.analysis.nets)
    )
    _write_partitions(row, question.analysis.partitions)


def _write_partitions(row: models.Question, partitions: tuple[Partition, ...]) -> None:
    for n, partition in enumerate(partitions):
        written = models.Partition.objects.create(
            question=row, position=n, key=partition.key, outside=list(partition.outside)
        )
        models.Part.objects.bulk_create(
            models.Part(partition=written, position=p, code=part.code, members=list(part.members))
            for p, part in enumerate(partition.parts)
        )


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
        figure=Figure(row.figure_type, row.figure_sort),
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
