"""Which mark stands for what.

Marks are numbered from 0 in the order of the definition, question by question; detached questions and open
texts without a code frame have none. Within a question, in this order:

1. item by item (the question, or its rows): chosen codes, the list first and the special answers after it (of
   a ranking, each listed code at place 1, 2, ...); every value of a number, from the smallest; text written;
   skipped; answered (multiple choice and rankings only); each net (multiple choice, rankings and open
   questions only); for each `everyone` rule, in the order base rule, then `also`: counts as its code, counts
   as don't know, leaves the base;
2. each net over rows, without a rule and then with each `everyone` rule: in the net, don't know, in the base
   otherwise, out of the base;
3. of a screening question, its codes and skipped a second time, for those whom the screening ended: the marks
   of the screened out are different ones, so that they are in no base;
4. of a profile question: kept as classes only; each part of each class, kept as that;
5. of an open question with a code frame, a reserved range: 256 codes given at least once, 256 at least twice,
   and so on up to the number of entries, then 256 named in the first filled entry. A code's place in it is
   its place in the frame, so that appending codes moves no mark, not even of later questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from surveys.conditions import items_before
from surveys.definition import BaseRule, Choice, Definition, Kind, Net, Question, split_item

MOST_MARKS = 32_768
"""Marks are stored as signed 16-bit integers."""
RESERVED_CODES = 256

Key = tuple[str | int, ...]

SEVERAL_CODES = frozenset({Kind.MULTIPLE, Kind.GRID_MULTIPLE, Kind.RANKING})
"""Kinds of which one respondent can have several marks of codes, so that a base is no sum of them."""
NETS_STORED = SEVERAL_CODES | {Kind.OPEN_LIST, Kind.OPEN_TEXT}
TEXTS = frozenset({Kind.OPEN_LIST, Kind.OPEN_TEXT})

NET_STATES = ("in", "dont_know", "other", "out")
EVERYONE_STATES = ("code", "dont_know", "leaves")


def has_marks(question: Question) -> bool:
    """Detached answers are not stored with the row; a free text without codes has nothing to count."""
    return not question.detached and (question.kind is not Kind.OPEN_TEXT or bool(question.code_frame))


def everyone_rules(question: Question) -> tuple[BaseRule, ...]:
    rules = [question.analysis.base_rule, *(a for a in question.analysis.also if isinstance(a, BaseRule))]
    return tuple(dict.fromkeys(rule for rule in rules if rule.kind == "everyone"))


def rule_name(rule: BaseRule | None) -> str:
    return f"{rule.question}={rule.code}" if rule is not None and rule.kind == "everyone" else ""


def is_over_rows(net: Net) -> bool:
    return any(member.startswith("row:") for member in net.members)


def row_member(member: str) -> tuple[str, str]:
    """(row, code) of a member `row:R=C`."""
    row, _, code = member.removeprefix("row:").partition("=")
    return row, code


def entries_of(question: Question) -> int:
    return (question.entries or 1) if question.kind is Kind.OPEN_LIST else 1


def places_of(question: Question) -> int:
    return question.max_choices or len(question.choices)


def listed(question: Question) -> tuple[Choice, ...]:
    """The codes that have one mark each: of a ranking the special answers alone."""
    return question.special if question.kind is Kind.RANKING else question.offered


@dataclass(frozen=True)
class Layout:
    """Keys of marks and their numbers, both ways. A key begins with its kind: `("chosen", item, code)`."""

    definition: Definition

    @cached_property
    def _allocated(self) -> tuple[dict[Key, int], int]:
        index: dict[Key, int] = {}
        size = 0
        for question in self.definition.questions:
            if has_marks(question):
                for key in _keys(question):
                    index[key] = size
                    size += 1
                size = self._reserve(question, index, size)
        return index, size

    def _reserve(self, question: Question, index: dict[Key, int], size: int) -> int:
        frame = self.definition.frames.get(question.code_frame)
        if frame is None:
            return size
        times = [("coded", question.key, count) for count in range(1, entries_of(question) + 1)]
        for kind in (*times, ("coded_first", question.key)):
            for position, code in enumerate(frame.codes[:RESERVED_CODES]):
                index[*kind, code.code] = size + position
            size += RESERVED_CODES
        return size

    @property
    def index(self) -> dict[Key, int]:
        return self._allocated[0]

    @property
    def size(self) -> int:
        return self._allocated[1]

    @cached_property
    def keys(self) -> dict[int, Key]:
        return {mark: key for key, mark in self.index.items()}

    @cached_property
    def chains(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """(item, rule) -> items from the rule's question on that decide whether the item is asked."""
        return {
            (item, rule_name(rule)): self._chain(item, rule)
            for question in self.definition.questions
            if has_marks(question)
            for rule in everyone_rules(question)
            for item in question.items
        }

    def _chain(self, item: str, rule: BaseRule) -> tuple[str, ...]:
        key, row = split_item(item)
        order = {question.key: n for n, question in enumerate(self.definition.questions)}
        before = items_before(self.definition.by_key, self.definition.by_key[key], row)
        return tuple(other for other in before if order[split_item(other)[0]] >= order[rule.question])


def _keys(question: Question) -> Iterator[Key]:
    for item in question.items:
        yield from _item_keys(question, item)
    yield from _row_net_keys(question)
    if question.screen_out is not None:
        yield from (("screened", question.key, choice.code) for choice in question.offered)
        yield "screened_skipped", question.key
    if question.analysis.partitions:
        yield "coarse", question.key
        for partition in question.analysis.partitions:
            yield from (("coarse_part", partition.key, part.code) for part in partition.parts)


def _item_keys(question: Question, item: str) -> Iterator[Key]:
    if question.kind is Kind.RANKING:
        places = range(1, places_of(question) + 1)
        yield from (("ranked", item, choice.code, place) for choice in question.choices for place in places)
    yield from (("chosen", item, choice.code) for choice in listed(question))
    if question.minimum is not None and question.maximum is not None:
        yield from (("value", item, value) for value in range(question.minimum, question.maximum + 1))
    if question.kind in TEXTS:
        yield "written", item
    yield "skipped", item
    if question.kind in SEVERAL_CODES:
        yield "answered", item
    if question.kind in NETS_STORED:
        yield from (("net", item, net.code) for net in question.analysis.nets if not is_over_rows(net))
    for rule in everyone_rules(question):
        yield from (("everyone", item, rule_name(rule), state) for state in EVERYONE_STATES)


def _row_net_keys(question: Question) -> Iterator[Key]:
    names = ["", *(rule_name(rule) for rule in everyone_rules(question))]
    for net in question.analysis.nets:
        if is_over_rows(net):
            for name in names:
                yield from (("row_net", question.key, net.code, name, state) for state in NET_STATES)
