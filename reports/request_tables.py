"""From counts to the tables that analysts asked for, protected like the rest and beside it.

A request's table goes through `protect` and `protect_breakdown` as every other one does. Beyond that nothing of it
is shown that, set beside the tables of the same question (those of the questionnaire, and those of other requests,
withdrawn ones included), would count a few people: see `reports.known`. Whoever a filter leaves out counts as a
group too. Not looked at, as for all tables so far: relations between questions, and classes that overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports.disclosure import (
    FEWEST_NOT_STATED,
    PROTECTED,
    SHOWN,
    WITHHELD,
    Decision,
    Policy,
    Verdict,
    protect,
    protect_breakdown,
)
from reports.known import EVERYBODY, Fact, Group, Known
from reports.measures import Block, CountedTable, Measure
from reports.requests import SUMMED, Asked, part_codes, rule_of, sum_of, union_key
from reports.statistics import RESPONDENTS, Counted, main_blocks
from reports.statistics.shares import percent_of_respondents
from reports.statistics.weighted import with_weights
from surveys.codebook import Sum
from surveys.definition import BaseRule, Kind, Net, Question, Role, item_key

OTHERS = ""
"""The part of everybody whom a filter leaves out. It is judged and never stored."""
NOT_COUNTED = "not_counted"


def decide_requests(counted: Counted, policy: Policy, standard: Sequence[Decision]) -> Iterator[Decision]:
    """The tables of the requests that stand, in the order in which they were made."""
    first = len(counted.definition.questions) + len(counted.definition.derived) + 1
    ledgers: dict[str, Ledger] = {}
    for position, asked in enumerate(counted.columns.asked, start=first):
        question = counted.definition.by_key[asked.question]
        if asked.question not in ledgers:
            ledgers[asked.question] = _ledger_of(counted, question, policy, standard)
        decisions = _Request(counted, question, asked, position, policy, ledgers[asked.question]).decide()
        if asked.stands:
            yield from decisions


# Blocks.


def blocks_of_request(counted: Counted, asked: Asked) -> tuple[Block, ...]:
    """The question's main figures out of the base that was asked for, with the nets of the request beside its own."""
    question = counted.definition.by_key[asked.question]
    if question.kind is Kind.NUMBER:
        return main_blocks(counted, question)
    return with_weights(counted, lambda read: _blocks(read, question, asked))


def _blocks(counted: Counted, question: Question, asked: Asked) -> tuple[Block, ...]:
    blocks = percent_of_respondents(counted, _without_row_nets(question), asked.rule)
    return tuple(_with_own_nets(counted, question, asked, block) for block in blocks)


def _without_row_nets(question: Question) -> Question:
    """A net over rows has a base of its own, which a request does not change."""
    nets = tuple(net for net in question.analysis.nets if not net.members[0].startswith("row:"))
    return replace(question, analysis=replace(question.analysis, nets=nets))


def _with_own_nets(counted: Counted, question: Question, asked: Asked, block: Block) -> Block:
    item = item_key(question.key, block.row or None)
    own = tuple(
        counted.measure("net", net.code, net_sum(counted, asked, net, item), net.members)
        for net in asked.nets
    )
    return replace(block, measures=block.measures + own)


def net_sum(counted: Counted, asked: Asked, net: Net, item: str) -> Sum:
    question = counted.definition.by_key[asked.question]
    if question.kind in SUMMED:
        return sum_of(counted.book, question, item, net.members, asked.rule)
    return counted.columns.unions[union_key(asked, net, item)]


def _others(whole: Block, part: Block) -> Block:
    """Everybody outside a part. A median of theirs is worked out from no counts, and is shown to nobody."""
    of_all = {(m.kind, m.code): m.count or 0 for m in whole.measures}
    measures = tuple(
        replace(m, weighted=None)
        if m.count is None
        else replace(m, count=of_all[m.kind, m.code] - m.count, weighted=None)
        for m in part.measures
    )
    rest = replace(part, part=OTHERS, base=whole.base - part.base, measures=measures)
    # They are only judged, and that by people.
    return replace(rest, weighted_base=None, squared_base=None)


# What is known of a question.


@dataclass
class Ledger:
    """What tables of one question show, row by row; which lines the questionnaire's own table withholds, and the
    rows of which it does not even tell the base."""

    known: dict[str, Known]
    withheld: frozenset[tuple[str, str, str]] = frozenset()
    hidden_rows: frozenset[str] = frozenset()
    laid_out: dict[str, frozenset[str]] = field(default_factory=dict)
    """Class -> the groups in which the questionnaire's own table shows it; none if some of its lines are withheld."""


