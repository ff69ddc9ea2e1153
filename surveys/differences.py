"""What two definitions say differently, and what a new version has to say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from surveys.countries import without_public_lists
from surveys.definition import BaseRule, Definition, Question
from surveys.exceptions import Difference
from surveys.validation import Draft, Problem

NAMES = ("key", "code", "id")
ABSENT = "(nothing)"
LONGEST_SHOWN = 80


def differences(before: Definition, after: Definition) -> tuple[Difference, ...]:
    """Everything that differs, by path, what was taken out and what was added included."""
    old, new = dict(_flat(without_public_lists(before), "")), dict(_flat(without_public_lists(after), ""))
    paths = [*old, *(path for path in new if path not in old)]
    return tuple(
        Difference(path, _shown(old.get(path, ABSENT)), _shown(new.get(path, ABSENT)))
        for path in paths
        if old.get(path, ABSENT) != new.get(path, ABSENT)
    )


def only_appends_codes(before: Definition, after: Definition) -> bool:
    """Whether the only difference are codes at the end of code frames: marks, and so answers, stay the same."""
    lengths = {frame.key: len(frame.codes) for frame in before.code_frames}
    frames = tuple(
        replace(frame, codes=frame.codes[: lengths.get(frame.key, 0)]) for frame in after.code_frames
    )
    return not differences(before, replace(after, code_frames=frames))


def check_wording_versions(before: Definition, after: Definition) -> Iterator[Problem]:
    """A question that asks for the same concept in other words says so, or waves are compared that differ."""
    asked = {question.analysis.concept: question for question in before.questions}
    for located in Draft(after).located:
        question = located.question
        earlier = asked.get(question.analysis.concept)
        if earlier is None:
            continue
        lowest = earlier.wording_version + (_wording(earlier) != _wording(question))
        if question.wording_version < lowest:
            message = (
                f"Version {before.version} has this question with another text or other answers. "
                f"Write `wording_version: {lowest}`."
            )
            yield Problem(located.at("wording_version"), message)


def _wording(question: Question) -> tuple[Any, ...]:
    """What a respondent reads and can answer."""
    return (
        question.kind,
        question.text,
        question.choices_from or tuple((choice.code, choice.label) for choice in question.choices),
        tuple((choice.code, choice.label) for choice in question.special),
        tuple((row.code, row.label) for row in question.rows),
        (question.minimum, question.maximum, question.max_choices, question.entries),
    )


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if is_dataclass(value) and not isinstance(value, type | BaseRule):
        for entry in fields(value):
            yield from _flat(getattr(value, entry.name), f"{path}.{entry.name}".lstrip("."))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for place, entry in enumerate(value):
            yield from _flat(entry, f"{path}[{_name(entry, place)}]")
        yield f"{path} (order)", ", ".join(_name(entry, place) for place, entry in enumerate(value))
    else:
        yield path, _written(value)


def _name(entry: Any, place: int) -> str:
    return next((str(getattr(entry, name)) for name in NAMES if hasattr(entry, name)), str(place))


def _written(value: Any) -> str:
    match value:
        case Enum():
            return str(value.value)
        case BaseRule(kind, question, code):
            return f"{kind} {question} {code}".strip()
        case tuple():
            return ", ".join(_written(entry) for entry in value)
        case _:
            return str(value)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"
