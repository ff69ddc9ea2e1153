"""Statistics of ranked choices and of coded lists: mentions, named or ranked first, mean score."""

from __future__ import annotations

from dataclasses import replace

from reports.columns import not_codable
from reports.measures import Block, Measure, rule_text
from reports.statistics.counted import Counted, has_codes, is_printed
from reports.statistics.shares import frame_measures
from surveys.codebook import Sum
from surveys.definition import SUBSTANTIVE_ROLES, BaseRule, Kind, Question

TOP = 3


def percent_of_mentions(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """100 x times the code was given / times any code was given. A text gives a code once, and so does a choice.

    Answers that name nothing are no mentions: none of these, not encountered, don't know.
    """
    if question.kind is Kind.MULTIPLE:
        return _mentions_of_choices(counted, question, rule)
    if not has_codes(counted, question):
        return ()
    frame = counted.definition.frames[question.code_frame]
    times = {code.code: counted.book.mentions(question.key, code.code) for code in frame.codes}
    lumped = not_codable(counted.definition, question)
    measures = [counted.measure("code", code, total) for code, total in times.items() if code not in lumped]
    if lumped:
        measures.append(counted.measure("code", "not_codable", sum((times[code] for code in lumped), Sum())))
    mentions = sum(times.values(), Sum())
    block = Block(
        "",
        counted.part,
        "percent_of_mentions",
        rule_text(rule),
        counted.of(mentions),
        tuple(measures),
        is_partition=True,
    )
    return (replace(block, has_range=False, out_of=mentions),)


def _mentions_of_choices(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    measures = tuple(
        counted.measure("choice", choice.code, counted.book.chosen(question.key, choice.code))
        for choice in question.choices
        if choice.role in SUBSTANTIVE_ROLES
    )
    mentions = sum((measure.total or Sum() for measure in measures), Sum())
    block = Block(
        "", counted.part, "percent_of_mentions", rule_text(rule), counted.of(mentions), measures, True
    )
    return (replace(block, has_range=False, out_of=mentions),)


def percent_named_first(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """100 x respondents whose first filled entry has the code / base."""
    if not has_codes(counted, question):
        return ()
    measures = tuple(frame_measures(counted, question, counted.book.coded_first, "not_codable_first"))
    frame = counted.definition.frames[question.code_frame]
    block = _first_block(counted, question, rule, "percent_named_first", measures)
    return (replace(block, is_partition=frame.max_codes_per_mention == 1),)


def percent_ranked_first(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """100 x respondents who ranked the code first / base."""
    measures = tuple(
        counted.measure("choice", choice.code, counted.book.ranked(question.key, choice.code, 1))
        for choice in question.choices
    )
    return (_first_block(counted, question, rule, "percent_ranked_first", measures),)


def percent_ranked_top_3(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """100 x respondents who ranked the code first, second or third / base."""
    base = counted.book.base(question.key, rule)
    measures = tuple(
        counted.measure("choice", choice.code, sum(_places(counted, question, choice.code, TOP), Sum()))
        for choice in question.choices
    )
    return (
        Block(
            "",
            counted.part,
            "percent_ranked_top_3",
            rule_text(rule),
            counted.of(base),
            measures,
            shares_counts=False,
            out_of=base,
        ),
    )


def mean_rank(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """Sum of place x respondents who ranked the code there / those who ranked it anywhere, 1 for first.

    Each code has a base of its own: who did not rank it gave it no place.
    """
    return tuple(_mean_rank(counted, question, choice.code, rule) for choice in question.choices)


def _mean_rank(counted: Counted, question: Question, code: str, rule: BaseRule) -> Block:
    found = _ranked(counted, question, code, question.max_choices or len(question.choices))
    base = sum(found)
    value = sum(place * count for place, count in enumerate(found, start=1)) / (base or 1)
    measure = Measure("choice", code, value=value, needs=(code,))
    return Block(
        "",
        counted.part,
        "mean_rank",
        rule_text(rule),
        base,
        (measure,),
        shares_counts=False,
        has_range=False,
    )


def _ranked(counted: Counted, question: Question, code: str, places: int) -> list[int]:
    """Respondents who ranked the code first, second and so on."""
    return [counted.of(total) for total in _places(counted, question, code, places)]


def _places(counted: Counted, question: Question, code: str, places: int) -> list[Sum]:
    last = min(places, question.max_choices or len(question.choices))
    return [counted.book.ranked(question.key, code, place) for place in range(1, last + 1)]


def _first_block(
    counted: Counted, question: Question, rule: BaseRule, statistic: str, measures: tuple[Measure, ...]
) -> Block:
    """Who named something first, beside those who gave a special answer instead, whose lines stand elsewhere."""
    beside = tuple(
        counted.measure("special", choice.code, counted.book.counted(question.key, choice.code, rule))
        for choice in question.special
        if is_printed(question, choice, rule)
    )
    base = counted.book.base(question.key, rule)
    return Block(
        "",
        counted.part,
        statistic,
        rule_text(rule),
        counted.of(base),
        measures,
        True,
        beside,
        shares_counts=False,
        out_of=base,
    )


def borda_3_2_1(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """(3 x ranked first + 2 x second + 1 x third) / base, 0 to 3."""
    base = counted.of(counted.book.base(question.key, rule))
    places = range(1, min(3, question.max_choices or 3) + 1)
    measures = tuple(
        Measure(
            "choice",
            choice.code,
            value=sum(
                (4 - place) * counted.of(counted.book.ranked(question.key, choice.code, place))
                for place in places
            )
            / (base or 1),
            needs=(choice.code,),
        )
        for choice in question.choices
    )
    return (
        Block(
            "",
            counted.part,
            "borda_3_2_1",
            rule_text(rule),
            base,
            measures,
            shares_counts=False,
            has_range=False,
        ),
    )
