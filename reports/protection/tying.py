"""All counts of a wave that are printed, and the sums by which they follow from each other, as one problem.

A printed count is a sum of marks in a column: everybody, or one group of a breakdown. Marks are the unknowns, and a
count that is no single mark is an unknown tied to its marks. So bases, nets, further statistics and other rules for
the base hang together of themselves. Added is what a reader knows besides: that groups add up to everybody, that
nobody who chose one answer of one chose another, that a sum of several answers is at least each of them and at most
all of them, and that a question is asked of those who gave the answer that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from reports.disclosure import SMALL_BASE, Decision, Policy, Verdict
from reports.measures import Block, Measure
from reports.protection.designs import is_unsafe
from reports.statistics import AND, Counted
from reports.suppression import Implication, Problem, Relation, Status, Unknown
from surveys.codebook import Sum, has_marks
from surveys.definition import ASKED, Leaf, Op, Question, item_key

OF_A_NET = 1.5
"""What it costs to withhold a net, beside a line that costs between one and two."""
NOT_TOLD = 4
"""A number of people who did not say anything is told as "fewer than five" up to here."""

Column = tuple[str, str]
EVERYBODY: Column = ("", "")
Form = tuple[tuple[int, int], ...]
"""(mark, how often it counts), sorted by mark."""


def form_of(total: Sum) -> Form:
    found: dict[int, int] = {}
    for mark in total.plus:
        found[mark] = found.get(mark, 0) + 1
    for mark in total.minus:
        found[mark] = found.get(mark, 0) - 1
    return tuple(sorted((mark, times) for mark, times in found.items() if times))


@dataclass
class _Count:
    """An unknown while it is gathered."""

    count: int
    high: int
    cost: float = 0.0
    printed: bool = False
    gone: bool = False
    decided: bool = False
    need: int = 0
    ceiling: int | None = None

    @property
    def status(self) -> Status:
        """What one table withholds is withheld in every table."""
        if self.gone or not self.printed:
            return Status.WITHHELD
        return Status.SHOWN if self.decided else Status.OPEN


@dataclass
class Tying:
    """Gathers the problem of a wave. `owners`: name of a count -> the tables (by place) that print it."""

    counted: Counted
    policy: Policy
    totals_stand: bool = False
    """Whether the tables of everybody are decided, so that only breakdowns can still give something up."""
    counts: dict[str, _Count] = field(default_factory=dict)
    relations: dict[Relation, None] = field(default_factory=dict)
    implications: dict[Implication, None] = field(default_factory=dict)
    owners: dict[str, set[int]] = field(default_factory=dict)
    marks: dict[Column, set[int]] = field(default_factory=dict)
    laid_out: dict[tuple[str, tuple[str, ...]], set[int]] = field(default_factory=dict)
    """(class, groups) -> the marks of the breakdowns that are laid out so."""

    def problem(self) -> Problem:
        unknowns = tuple(
            Unknown(name, c.count, max(c.high, c.count), 0, c.cost, c.status, c.need, c.ceiling)
            for name, c in self.counts.items()
        )
        return Problem(unknowns, tuple(self.relations), tuple(self.implications))

    # Counts.

    def name_of(self, total: Sum, column: Column) -> str:
        """The unknown of a sum in a column, made if it is new. Empty for a sum of nothing."""
        form = form_of(total)
        if not form:
            return ""
        if form == ((form[0][0], 1),):
            return self._mark(form[0][0], column)
        name = f"{','.join(f'{times}*{mark}' for mark, times in form)}@{'='.join(column)}"
        if name not in self.counts:
            terms = tuple((self._mark(mark, column), -times) for mark, times in form)
            count = sum(-times * self.counts[mark].count for mark, times in terms)
            self.counts[name] = _Count(count, self._people(column) * max(times for _m, times in form))
            self.relations[Relation(((name, 1), *terms))] = None
        return name

    def _mark(self, mark: int, column: Column) -> str:
        name = f"{mark}@{'='.join(column)}"
        if name not in self.counts:
            count = sum(
                sign * self.counted.counts.of(Sum((mark,)), place)
                for place, sign in self.counted.places(*column)
            )
            self.counts[name] = _Count(count, self._people(column))
            self.marks.setdefault(column, set()).add(mark)
            if mark >= self.counted.book.size:
                self._tie_union(mark, column, name)
        return name

    def _people(self, column: Column) -> int:
        return sum(
            sign * self.counted.counts.in_column(place) for place, sign in self.counted.places(*column)
        )

    def _tie_union(self, mark: int, column: Column, name: str) -> None:
        plan = self.counted.columns.plan
        members = plan.unions[mark - plan.size]
        self.tie_union(name, [self._mark(member, column) for member in members])

    def tie_union(self, union: str, members: Sequence[str]) -> None:
        """Whoever has any of these: at least as many as have each, at most as many as all together."""
        for member in members:
            self.know(Relation(((member, 1), (union, -1)), sense="<="))
        self.know(Relation(((union, 1), *((member, -1) for member in members)), sense="<="))

    def know(self, relation: Relation) -> None:
        """Something that a reader knows. What does not hold of these counts is nothing that could be known."""
        terms = tuple((name, times) for name, times in relation.terms if name)
        total = sum(times * self.counts[name].count for name, times in terms)
        holds = total <= relation.constant if relation.sense == "<=" else total == relation.constant
        if len(terms) > 1 and holds:
            self.relations[Relation(terms, relation.constant, relation.sense)] = None

    # What is printed.

    def add(self, place: int, decision: Decision) -> None:
        blocks: dict[Block, list[Verdict]] = {}
        for verdict in decision.verdicts:
            blocks.setdefault(verdict.block, []).append(verdict)
        for block, verdicts in blocks.items():
            if block.out_of is not None and not any(v.reason == SMALL_BASE for v in verdicts):
                self._add_block(place, decision, block, verdicts)
        if not decision.table.breakdown:
            self._add_silent(decision)

    def _add_block(self, place: int, decision: Decision, block: Block, verdicts: Sequence[Verdict]) -> None:
        column = column_of(decision, block)
        assert block.out_of is not None
        base = self.name_of(block.out_of, column)
        known = all(verdict.base_known for verdict in verdicts)
        if known:
            self._print(place, base, cost=0.5, column=column)
        names = {}
        for verdict in verdicts:
            total = verdict.measure.total
            name = self.name_of(total, column) if total is not None else ""
            if not name:
                continue
            names[verdict.measure] = name
            self._print_line(place, decision, verdict, name)
            self.know(Relation(((name, 1), (base, -1)), sense="<="))
            if known and name != base and not self.counts[base].decided:
                self.implications[Implication(base, name)] = None
        self._tie_block(block, column, base, names)

    def _print(self, place: int, name: str, *, cost: float, column: Column) -> None:
        self.owners.setdefault(name, set()).add(place)
        found = self.counts[name]
        found.cost += cost
        found.printed = True
        found.decided |= self.totals_stand and column == EVERYBODY

    def _print_line(self, place: int, decision: Decision, verdict: Verdict, name: str) -> None:
        column, base = column_of(decision, verdict.block), verdict.block.base
        worth = 1 + base / max(self._people(EVERYBODY), 1) + OF_A_NET * verdict.measure.is_net
        self._print(place, name, cost=worth, column=column)
        found = self.counts[name]
        need, unsafe = self._demand(decision, verdict)
        found.gone |= verdict.is_withheld or unsafe
        found.need = max(found.need, need)
        found.ceiling = base if found.ceiling is None else min(found.ceiling, base)

    def _demand(self, decision: Decision, verdict: Verdict) -> tuple[int, bool]:
        """How wide an interval must be, and whether the count is unsafe by itself.

        Whoever reads that five of everybody gave an answer knows of each group that it was five at most. More than
        that is left open of no group, whatever is withheld.
        """
        sensitivity = decision.table.sensitivity
        if not decision.table.breakdown:
            return self.policy.cell(sensitivity), False
        block, measure = verdict.block, verdict.measure
        everybody = self.counted.counts.of(measure.total or Sum())
        others = self.counted.counts.of(block.out_of or Sum()) - everybody
        k = self.policy.cell_break(sensitivity)
        if not everybody or not others:
            return 0, False
        return min(k, everybody - 1, others - 1), is_unsafe(measure.count, block.base, k)

    def _tie_block(self, block: Block, column: Column, base: str, names: dict[Measure, str]) -> None:
        if block.is_partition:
            beside = [self.name_of(m.total, column) for m in block.beside if m.total is not None]
            codes = [name for measure, name in names.items() if not measure.is_net]
            self.know(Relation((*((name, 1) for name in [*codes, *beside]), (base, -1)), sense="<="))
            return
        by_code = {m.code: name for m, name in names.items() if not m.is_net}
        for measure, name in names.items():
            members = [by_code[code] for code in measure.members if code in by_code]
            if measure.is_net and members and len(members) == len(measure.members):
                self.tie_union(name, members)

    def _add_silent(self, decision: Decision) -> None:
        """Who skipped a question or preferred not to say: told as a number, or as fewer than five."""
        question = self.counted.definition.by_key.get(decision.table.question)
        if question is None or question.is_grid or question.detached or not decision.verdicts:
            return
        book = self.counted.book
        name = self.name_of(book.skipped(question.key) + book.withheld(question.key), EVERYBODY)
        if not name or not all(verdict.base_known for verdict in decision.verdicts):
            return
        found = self.counts[name]
        told = decision.not_stated is not None
        found.high = found.count if told else max(found.count, NOT_TOLD)

    # What is known besides.

    def tie_everything(self, decisions: Sequence[Decision]) -> None:
        self._tie_statistics(decisions)
        self._tie_exclusive(decisions)
        self._tie_rows(decisions)
        self._tie_routes()
        self._tie_groups()

    def _tie_statistics(self, decisions: Sequence[Decision]) -> None:
        """Who named something first named it; who ranked it first ranked it."""
        for decision in decisions:
            alike: dict[tuple[str, ...], set[str]] = {}
            for name, block, measure in self._lines(decision):
                key = (block.row, block.part, measure.kind, measure.code)
                alike.setdefault(key, set()).add(name)
            for names in alike.values():
                for name, other in permutations(sorted(names), 2):
                    self.know(Relation(((name, 1), (other, -1)), sense="<="))

    def _lines(self, decision: Decision) -> Iterator[tuple[str, Block, Measure]]:
        for verdict in decision.verdicts:
            total = verdict.measure.total
            if total is None or verdict.reason == SMALL_BASE or verdict.block.out_of is None:
                continue
            if name := self.name_of(total, column_of(decision, verdict.block)):
                yield name, verdict.block, verdict.measure

    def _tie_exclusive(self, decisions: Sequence[Decision]) -> None:
        """Who gave an answer that excludes the others gave none of them."""
        for decision in decisions:
            question = self.counted.definition.by_key.get(decision.table.question)
            alone = {c.code for c in question.offered if c.exclusive} if question is not None else set()
            blocks: dict[Block, list[tuple[str, str]]] = {}
            for name, block, measure in self._lines(decision):
                if not block.is_partition and not measure.is_net and block.shares_counts:
                    blocks.setdefault(block, []).append((measure.code, name))
            for block, lines in blocks.items():
                assert block.out_of is not None
                base = self.name_of(block.out_of, column_of(decision, block))
                ones = [(name, 1) for code, name in lines if code in alone]
                for code, name in lines:
                    if code not in alone and ones:
                        self.know(Relation((*ones, (name, 1), (base, -1)), sense="<="))

    def _tie_rows(self, decisions: Sequence[Decision]) -> None:
        """A net over rows is of whoever gave one of the answers in one of the rows."""
        for decision in decisions:
            lines = list(self._lines(decision))
            found = {(b.part, f"row:{b.row}={m.code}"): name for name, b, m in lines if b.row}
            for name, block, measure in lines:
                members = [found.get((block.part, member), "") for member in measure.members]
                if measure.is_net and not block.row and members and all(members):
                    self.tie_union(name, members)

    def _tie_routes(self) -> None:
        """Whom a question was asked of gave the answer that leads to it."""
        questions = self.counted.definition.by_key
        for question in filter(has_marks, questions.values()):
            for item, condition in _asked_by(question):
                if not has_marks(questions[condition.question]):
                    continue
                led = self._led(condition)
                for column in list(self.marks):
                    self._tie_route(item, led, column)

    def _tie_route(self, item: str, led: Sum, column: Column) -> None:
        asked = self.counted.book.base(item, ASKED)
        there = self.marks[column]
        touched = {mark for mark, _times in form_of(asked)} & there
        if touched and {mark for mark, _times in form_of(led)} & there:
            self.know(Relation(((self.name_of(asked, column), 1), (self.name_of(led, column), -1))))

    def _led(self, leaf: Leaf) -> Sum:
        item = item_key(leaf.question, leaf.row)
        chosen = [self.counted.book.chosen(item, str(value)) for value in leaf.values]
        total = sum(chosen, Sum())
        return self.counted.book.base(item, ASKED) - total if leaf.op is Op.NOT_IN else total

    def _tie_groups(self) -> None:
        """The groups of a class are everybody, so every mark of theirs adds up to its number of everybody."""
        for (name, layout), marks in self.laid_out.items():
            for mark in sorted(self._with_members(marks)):
                groups = tuple((self._mark(mark, (name, group)), 1) for group in layout)
                self.know(Relation((*groups, (self._mark(mark, EVERYBODY), -1))))
        for column in [column for column in self.marks if AND in column[1]]:
            self._tie_joined(column)

    def _with_members(self, marks: Iterable[int]) -> set[int]:
        plan = self.counted.columns.plan
        found = set(marks)
        return found.union(*(plan.unions[mark - plan.size] for mark in found if mark >= plan.size))

    def _tie_joined(self, column: Column) -> None:
        """Two groups taken together in one table and apart in another."""
        name, parts = column[0], column[1].split(AND)
        for mark in sorted(self.marks[column]):
            apart = [part for part in parts if mark in self.marks.get((name, part), set())]
            terms = tuple((self._mark(mark, (name, part)), 1) for part in apart)
            if terms:
                sense = "=" if len(apart) == len(parts) else "<="
                self.know(Relation((*terms, (self._mark(mark, column), -1)), sense=sense))


def column_of(decision: Decision, block: Block) -> Column:
    return (decision.table.breakdown, block.part) if decision.table.breakdown else EVERYBODY


def _asked_by(question: Question) -> Iterator[tuple[str, Leaf]]:
    """Items that one answer to one question leads to."""
    leads = {Op.IN, Op.EQ, Op.NOT_IN}
    if not question.is_grid:
        if isinstance(question.show_if, Leaf) and question.show_if.op in leads:
            yield question.key, question.show_if
        return
    for row in question.rows:
        if isinstance(row.show_if, Leaf) and row.show_if.op in leads:
            yield item_key(question.key, row.code), row.show_if


def tied(
    counted: Counted, policy: Policy, decisions: Sequence[Decision], *, totals_stand: bool = False
) -> Tying:
    """The problem of these tables, whose breakdowns are laid out and show every line that everybody's table shows."""
    found = Tying(counted, policy, totals_stand)
    for place, decision in enumerate(decisions):
        found.add(place, decision)
        if decision.table.breakdown and decision.verdicts:
            groups = tuple(dict.fromkeys(verdict.block.part for verdict in decision.verdicts))
            marks = found.laid_out.setdefault((decision.table.breakdown, groups), set())
            marks |= {mark for total in _totals(decision) for mark, _times in form_of(total)}
    found.tie_everything(decisions)
    return found


def _totals(decision: Decision) -> Iterator[Sum]:
    for verdict in decision.verdicts:
        yield from (total for total in (verdict.measure.total, verdict.block.out_of) if total is not None)
