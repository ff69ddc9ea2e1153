"""What each type of question needs, may have, and how its choices hang together."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.definition import SUBSTANTIVE_ROLES, Choice, Kind, Order, Question, Role
from surveys.validation.draft import Draft, Located
from surveys.validation.problem import Problem

NEEDS: dict[Kind, tuple[str, ...]] = {
    Kind.SINGLE: ("choices",),
    Kind.MULTIPLE: ("choices",),
    Kind.RANKING: ("choices", "max_choices"),
    Kind.GRID_SINGLE: ("rows", "choices"),
    Kind.GRID_MULTIPLE: ("rows", "choices"),
    Kind.NUMBER: ("min", "max"),
    Kind.OPEN_LIST: ("entries", "max_chars", "code_frame"),
    Kind.OPEN_TEXT: ("max_chars",),
}
MAY_HAVE: dict[Kind, frozenset[str]] = {
    Kind.SINGLE: frozenset({"scale", "order", "detached"}),
    Kind.MULTIPLE: frozenset({"order", "min_choices", "max_choices"}),
    Kind.RANKING: frozenset({"order", "min_choices", "special"}),
    Kind.GRID_SINGLE: frozenset({"scale", "order", "row_order"}),
    Kind.GRID_MULTIPLE: frozenset({"order", "row_order", "special", "min_choices", "max_choices"}),
    Kind.NUMBER: frozenset({"unit", "special"}),
    Kind.OPEN_LIST: frozenset({"special"}),
    Kind.OPEN_TEXT: frozenset({"code_frame"}),
}
SCALE_POINTS = {
    "likert5_common": 5,
    "likert5_change": 5,
    "likert4_extent": 4,
    "likert4_frequency": 4,
    "yes_no": 2,
}
UNDECIDED = frozenset(Role) - SUBSTANTIVE_ROLES
"""Roles of answers that cannot stand beside another answer."""
MOST_VALUES = 4_096
MOST_ENTRIES = 10
MOST_CHARACTERS = 4_000


def check_kinds(draft: Draft) -> Iterator[Problem]:
    for located in draft.sure:
        yield from _check_parts(located)
        yield from _check_scale(located)
        yield from _check_roles(located)
        yield from _check_special(located)
        yield from _check_counts(located)
        yield from _check_bounds(located)


def _parts(question: Question) -> dict[str, bool]:
    """Which of the optional parts a question has."""
    return {
        "choices": bool(question.choices),
        "rows": bool(question.rows),
        "special": bool(question.special),
        "scale": bool(question.scale),
        "detached": question.detached,
        "order": question.order is not Order.FIXED,
        "row_order": question.row_order is not Order.FIXED,
        "min_choices": question.min_choices is not None,
        "max_choices": question.max_choices is not None,
        "entries": question.entries is not None,
        "max_chars": question.max_chars is not None,
        "code_frame": bool(question.code_frame),
        "unit": bool(question.unit),
        "min": question.minimum is not None,
        "max": question.maximum is not None,
    }


def _check_parts(located: Located) -> Iterator[Problem]:
    question = located.question
    allowed = MAY_HAVE[question.kind] | set(NEEDS[question.kind])
    for name, present in _parts(question).items():
        if name in NEEDS[question.kind] and not present:
            yield Problem(located.at(name), f"A question of the type {question.kind} needs `{name}`. Add it.")
        elif present and name not in allowed:
            message = f"A question of the type {question.kind} has no `{name}`. Take it out."
            yield Problem(located.at(name), message)


def _check_scale(located: Located) -> Iterator[Problem]:
    question = located.question
    if not question.scale:
        return
    if question.scale not in SCALE_POINTS:
        message = f"There is no scale `{question.scale}`. Choose one of: {', '.join(sorted(SCALE_POINTS))}."
        yield Problem(located.at("scale"), message)
        return
    points = sum(choice.role is Role.SUBSTANTIVE for choice in question.choices)
    wanted = SCALE_POINTS[question.scale]
    if points != wanted:
        message = (
            f"The scale {question.scale} has {wanted} points, and there are {points} choices without a role."
        )
        yield Problem(located.at("scale"), message)


def _check_roles(located: Located) -> Iterator[Problem]:
    for n, choice in enumerate(located.question.choices):
        message = _fault_of_choice(located.question, choice)
        if message:
            yield Problem(located.choice_at(n), message)


def _fault_of_choice(question: Question, choice: Choice) -> str:
    several = question.kind in (Kind.MULTIPLE, Kind.GRID_MULTIPLE)
    if several and choice.role in UNDECIDED and not choice.exclusive:
        return f"`{choice.code}` cannot stand beside another answer. Add `exclusive: true`."
    if choice.exclusive and not several:
        return f"`exclusive` says nothing in a question of the type {question.kind}. Take it out."
    if question.kind is Kind.RANKING and choice.role is not Role.SUBSTANTIVE:
        return f"`{choice.code}` cannot be ranked. Move it to `special`."
    if choice.role is Role.OTHER_SPECIFY and question.kind not in (Kind.SINGLE, Kind.MULTIPLE):
        return "A text beside a choice is offered in questions of the types single and multiple only."
    if choice.role is Role.OTHER_SPECIFY and question.analysis.partitions:
        return "A profile question, one with classes, offers no text beside a choice. Take the role out."
    return ""


def _check_special(located: Located) -> Iterator[Problem]:
    for n, answer in enumerate(located.question.special):
        path = located.at(f"special[{n}]")
        if not answer.exclusive:
            yield Problem(path, "A special answer stands alone. Add `exclusive: true`.")
        if answer.role is Role.OTHER_SPECIFY:
            yield Problem(path, "A special answer has no text beside it. Choose another role.")


def _check_counts(located: Located) -> Iterator[Problem]:
    question = located.question
    low, high = question.min_choices, question.max_choices
    together = sum(not choice.exclusive for choice in question.choices)
    if high is not None and not 1 <= high <= max(together, 1):
        message = f"{high} is not between 1 and {together}, the choices that can stand together."
        yield Problem(located.at("max_choices"), message)
    if low is not None and not 1 <= low <= (high or together):
        yield Problem(located.at("min_choices"), f"{low} is not between 1 and {high or together}.")
    if question.choices and question.kind is Kind.SINGLE and len(question.choices) < 2:
        yield Problem(located.at("choices"), "One choice is no question. Add another.")


def _check_bounds(located: Located) -> Iterator[Problem]:
    question = located.question
    low, high = question.minimum, question.maximum
    if low is not None and high is not None:
        if low > high:
            yield Problem(located.at("max"), f"{high} is smaller than {low}, the smallest number.")
        elif high - low >= MOST_VALUES:
            message = f"From {low} to {high} are more than {MOST_VALUES:,} values. Ask in a larger unit."
            yield Problem(located.at("max"), message)
    limits = (("entries", question.entries, MOST_ENTRIES), ("max_chars", question.max_chars, MOST_CHARACTERS))
    for name, value, most in limits:
        if value is not None and not 1 <= value <= most:
            yield Problem(located.at(name), f"{value} is not between 1 and {most:,}.")
