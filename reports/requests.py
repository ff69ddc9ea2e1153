"""Tables that analysts ask for beside those of the questionnaire: what they are and what may be asked.

A request names a question, who a percentage is out of, sums of codes of its own, and one class: either to show part
by part, or of which one part is shown alone. Two classes at once would be a cross, which is never made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveys.codebook import Codebook, Sum
from surveys.definition import (
    ANSWERED,
    ASKED,
    VALID,
    BaseRule,
    Definition,
    Kind,
    Net,
    Question,
    Role,
    split_item,
)

MOST_NETS = 4
"""Sums of codes that one request can define."""
MOST_UNIONS = 96
"""Sums of overlapping codes that requests of one wave can add: each takes a row of memory of every batch."""
CODE = re.compile(r"[a-z][a-z0-9_]{0,58}")
NOT_CODABLE = frozenset({"too_vague", "off_topic", "removed"})
SUMMED = frozenset({Kind.SINGLE, Kind.GRID_SINGLE})
"""Kinds of which one respondent gives one code, so that a net is a plain sum."""
WITH_CODES = SUMMED | {Kind.MULTIPLE, Kind.RANKING, Kind.GRID_MULTIPLE, Kind.OPEN_LIST}

UnionKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One version of a request. `by` is the class it uses; with `part`, that part alone is shown.

    One that does not stand any more is still decided, as if it had been shown: somebody has read its table.
    """

    request: int
    question: str
    rule: BaseRule = ANSWERED
    by: str = ""
    part: str = ""
    nets: tuple[Net, ...] = ()
    stands: bool = True


class Fault(StrEnum):
    UNKNOWN_QUESTION = "unknown_question"
    DETACHED = "detached"
    PROFILE = "profile"
    NO_CODES = "no_codes"
    UNKNOWN_RULE = "unknown_rule"
    CROSS = "cross"
    UNKNOWN_CLASS = "unknown_class"
    OWN_CLASS = "own_class"
    TOTAL_ONLY = "total_only"
    CLASS_NOT_USED = "class_not_used"
    UNKNOWN_PART = "unknown_part"
    NUMBER_NEEDS_CLASS = "number_needs_class"
    NET_OF_NUMBERS = "net_of_numbers"
    TOO_MANY_NETS = "too_many_nets"
    NET_CODE = "net_code"
    NET_CODE_TAKEN = "net_code_taken"
    NET_WITHOUT_LABEL = "net_without_label"
    NET_WITHOUT_MEMBERS = "net_without_members"
    NET_ALREADY_THERE = "net_already_there"
    UNKNOWN_MEMBER = "unknown_member"
    MEMBER_NOT_COUNTED = "member_not_counted"
    NOTHING_NEW = "nothing_new"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be asked: `field` of the request, and the code, class or member that it is about."""

    field: str
    fault: Fault
    about: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as it was typed, before it is known to make sense."""

    question: str
    base_rule: str = "answered"
    breakdown: str = ""
    filter_class: str = ""
    filter_part: str = ""
    nets: tuple[Net, ...] = ()


# What can be asked for.


def may_be_asked(question: Question) -> bool:
    return next(_question_problems(question, ""), None) is None


def rules_of(question: Question) -> tuple[BaseRule, ...]:
    """Whom a percentage of this question can be out of. An `everyone` rule has marks if the definition has it."""
    if question.kind is Kind.NUMBER:
        return (ANSWERED,)
    rules = (question.analysis.base_rule, *(a for a in question.analysis.also if isinstance(a, BaseRule)))
    return tuple(dict.fromkeys((*rules, ANSWERED, VALID, ASKED)))


def rule_of(text: str) -> BaseRule:
    """The rule that a stored text names: `answered`, or `everyone_of:question=code`."""
    kind, _, more = text.partition(":")
    question, _, code = more.partition("=")
    return BaseRule("everyone", question, code) if kind == "everyone_of" else BaseRule(kind)


