"""How many different answers were given."""

from __future__ import annotations

from reports.measures import Block, Measure, rule_text
from reports.statistics.counted import Counted, has_codes
from surveys.definition import BaseRule, Derived, Question, Role

NOT_DISTINCT = ("other", "too_vague", "off_topic", "removed")
"""Codes that every frame has and that name nothing."""


def count_distinct(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """How many different codes were given at least once: of a detached question, from its tally alone."""
    if question.detached:
        tally = counted.apart.tallies.get(question.key, {})
        given = {code: count for code, count in tally.items() if code and count}
        special = {choice.code for choice in question.special} | {
            choice.code for choice in question.choices if choice.role is not Role.SUBSTANTIVE
        }
        return (_distinct(question, rule_text(rule), len(given.keys() - special), sum(given.values())),)
    if not has_codes(counted, question):
        return ()
    base = counted.of(counted.book.base(question.key, rule))
    return (_distinct(question, rule_text(rule), different(counted, (question,)), base),)


def _distinct(question: Question | Derived, rule: str, number: int, base: int) -> Block:
    measure = Measure("distinct", question.key, value=number)
    return Block("", "", "count_distinct", rule, base, (measure,), shares_counts=False, has_range=False)


def different(counted: Counted, questions: tuple[Question, ...]) -> int:
    """Different codes over questions of one frame; `other_named` counts once per different cleaned name."""
    frame = counted.definition.frames[questions[0].code_frame]
    sums = counted.book.coded
    given = {c.code for c in frame.codes if any(counted.of(sums(q.key, c.code)) for q in questions)}
    given -= set(frame.not_counted) | set(NOT_DISTINCT)
    names = frozenset().union(*(counted.apart.names.get(q.key, frozenset()) for q in questions))
    return len(given - {"other_named"}) + (max(len(names), 1) if "other_named" in given else 0)


def derived_blocks(counted: Counted, derived: Derived) -> tuple[Block, ...]:
    """A figure over several questions, out of those who answered at least one of them."""
    questions = tuple(counted.definition.by_key[key] for key in derived.over)
    if not all(has_codes(counted, question) for question in questions):
        return ()
    base = counted.of(counted.columns.unions["derived", derived.key])
    return (_distinct(derived, "answered", different(counted, questions), base),)
