"""Shares of respondents: by choice, by code, by net, by class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reports.columns import not_codable
from reports.measures import Block, Measure, rule_text
from reports.statistics.counted import RESPONDENTS, Counted, has_codes, is_printed
from surveys.codebook import Sum
from surveys.definition import VALID, BaseRule, Kind, Net, Question, split_item

PARTITIONED = frozenset({Kind.SINGLE, Kind.GRID_SINGLE, Kind.NUMBER})


def classes(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """A profile question: the parts of its classes and nothing finer. The row names the class if it has several."""
    several = len(question.analysis.partitions) > 1
    return tuple(
        Block(
            row=partition.key if several else "",
            part=counted.part,
            statistic=RESPONDENTS,
            base_rule=rule_text(rule),
            base=counted.of(counted.book.base(question.key, rule)),
            measures=tuple(
                counted.measure("class", part.code, counted.book.part(partition.key, part.code))
                for part in partition.parts
            ),
            is_partition=True,
            out_of=counted.book.base(question.key, rule),
        )
        for partition in question.analysis.partitions
    )


def percent_of_respondents(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """100 x respondents in the base with the code / base, row by row; then the nets over rows."""
    if question.kind is Kind.OPEN_LIST and not has_codes(counted, question):
        return ()
    rows = tuple(_item_block(counted, question, item, rule) for item in question.items)
    nets = tuple(
        _row_net_block(counted, question, net, rule) for net in question.analysis.nets if _over_rows(net)
    )
    return rows + nets


def _item_block(counted: Counted, question: Question, item: str, rule: BaseRule) -> Block:
    row = split_item(item)[1]
    codes = tuple(_code_measures(counted, question, item, rule))
    nets = tuple(
        counted.measure("net", net.code, counted.book.net(question.key, net.code, row, rule), net.members)
        for net in question.analysis.nets
        if not _over_rows(net)
    )
    return Block(
        row=row or "",
        part=counted.part,
        statistic=RESPONDENTS,
        base_rule=rule_text(rule),
        base=counted.of(counted.book.base(item, rule)),
        measures=codes + nets,
        is_partition=question.kind in PARTITIONED,
        out_of=counted.book.base(item, rule),
    )


def _code_measures(counted: Counted, question: Question, item: str, rule: BaseRule) -> Iterator[Measure]:
    for kind, choice in (
        *(("choice", c) for c in question.choices),
        *(("special", c) for c in question.special),
    ):
        if is_printed(question, choice, rule):
            yield counted.measure(kind, choice.code, counted.book.counted(item, choice.code, rule))
    yield from frame_measures(counted, question, counted.book.coded, "not_codable")
    if rule.kind == "everyone" and rule.code in {a.code for a in question.assigned}:
        yield counted.measure("assigned", rule.code, counted.book.counted(item, rule.code, rule))


def frame_measures(
    counted: Counted, question: Question, sum_of: Callable[[str, str], Sum], union: str
) -> Iterator[Measure]:
    """One measure per code of the frame; what could not be coded is one line."""
    frame = counted.definition.frames.get(question.code_frame)
    if frame is None or question.kind is not Kind.OPEN_LIST:
        return
    lumped = not_codable(counted.definition, question)
    for code in frame.codes:
        if code.code not in lumped:
            yield counted.measure("code", code.code, sum_of(question.key, code.code))
    if lumped:
        yield counted.measure("code", "not_codable", counted.columns.unions[union, question.key])


def _over_rows(net: Net) -> bool:
    return any(member.startswith("row:") for member in net.members)


def _row_net_block(counted: Counted, question: Question, net: Net, rule: BaseRule) -> Block:
    base = counted.book.net_base(question.key, net.code, rule)
    total = counted.book.net(question.key, net.code, None, rule)
    return Block(
        row="",
        part=counted.part,
        statistic=RESPONDENTS,
        base_rule=rule_text(rule),
        base=counted.of(base),
        measures=(counted.measure("net", net.code, total, net.members),),
        out_of=base,
    )


def percent_without_dont_know(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """The main statistic with the base rule `valid`."""
    blocks = percent_of_respondents(counted, question, VALID)
    return tuple(replace(block, statistic="percent_without_dont_know") for block in blocks)