def classes_of(definition: Definition, question: Question) -> tuple[str, ...]:
    """Classes that this question can be shown by: those that the questionnaire breaks some question down by.

    A question that its definition keeps to the total alone has none.
    """
    if not question.analysis.breaks:
        return ()
    used = {name for other in definition.questions for name in other.analysis.breaks}
    return tuple(name for name in definition.partitions if name in used)


def members_of(definition: Definition, question: Question, rule: BaseRule) -> tuple[tuple[str, str], ...]:
    """(code, label) of what a net can be made of: the codes that are counted one by one under the rule."""
    ends = {code for code, _class in question.screen_out.dispositions} if question.screen_out else set()
    out = {Role.PREFER_NOT, Role.DONT_KNOW} if rule.kind == "valid" else {Role.PREFER_NOT}
    offered = [(c.code, c.label) for c in question.offered if c.role not in out and c.code not in ends]
    frame = definition.frames.get(question.code_frame) if question.kind is Kind.OPEN_LIST else None
    coded = [(c.code, c.label) for c in (frame.codes if frame else ()) if c.code not in NOT_CODABLE]
    return tuple(offered + coded)


# What is wrong with a request.


def problems(definition: Definition, draft: Draft) -> tuple[Problem, ...]:
    """Every reason why this cannot be asked; one about the question itself stands alone."""
    question = definition.by_key.get(draft.question)
    if question is None:
        return (Problem("question", Fault.UNKNOWN_QUESTION, draft.question),)
    alone = next(_question_problems(question, draft.breakdown or draft.filter_class), None)
    if alone is not None:
        return (alone,)
    found = [
        *_rule_problems(question, draft),
        *_class_problems(definition, question, draft),
        *_net_problems(definition, question, draft),
    ]
    return tuple(found) or tuple(_emptiness(question, draft))


def _question_problems(question: Question, name: str) -> Iterator[Problem]:
    if question.detached:
        yield Problem("question", Fault.DETACHED)
    if question.analysis.partitions:
        own = name in {partition.key for partition in question.analysis.partitions}
        yield Problem("question", Fault.OWN_CLASS if own else Fault.PROFILE, name)
    if question.kind not in WITH_CODES | {Kind.NUMBER} or (
        question.kind is Kind.OPEN_LIST and not question.code_frame
    ):
        yield Problem("question", Fault.NO_CODES)


def _rule_problems(question: Question, draft: Draft) -> Iterator[Problem]:
    if rule_of(draft.base_rule) not in rules_of(question):
        yield Problem("base_rule", Fault.UNKNOWN_RULE, draft.base_rule)


def _class_problems(definition: Definition, question: Question, draft: Draft) -> Iterator[Problem]:
    if draft.breakdown and draft.filter_class:
        yield Problem("filter", Fault.CROSS)
        return
    field = "breakdown" if draft.breakdown else "filter"
    name = draft.breakdown or draft.filter_class
    if not name:
        return
    if name not in definition.partitions:
        yield Problem(field, Fault.UNKNOWN_CLASS, name)
    elif not question.analysis.breaks:
        yield Problem(field, Fault.TOTAL_ONLY)
    elif name not in classes_of(definition, question):
        yield Problem(field, Fault.CLASS_NOT_USED, name)
    elif draft.filter_class and draft.filter_part not in part_codes(definition, name):
        yield Problem(field, Fault.UNKNOWN_PART, draft.filter_part)


def part_codes(definition: Definition, name: str) -> tuple[str, ...]:
    return tuple(part.code for part in definition.partitions[name][1].parts)


def _net_problems(definition: Definition, question: Question, draft: Draft) -> Iterator[Problem]:
    if draft.nets and question.kind is Kind.NUMBER:
        yield Problem("nets", Fault.NET_OF_NUMBERS)
        return
    if len(draft.nets) > MOST_NETS:
        yield Problem("nets", Fault.TOO_MANY_NETS)
    taken = _codes_taken(definition, question)
    sets = {frozenset(net.members) for net in question.analysis.nets}
    for place, net in enumerate(draft.nets, start=1):
        field = f"net{place}"
        yield from _name_problems(field, net, taken)
        yield from _member_problems(definition, question, draft, field, net)
        if net.members and frozenset(net.members) in sets:
            yield Problem(field, Fault.NET_ALREADY_THERE, net.code)
        taken.add(net.code)
        sets.add(frozenset(net.members))


