"""Conditions of the routing grammar: walking them, and their readable JSON form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveys.definition import AllOf, AnyOf, Condition, Leaf, Not, Op, Question, item_key

UNREADABLE = AllOf(())
"""Stands for a condition that could not be read: always true, so that little follows from the fault."""


def located_leaves(condition: Condition | None, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every leaf with its path into the file, in the order of the file."""
    match condition:
        case Leaf():
            yield path, condition
        case AllOf(conditions) | AnyOf(conditions):
            name = "all" if isinstance(condition, AllOf) else "any"
            for position, part in enumerate(conditions):
                yield from located_leaves(part, f"{path}.{name}[{position}]")
        case Not(inner):
            yield from located_leaves(inner, f"{path}.not")


def is_readable(condition: Condition | None) -> bool:
    match condition:
        case AllOf(()) | AnyOf(()):
            return False
        case AllOf(conditions) | AnyOf(conditions):
            return all(is_readable(part) for part in conditions)
        case Not(inner):
            return is_readable(inner)
        case _:
            return True


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    for _path, leaf in located_leaves(condition):
        yield leaf


def conditions_of(question: Question) -> Iterator[Condition]:
    """The conditions of the question itself and of its rows."""
    if question.show_if is not None:
        yield question.show_if
    for row in question.rows:
        if row.show_if is not None:
            yield row.show_if


def routed_by(question: Question) -> frozenset[str]:
    """Keys of the questions whose answers decide whether this one, or a row of it, is asked."""
    return frozenset(leaf.question for condition in conditions_of(question) for leaf in leaves(condition))


def routed_by_all(questions: Mapping[str, Question], key: str) -> frozenset[str]:
    """`routed_by`, and what those questions depend on in their turn."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        question = questions.get(waiting.pop())
        new = routed_by(question) - found if question else frozenset()
        found |= new
        waiting.extend(new)
    return frozenset(found)


def items_before(questions: Mapping[str, Question], question: Question, row: str | None) -> tuple[str, ...]:
    """Items whose answers decide, directly or through others, whether this item is asked."""
    found: dict[str, None] = {}
    waiting = list(_items_named(question, row))
    while waiting:
        key, leaf_row = waiting.pop(0)
        item = item_key(key, leaf_row)
        if item not in found and key in questions:
            found[item] = None
            waiting.extend(_items_named(questions[key], leaf_row))
    return tuple(found)


def _items_named(question: Question, row: str | None) -> Iterator[tuple[str, str | None]]:
    own_row = next((r for r in question.rows if r.code == row), None)
    for condition in (question.show_if, own_row.show_if if own_row else None):
        for leaf in leaves(condition):
            yield leaf.question, leaf.row


def to_json(condition: Condition | None) -> dict[str, Any] | None:
    match condition:
        case None:
            return None
        case Leaf(question, op, values, row):
            written: dict[str, Any] = {"question": question, "op": op.value}
            if row is not None:
                written["row"] = row
            return written | ({"values": list(values)} if values else {})
        case AllOf(conditions):
            return {"all": [to_json(part) for part in conditions]}
        case AnyOf(conditions):
            return {"any": [to_json(part) for part in conditions]}
        case Not(inner):
            return {"not": to_json(inner)}


def from_json(data: Mapping[str, Any] | None) -> Condition | None:
    return None if data is None else _condition(data)


def _condition(data: Mapping[str, Any]) -> Condition:
    if "all" in data:
        return AllOf(tuple(_condition(part) for part in data["all"]))
    if "any" in data:
        return AnyOf(tuple(_condition(part) for part in data["any"]))
    if "not" in data:
        return Not(_condition(data["not"]))
    return Leaf(data["question"], Op(data["op"]), tuple(data.get("values", ())), data.get("row"))
