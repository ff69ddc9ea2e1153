from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from surveys.definition import Definition, Question


def heading_of(definition: Definition, key: str) -> str:
    """The text of a question, or the label of a derived figure."""
    question = definition.by_key.get(key)
    if question is not None:
        return f"{question.number} {question.text}"
    return next((derived.label for derived in definition.derived if derived.key == key), key)


def breakdown_title(definition: Definition, breakdown: str) -> str:
    if not breakdown:
        return _("Everybody")
    found = definition.partitions.get(breakdown)
    return _("By %(name)s") % {"name": found[1].title if found else breakdown}


def part_label(definition: Definition, breakdown: str, part: str) -> str:
    found = definition.partitions.get(breakdown)
    labels = {p.code: p.label for p in found[1].parts} if found else {}
    return labels.get(part, part or _("Everybody"))


def row_label(question: Question | None, row: str) -> str:
    rows = {found.code: found.label for found in question.rows} if question else {}
    return rows.get(row, row)


def answer_label(definition: Definition, question: Question | None, kind: str, code: str) -> str:
    """What a cell counts, in the words of the questionnaire; its code where the questionnaire has no words."""
    if question is None:
        return code or _("Count")
    labels = LABELS.get(kind, plain_codes)(definition, question)
    return labels.get(code, code or _("Value"))


Labels = Callable[[Definition, Question], dict[str, str]]


def choice_labels(definition: Definition, question: Question) -> dict[str, str]:
    return {choice.code: choice.label for choice in question.offered}


def assigned_labels(definition: Definition, question: Question) -> dict[str, str]:
    return {assigned.code: assigned.label for assigned in question.assigned}


def net_labels(definition: Definition, question: Question) -> dict[str, str]:
    return {net.code: net.label for net in question.analysis.nets}


def code_labels(definition: Definition, question: Question) -> dict[str, str]:
    frame = definition.frames.get(question.code_frame)
    return {code.code: code.label for code in frame.codes} if frame else {}


def class_labels(definition: Definition, question: Question) -> dict[str, str]:
    return {part.code: part.label for partition in question.analysis.partitions for part in partition.parts}


def plain_codes(definition: Definition, question: Question) -> dict[str, str]:
    return {}


LABELS: dict[str, Labels] = {
    "choice": choice_labels,
    "special": choice_labels,
    "assigned": assigned_labels,
    "net": net_labels,
    "code": code_labels,
    "class": class_labels,
    "number": plain_codes,
    "distinct": plain_codes,
}