def _codes_taken(definition: Definition, question: Question) -> set[str]:
    frame = definition.frames.get(question.code_frame)
    codes = {choice.code for choice in question.offered} | {found.code for found in question.assigned}
    codes |= {net.code for net in question.analysis.nets} | {"not_codable"}
    return codes | {code.code for code in (frame.codes if frame else ())}


def _name_problems(field: str, net: Net, taken: Iterable[str]) -> Iterator[Problem]:
    if not CODE.fullmatch(net.code):
        yield Problem(field, Fault.NET_CODE, net.code)
    elif net.code in taken:
        yield Problem(field, Fault.NET_CODE_TAKEN, net.code)
    if not net.label.strip():
        yield Problem(field, Fault.NET_WITHOUT_LABEL, net.code)


def _member_problems(
    definition: Definition, question: Question, draft: Draft, field: str, net: Net
) -> Iterator[Problem]:
    if not net.members:
        yield Problem(field, Fault.NET_WITHOUT_MEMBERS, net.code)
    known = dict(members_of(definition, question, ASKED))
    counted = dict(members_of(definition, question, rule_of(draft.base_rule)))
    others = {choice.code for choice in question.offered} | NOT_CODABLE
    for member in net.members:
        if member in counted:
            continue
        fault = Fault.MEMBER_NOT_COUNTED if member in others | known.keys() else Fault.UNKNOWN_MEMBER
        yield Problem(field, fault, member)


def _emptiness(question: Question, draft: Draft) -> Iterator[Problem]:
    """What the night makes anyway needs no request."""
    if question.kind is Kind.NUMBER and not (draft.breakdown or draft.filter_class):
        yield Problem("breakdown", Fault.NUMBER_NEEDS_CLASS)
    elif (
        not draft.nets and not draft.filter_class and rule_of(draft.base_rule) == question.analysis.base_rule
    ):
        made = {"", *question.analysis.breaks}
        if draft.breakdown in made and question.analysis.statistic in {
            "percent_of_respondents",
            "median_and_quartiles",
        }:
            yield Problem("breakdown", Fault.NOTHING_NEW)


# What the kernel counts for it.


def groups_of(definition: Definition, asked: Iterable[Asked]) -> Iterator[tuple[str, str]]:
    for one in asked:
        if one.by:
            yield from ((one.by, code) for code in part_codes(definition, one.by))


def unions_of(
    definition: Definition, book: Codebook, asked: Iterable[Asked]
) -> Iterator[tuple[UnionKey, tuple[int, ...]]]:
    """Who has any code of a net, for questions whose codes can go together."""
    for one in asked:
        question = definition.by_key[one.question]
        if question.kind in SUMMED:
            continue
        for net in one.nets:
            for item in question.items:
                total = sum_of(book, question, item, net.members, one.rule)
                assert not total.minus
                yield union_key(one, net, item), tuple(dict.fromkeys(total.plus))


def union_key(asked: Asked, net: Net, item: str) -> UnionKey:
    return f"request {asked.request} {net.code}", item


def sum_of(book: Codebook, question: Question, item: str, members: Iterable[str], rule: BaseRule) -> Sum:
    """The marks of all these codes; of codes that can go together a union has to be made of them."""
    assert split_item(item)[0] == question.key
    if question.kind is Kind.OPEN_LIST:
        offered = {choice.code for choice in question.offered}
        sums = (
            book.counted(item, code, rule) if code in offered else book.coded(question.key, code)
            for code in members
        )
        return sum(sums, Sum())
    return sum((book.counted(item, code, rule) for code in members), Sum())


def how_many_unions(definition: Definition, asked: Iterable[Asked]) -> int:
    """Rows of memory that these requests take; requests with the same net of the same question share theirs."""
    found = {
        (one.question, item, one.rule, frozenset(net.members))
        for one in asked
        for net in one.nets
        for item in definition.by_key[one.question].items
        if definition.by_key[one.question].kind not in SUMMED
    }
    return len(found)
