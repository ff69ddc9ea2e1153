"""A definition as the text of a questionnaire file: what `surveys.reading` reads, the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import yaml

from surveys.definition import (
    AllOf,
    AnyOf,
    BaseRule,
    Choice,
    CodeFrame,
    Condition,
    Definition,
    Derived,
    Leaf,
    Net,
    Not,
    Order,
    Page,
    Part,
    Partition,
    Publish,
    Question,
    Role,
    Section,
)

Data = dict[str, Any]
WIDTH = 100


def written(definition: Definition) -> str:
    """Reading it gives the same definition again. Lists that questions share are written out at each."""
    dumped: str = yaml.dump(
        data_of(definition), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH
    )
    return dumped


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: they are not read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def data_of(definition: Definition) -> Data:
    return _without_defaults(
        {
            "schema_version": definition.schema_version,
            "questionnaire": {
                "key": definition.key,
                "title": definition.title,
                "audience": definition.audience,
                "population": definition.population,
                "unit": definition.unit.value,
                "mode": definition.mode,
                "language": definition.language,
                "reference_period": dict(definition.reference_period),
                "estimated_minutes": definition.estimated_minutes,
                "wording_version": definition.version,
                "programming_notes": list(definition.programming_notes),
            },
            "findings": [{"id": f.id, "source": f.source, "text": f.text} for f in definition.findings],
            "pages": _each(_page, definition.pages),
            "code_frames": {frame.key: _frame(frame) for frame in definition.code_frames},
            "sections": _each(_section, definition.sections),
            "derived": _each(_derived, definition.derived),
        },
        keep=("questionnaire", "sections", "pages"),
    )


def _each(write: Callable[[Any], Data], found: Iterable[Any]) -> list[Data]:
    return [write(one) for one in found]


def _without_defaults(data: Data, *, keep: Iterable[str] = (), **defaults: Any) -> Data:
    """Leaves out what is empty or what reading would put there by itself."""
    kept = set(keep)
    return {
        name: value
        for name, value in data.items()
        if name in kept or (value not in (None, "", [], {}, False) and value != defaults.get(name))
    }


def _page(page: Page) -> Data:
    return _without_defaults(
        {
            "key": page.key,
            "kind": page.kind.value,
            "before": page.before,
            "title": page.title,
            "body": page.body,
            "controls": [
                _without_defaults(
                    {
                        "key": control.key,
                        "kind": control.kind,
                        "label": control.label,
                        "required": control.required,
                        "action": control.action,
                        "disposition": control.disposition,
                    }
                )
                for control in page.controls
            ],
        }
    )


def _frame(frame: CodeFrame) -> Data:
    return _without_defaults(
        {
            "description": frame.description,
            "max_codes_per_mention": frame.max_codes_per_mention,
            "not_counted": list(frame.not_counted),
            "codes": [
                _without_defaults(
                    {"code": code.code, "label": code.label, "aliases": list(code.aliases), "note": code.note}
                )
                for code in frame.codes
            ],
        },
        max_codes_per_mention=1,
    )


def _section(section: Section) -> Data:
    return _without_defaults(
        {
            "key": section.key,
            "title": section.title,
            "intro": section.intro,
            "questions": _each(_question, section.questions),
        }
    )


def _question(question: Question) -> Data:
    screen_out = question.screen_out
    return _without_defaults(
        {
            "key": question.key,
            "number": question.number,
            "type": question.kind.value,
            "scale": question.scale,
            "detached": question.detached,
            "text": question.text,
            "help": question.help,
            "choices": [] if question.choices_from else _each(_choice, question.choices),
            "choices_from": question.choices_from,
            "rows": [
                _without_defaults({"code": row.code, "label": row.label, "show_if": _condition(row.show_if)})
                for row in question.rows
            ],
            "special": _each(_choice, question.special),
            "assigned": [{"code": one.code, "label": one.label} for one in question.assigned],
            "order": question.order.value,
            "row_order": question.row_order.value,
            "show_if": _condition(question.show_if),
            "required": question.required.value,
            "screen_out": screen_out
            and {
                "page": screen_out.page,
                "dispositions": {code: found.value for code, found in screen_out.dispositions},
            },
            "min_choices": question.min_choices,
            "max_choices": question.max_choices,
            "entries": question.entries,
            "max_chars": question.max_chars,
            "unit": question.unit,
            "min": question.minimum,
            "max": question.maximum,
            "code_frame": question.code_frame,
            "wording_version": question.wording_version,
            "reproduces": list(question.reproduces),
            "analysis": _analysis(question),
            "figure": _without_defaults(
                {
                    "type": question.figure.type,
                    "sort": question.figure.sort,
                    "title": question.figure.title,
                    "note": question.figure.note,
                    "caveats": list(question.figure.caveats),
                },
                sort="stored",
            ),
        },
        keep=(name for name, value in (("min", question.minimum), ("max", question.maximum)) if value == 0),
        order=Order.FIXED.value,
        row_order=Order.FIXED.value,
        wording_version=1,
    )


def _choice(choice: Choice) -> Data:
    return _without_defaults(
        {
            "code": choice.code,
            "label": choice.label,
            "role": choice.role.value,
            "exclusive": choice.exclusive,
            "pin": choice.pin,
        },
        role=Role.SUBSTANTIVE.value,
    )


def _analysis(question: Question) -> Data:
    found = question.analysis
    return _without_defaults(
        {
            "concept": found.concept,
            "base_rule": _rule(found.base_rule),
            "base": found.base,
            "nets": _each(_group, found.nets),
            "publish": found.publish.value,
            "classes": {partition.key: _class(partition) for partition in found.partitions},
            "breaks": list(found.breaks),
            "statistic": found.statistic,
            "also": [_rule(one) if isinstance(one, BaseRule) else one for one in found.also],
            "sensitivity": found.sensitivity.value,
        },
        base_rule="answered",
        publish=Publish.PARTS.value,
    )


def _rule(rule: BaseRule) -> str | Data:
    if rule.kind == "everyone":
        return {"everyone_of": rule.question, "not_asked_is": rule.code}
    return rule.kind


def _group(group: Net | Part) -> Data:
    return {"code": group.code, "label": group.label, "members": list(group.members)}


def _class(partition: Partition) -> Data:
    return _without_defaults(
        {
            "title": partition.title,
            "parts": _each(_group, partition.parts),
            "outside": list(partition.outside),
        }
    )


def _derived(derived: Derived) -> Data:
    return _without_defaults(
        {
            "key": derived.key,
            "label": derived.label,
            "statistic": derived.statistic,
            "over": list(derived.over),
            "base": derived.base,
            "sensitivity": derived.sensitivity.value,
            "reproduces": list(derived.reproduces),
        }
    )


def _condition(condition: Condition | None) -> Data | None:
    match condition:
        case None:
            return None
        case Leaf(question, op, values, row):
            return _without_defaults(
                {"question": question, "row": row, "op": op.value, "values": list(values)}
            )
        case AllOf(conditions):
            return {"all": [_condition(one) for one in conditions]}
        case AnyOf(conditions):
            return {"any": [_condition(one) for one in conditions]}
        case Not(inner):
            return {"not": _condition(inner)}