def _ledger_of(counted: Counted, question: Question, policy: Policy, standard: Sequence[Decision]) -> Ledger:
    own = [decision for decision in standard if decision.table.question == question.key]
    k = policy.cell(question.analysis.sensitivity)
    k_of_part = policy.cell_break(question.analysis.sensitivity)
    rows = [row.code for row in question.rows] if question.is_grid else [""]
    known = {row: Known(question.kind in SUMMED, k, k_of_part) for row in rows}
    for decision in own:
        for verdict in decision.verdicts:
            if verdict.block.row in known:
                facts = _facts_of_verdict(counted, question, verdict, None)
                known[verdict.block.row].add(_group(decision.table.breakdown, verdict.block.part), facts)
    everybody = [
        v
        for decision in own
        if not decision.table.breakdown
        for v in decision.verdicts
        if _counts_as_asked(question, v.block)
    ]
    return Ledger(
        known,
        withheld=frozenset((v.block.row, v.measure.kind, v.measure.code) for v in everybody if v.is_withheld),
        hidden_rows=frozenset(v.block.row for v in everybody if not v.base_known),
        laid_out={d.table.breakdown: _groups_of(d) for d in own if d.table.breakdown and d.verdicts},
    )


def _groups_of(decision: Decision) -> frozenset[str]:
    if any(verdict.is_withheld for verdict in decision.verdicts):
        return frozenset()
    return frozenset(verdict.block.part for verdict in decision.verdicts)


def _group(breakdown: str, part: str) -> Group:
    return (breakdown, part) if breakdown else EVERYBODY


def _counts_as_asked(question: Question, block: Block) -> bool:
    """Whether the block counts what a request's block counts: the same people by the same codes."""
    if question.kind is Kind.NUMBER:
        return block.statistic == "median_and_quartiles"
    counts = (RESPONDENTS, "percent_without_dont_know")
    over_rows = question.is_grid and not block.row
    return block.shares_counts and not block.group and block.statistic in counts and not over_rows


def _facts_of_verdict(
    counted: Counted, question: Question, verdict: Verdict, asked: Asked | None
) -> tuple[Fact, ...]:
    """The base, as far as it is told, and the count, as far as it is shown."""
    if not _counts_as_asked(question, verdict.block) or not verdict.base_known:
        return ()
    reader = _Reader(counted, question, verdict.block.row, rule_of(verdict.block.base_rule))
    if verdict.is_withheld or verdict.measure.count is None:
        return (reader.base(),)
    return (reader.base(), reader.line(verdict.measure, asked))


@dataclass(frozen=True)
class _Reader:
    """What a line counts, as a set of codes and as a sum of marks, under one rule for the base.

    Beside the codes of the question there are four that nobody can choose: skipped, and how those count whom an
    `everyone` rule adds.
    """

    counted: Counted
    question: Question
    row: str
    rule: BaseRule

    @property
    def item(self) -> str:
        return item_key(self.question.key, self.row or None)

    def base(self) -> Fact:
        if self.question.kind is Kind.NUMBER:
            given = Sum(tuple(mark for _value, mark in self.counted.book.numbers(self.item)))
            return Fact(frozenset({"@number"}), given)
        frame = self.counted.definition.frames.get(self.question.code_frame)
        roles = {choice.code: choice.role for choice in self.question.offered}
        codes = {code for code, role in roles.items() if role is not Role.PREFER_NOT}
        codes |= {code.code for code in (frame.codes if frame else ())}
        if self.rule.kind == "valid":
            codes -= {code for code, role in roles.items() if role is Role.DONT_KNOW}
        if self.rule.kind == "asked":
            codes |= {*roles, "@skipped"}
        if self.rule.kind == "everyone":
            codes |= {self._past("code"), self._past("dont_know")}
        return Fact(frozenset(codes), self.counted.book.base(self.item, self.rule))

    def line(self, measure: Measure, asked: Asked | None) -> Fact:
        if measure.is_net:
            return Fact(self._with_past(frozenset(measure.members)), self._net_sum(measure, asked))
        if measure.kind == "code" and measure.code == "not_codable":
            key = ("not_codable", self.question.key)
            return Fact(frozenset({"too_vague", "off_topic", "removed"}), self.counted.columns.unions[key])
        if measure.kind == "code":
            return Fact(frozenset({measure.code}), self.counted.book.coded(self.question.key, measure.code))
        total = self.counted.book.counted(self.item, measure.code, self.rule)
        return Fact(self._with_past(frozenset({measure.code})), total)

    def _net_sum(self, measure: Measure, asked: Asked | None) -> Sum:
        own = next((net for net in (asked.nets if asked else ()) if net.code == measure.code), None)
        if asked is not None and own is not None:
            return net_sum(self.counted, asked, own, self.item)
        return self.counted.book.net(self.question.key, measure.code, self.row or None, self.rule)

    def _with_past(self, codes: frozenset[str]) -> frozenset[str]:
        if self.rule.kind != "everyone":
            return codes
        undecided = {choice.code for choice in self.question.offered if choice.role is Role.DONT_KNOW}
        more = {self._past("code")} if self.rule.code in codes else set()
        return codes | more | ({self._past("dont_know")} if codes & undecided else set())

    def _past(self, state: str) -> str:
        return f"@{state} {self.rule.question}={self.rule.code}"


# One request.


