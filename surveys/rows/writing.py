"""A definition to rows of the database. Its texts are written apart, as wordings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from surveys import models
from surveys.conditions import to_json
from surveys.definition import (
    BaseRule,
    Code,
    Definition,
    Partition,
    Question,
    Role,
    ScreenOut,
)
from surveys.rows.shared import ASSIGNED, LIST, SAME_NAME, SPECIAL


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
        "figure_caveats": list(figure.caveats),
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
