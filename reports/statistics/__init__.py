"""The closed list of statistics, one formula each, from counts of marks to measures."""

from __future__ import annotations

from dataclasses import replace

from reports.columns import AMONG
from reports.measures import Block
from reports.statistics.counted import AND, NOT_STATED, RESPONDENTS, Counted, Formula
from reports.statistics.distinct import count_distinct, derived_blocks
from reports.statistics.lists import (
    borda_3_2_1,
    mean_rank,
    percent_named_first,
    percent_of_mentions,
    percent_ranked_first,
    percent_ranked_top_3,
)
from reports.statistics.numbers import bands, histogram_10_points, median_and_quartiles
from reports.statistics.shares import classes, percent_of_respondents, percent_without_dont_know
from reports.statistics.weighted import with_weights
from surveys.definition import BaseRule, Question

__all__ = [
    "AND",
    "NOT_STATED",
    "RESPONDENTS",
    "STATISTICS",
    "Counted",
    "blocks_of",
    "derived_blocks",
    "main_blocks",
]


def blocks_of(counted: Counted, question: Question) -> tuple[Block, ...]:
    """The main statistic of a question, then the further ones, each by its own rule for the base."""
    return with_weights(counted, lambda read: _blocks(read, question))


def _blocks(counted: Counted, question: Question) -> tuple[Block, ...]:
    main = question.analysis.base_rule
    if question.analysis.partitions:
        return classes(counted, question, main)
    found = list(STATISTICS[question.analysis.statistic](counted, question, main))
    for also in question.analysis.also:
        if isinstance(also, BaseRule):
            found += percent_of_respondents(counted, question, also)
        elif also.startswith(AMONG):
            found += _among(counted, question, also)
        else:
            found += STATISTICS[also](counted, question, main)
    return tuple(found)


def main_blocks(counted: Counted, question: Question) -> tuple[Block, ...]:
    """The main statistic alone, as breakdowns show it."""
    return with_weights(counted, lambda read: _main_blocks(read, question))


def _main_blocks(counted: Counted, question: Question) -> tuple[Block, ...]:
    return STATISTICS[question.analysis.statistic](counted, question, question.analysis.base_rule)


def _among(counted: Counted, question: Question, statistic: str) -> tuple[Block, ...]:
    """The main statistic among those in a net of another question."""
    net = statistic.removeprefix(AMONG)
    blocks = _main_blocks(counted.within(("net", net)), question)
    return tuple(replace(block, statistic=statistic, group=net, shares_counts=False) for block in blocks)


def verbatim(counted: Counted, question: Question, rule: BaseRule) -> tuple[Block, ...]:
    """Quotations are no table."""
    return ()


STATISTICS: dict[str, Formula] = {
    RESPONDENTS: percent_of_respondents,
    "percent_of_mentions": percent_of_mentions,
    "percent_named_first": percent_named_first,
    "percent_ranked_first": percent_ranked_first,
    "percent_ranked_top_3": percent_ranked_top_3,
    "mean_rank": mean_rank,
    "borda_3_2_1": borda_3_2_1,
    "percent_without_dont_know": percent_without_dont_know,
    "median_and_quartiles": median_and_quartiles,
    "histogram_10_points": histogram_10_points,
    "bands": bands,
    "count_distinct": count_distinct,
    "verbatim": verbatim,
}
"""Every statistic of the questionnaire schema; `percent_among_X` and further base rules are made of the main one."""