@dataclass(frozen=True)
class _Request:
    counted: Counted
    question: Question
    asked: Asked
    position: int
    policy: Policy
    ledger: Ledger

    def decide(self) -> tuple[Decision, ...]:
        """Everybody, and with a class its parts, or the one part that was asked for."""
        blocks = blocks_of_request(self.counted, self.asked)
        table = self._table("", blocks)
        if not blocks:
            return (Decision(table, (), "dropped", NOT_COUNTED),)
        total = self._everybody(protect(table, self.policy))
        return (total, self._by_class(total)) if self.asked.by else (total,)

    def _table(self, breakdown: str, blocks: tuple[Block, ...]) -> CountedTable:
        analysis = self.question.analysis
        return CountedTable(
            self.question.key,
            self.position,
            breakdown,
            analysis.sensitivity,
            analysis.publish,
            blocks,
            request=self.asked.request,
        )

    def _everybody(self, decision: Decision) -> Decision:
        """Line by line: what the questionnaire's own table withholds, and what would tell too much beside it."""
        verdicts = tuple(self._line(verdict) for verdict in self._with_bases(decision.verdicts))
        status = WITHHELD if verdicts and all(v.is_withheld for v in verdicts) else SHOWN
        return replace(decision, verdicts=verdicts, status=status)

    def _with_bases(self, verdicts: tuple[Verdict, ...]) -> Iterator[Verdict]:
        """The base of each row comes first; with it goes everything that is out of it."""
        told = dict.fromkeys(verdict.block for verdict in verdicts if verdict.base_known)
        refused = {block for block in told if self._refuses(block)}
        for v in verdicts:
            gone = v.base_known and v.block in refused
            yield replace(v, status=WITHHELD, reason=PROTECTED, base_known=False) if gone else v

    def _refuses(self, block: Block) -> bool:
        if block.row in self.ledger.hidden_rows or self._tells_of_the_silent(block):
            return True
        base = _Reader(self.counted, self.question, block.row, rule_of(block.base_rule)).base()
        known = self.ledger.known[block.row]
        if known.tells(self.counted, EVERYBODY, (base,)):
            return True
        known.add(EVERYBODY, (base,))
        return False

    def _tells_of_the_silent(self, block: Block) -> bool:
        """Whoever was asked less whoever answered: a number that tables do not say either when it is so small."""
        book, item = self.counted.book, item_key(self.question.key, block.row or None)
        silent = self.counted.of(book.skipped(item) + book.withheld(item))
        return self.asked.rule.kind == "asked" and 0 < silent < FEWEST_NOT_STATED

    def _line(self, verdict: Verdict) -> Verdict:
        if verdict.is_withheld:
            return verdict
        if (verdict.block.row, verdict.measure.kind, verdict.measure.code) in self.ledger.withheld:
            return replace(verdict, status=WITHHELD, reason=PROTECTED)
        facts = _facts_of_verdict(self.counted, self.question, verdict, self.asked)
        known = self.ledger.known[verdict.block.row]
        if known.tells(self.counted, EVERYBODY, facts):
            return replace(verdict, status=WITHHELD, reason=PROTECTED)
        known.add(EVERYBODY, facts)
        return verdict

    def _by_class(self, total: Decision) -> Decision:
        codes = frozenset(part_codes(self.counted.definition, self.asked.by))
        if self.ledger.laid_out.get(self.asked.by, codes) != codes:
            # The questionnaire's own table takes groups together or withholds some: beside it this one would tell.
            return Decision(self._table(self.asked.by, ()), (), "dropped", PROTECTED)
        blocks = self._parts(total.table.blocks)
        judged = protect_breakdown(self._table(self.asked.by, blocks), total, self.policy)
        shown = tuple(v for v in judged.verdicts if not self.asked.part or v.block.part == self.asked.part)
        stored = replace(judged, verdicts=shown)
        if judged.status != SHOWN:
            return stored
        return self._beside_the_rest(stored)

    def _parts(self, whole: tuple[Block, ...]) -> tuple[Block, ...]:
        codes = part_codes(self.counted.definition, self.asked.by)
        found: list[Block] = []
        for code in [self.asked.part] if self.asked.part else codes:
            within = self.counted.within((self.asked.by, code), code)
            found += blocks_of_request(within, self.asked)
        if self.asked.part:
            found += [_others(every, part) for every, part in zip(whole, found, strict=True)]
        return tuple(found)

    def _beside_the_rest(self, decision: Decision) -> Decision:
        """Whole or not at all, like every breakdown."""
        told: dict[tuple[str, Group], list[Fact]] = {}
        for verdict in decision.verdicts:
            facts = _facts_of_verdict(self.counted, self.question, verdict, self.asked)
            group = _group(self.asked.by, verdict.block.part)
            told.setdefault((verdict.block.row, group), []).extend(facts)
        trial = {row: known.copy() for row, known in self.ledger.known.items()}
        for (row, group), found in told.items():
            if trial[row].tells(self.counted, group, tuple(found)):
                return replace(decision, verdicts=(), status="dropped", reason=PROTECTED)
            trial[row].add(group, tuple(found))
        self.ledger.known.update(trial)
        return decision
