"""Counts a wave again in plain Python, person by person, from records, tallies and codings.

Written from the words of the questionnaire schema, without the codebook, its marks or the kernel, so that a fault
in one of them shows as a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from reports.models import Cell, Table, TableRequest
from responses.models import OpenText, Record, Tally, TextLink
from surveys.definition import AllOf, AnyOf, BaseRule, Condition, Definition, Leaf, Net, Not, Question
from surveys.models import Wave
from surveys.queries import definition_of

ABSENT = object()
LUMP = ("too_vague", "off_topic", "removed")
Figure = tuple[float | None, int]


@dataclass
class Person:
    record: dict[str, Any]
    coded: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """Open question -> entry -> codes."""
    recoded: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(question, row) -> codes given to the text beside a choice."""


def people_of(wave: Wave) -> list[Person]:
    people = {r.response_id: Person(r.answers) for r in Record.objects.filter(response__wave=wave)}
    links = TextLink.objects.filter(text__wave=wave).select_related("text").prefetch_related("text__codings")
    for link in links:
        person = people[link.response_id]
        codes = [coding.code for coding in link.text.codings.all().order_by("pk")]
        if link.text.choice:
            person.recoded.setdefault((link.text.question, link.row), []).extend(codes)
        else:
            person.coded.setdefault(link.text.question, {})[link.entry] = codes
    for record in Record.objects.filter(response__wave=wave, codings__isnull=False):
        add_kept(people[record.response_id], record.codings, definition_of(wave.questionnaire))
    return list(people.values())


def add_kept(person: Person, codings: list[Any], definition: Definition) -> None:
    """Codes that moved into the record when the links of its texts were cut."""
    for item, entry, code in codings:
        key, _, row = item.partition(":")
        if definition.by_key[key].code_frame:
            person.coded.setdefault(key, {}).setdefault(entry, []).append(code)
        else:
            person.recoded.setdefault((key, row), []).append(code)


def roles(question: Question, *names: str) -> set[str]:
    return {choice.code for choice in question.offered if choice.role.value in names}


class Recount:
    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.definition: Definition = definition_of(wave.questionnaire)
        self.people = [person for person in people_of(wave) if not self._screened(person)]
        self.nets: tuple[Net, ...] = ()
        """Those of the table request whose cells are counted next."""

    def _screened(self, person: Person) -> bool:
        return any(
            # A screening answer that was kept as its classes only did not end anything.
            person.record.get(question.key) in list(dict(question.screen_out.dispositions))
            for question in self.definition.questions
            if question.screen_out
        )

    # What one person said.

    def value(self, person: Person, key: str, row: str = "") -> Any:
        """ABSENT when not asked, None when skipped, else a code, a number, a list of codes or True."""
        found = person.record.get(key, ABSENT)
        if row:
            found = found.get(row, ABSENT) if isinstance(found, dict) else ABSENT
        codes = person.recoded.get((key, row))
        return self._with_codes(self.definition.by_key[key], found, codes) if codes else found

    def _with_codes(self, question: Question, value: Any, codes: list[str]) -> Any:
        others = roles(question, "other_specify")
        if isinstance(value, str):
            return codes[0] if value in others else value
        return [code for code in value if code not in others] + codes if others & set(value) else value

    def said(self, person: Person, key: str, row: str = "") -> set[str]:
        """The codes a person gave, those of coded texts among them."""
        value = self.value(person, key, row)
        if isinstance(value, list):
            return set(value)
        if isinstance(value, str):
            return {value}
        return {code for codes in person.coded.get(key, {}).values() for code in codes}

    def standing(self, person: Person, key: str, row: str = "") -> str:
        value = self.value(person, key, row)
        question = self.definition.by_key[key]
        if value is ABSENT:
            return "not asked"
        codes = {value} if isinstance(value, str) else set(value) if isinstance(value, list) else None
        if value is None or (codes is not None and codes == codes & roles(question, "prefer_not")):
            return "missing"
        return "dont_know" if codes and codes <= roles(question, "dont_know") else "answered"

    # Bases.

    def past(self, person: Person, question: Question, row: str, rule: BaseRule) -> str:
        """How who was not asked counts under an everyone rule: "code", "dont_know", "leaves" or ""."""
        if rule.kind != "everyone" or self.standing(person, question.key, row) != "not asked":
            return ""
        chain = self.deciding(question, row, rule.question)
        found = {pair: self.standing(person, *pair) for pair in chain}
        reached = any(key == rule.question and s != "not asked" for (key, _row), s in found.items())
        if not reached:
            return ""
        standings = set(found.values())
        return "leaves" if "missing" in standings else "dont_know" if "dont_know" in standings else "code"

    def deciding(self, question: Question, row: str, first: str) -> set[tuple[str, str]]:
        order = [q.key for q in self.definition.questions]
        conditions = [question.show_if, *(r.show_if for r in question.rows if r.code == row)]
        found: set[tuple[str, str]] = set()
        for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
            if order.index(leaf.question) >= order.index(first):
                found.add((leaf.question, leaf.row or ""))
                found |= self.deciding(self.definition.by_key[leaf.question], leaf.row or "", first)
        return found

    def counts_as(self, person: Person, question: Question, row: str, rule: BaseRule) -> set[str] | None:
        """The codes a person counts as, or None when they are not in the base."""
        past = self.past(person, question, row, rule)
        if past == "code":
            return {rule.code}
        if past == "dont_know":
            return roles(question, "dont_know")
        standing = self.standing(person, question.key, row)
        in_base = {
            "asked": standing != "not asked",
            "answered": standing in ("answered", "dont_know"),
            "valid": standing == "answered",
            "everyone": standing in ("answered", "dont_know"),
        }
        if rule.kind == "valid" and self.said(person, question.key, row) & roles(question, "dont_know"):
            return None
        return self.said(person, question.key, row) if in_base[rule.kind] else None

    def in_row_net(self, person: Person, question: Question, net: Net, rule: BaseRule) -> bool | None:
        members = [tuple(member.removeprefix("row:").split("=")) for member in net.members]
        standings = set()
        for row, code in members:
            past = self.past(person, question, row, rule)
            codes = {rule.code} if past == "code" else self.said(person, question.key, row)
            if code in codes:
                return True
            translated = {"code": "answered", "dont_know": "dont_know", "leaves": "missing"}
            standings.add(translated.get(past) or self.standing(person, question.key, row))
        if "missing" in standings:
            return False if rule.kind == "asked" else None
        if "dont_know" in standings:
            return None if rule.kind == "valid" else False
        return False if "answered" in standings else None

    # Groups.

    def in_part(self, person: Person, partition: str, group: str) -> bool:
        """A group is a part, several of them taken together, or those who are in none (`not_stated`)."""
        _owner, found = self.definition.partitions[partition]
        wanted = group.split("+")
        if any(self._in_one_part(person, partition, part) for part in wanted if part != "not_stated"):
            return True
        return "not_stated" in wanted and not any(
            self._in_one_part(person, partition, part.code) for part in found.parts
        )

    def _in_one_part(self, person: Person, partition: str, part: str) -> bool:
        owner, found = self.definition.partitions[partition]
        value = person.record.get(owner.key)
        if isinstance(value, dict):
            return value["classes"].get(partition) == part
        return value in next(p.members for p in found.parts if p.code == part)

    def in_net(self, person: Person, code: str) -> bool:
        owner, net = self.definition.nets[code]
        rule = owner.analysis.base_rule
        if net.members[0].startswith("row:"):
            return self.in_row_net(person, owner, net, rule) is True
        codes = self.counts_as(person, owner, "", rule)
        return codes is not None and bool(codes & set(net.members))

    def group(self, breakdown: str, part: str) -> list[Person]:
        if not breakdown:
            return self.people
        return [person for person in self.people if self.in_part(person, breakdown, part)]

    # Figures.

    def figure(self, table: str, breakdown: str, cell: Any) -> Figure:
        """(count or value, base) of one cell; `cell` has the fields row, part, kind, code, statistic, base_rule."""
        people = self.group(breakdown, cell.part)
        if cell.kind == "distinct":
            return self.distinct(table)
        question = self.definition.by_key[table]
        if cell.statistic.startswith("percent_among_"):
            net = cell.statistic.removeprefix("percent_among_")
            people = [person for person in people if self.in_net(person, net)]
        return FORMULAS.get(cell.statistic, Recount.share)(self, people, question, cell)

    def rule(self, question: Question, cell: Any) -> BaseRule:
        kind, _, more = cell.base_rule.partition(":")
        if kind == "everyone_of":
            key, _, code = more.partition("=")
            return BaseRule("everyone", key, code)
        return BaseRule("valid" if cell.statistic == "percent_without_dont_know" else kind)

    def share(self, people: list[Person], question: Question, cell: Any) -> Figure:
        rule = self.rule(question, cell)
        if cell.kind == "net":
            net = next(n for n in (*question.analysis.nets, *self.nets) if n.code == cell.code)
            if net.members[0].startswith("row:"):
                found = [self.in_row_net(person, question, net, rule) for person in people]
                return sum(f is True for f in found), sum(f is not None for f in found)
            wanted = set(net.members)
        else:
            wanted = set(LUMP) if cell.code == "not_codable" else {cell.code}
        bases = [c for p in people if (c := self.counts_as(p, question, cell.row, rule)) is not None]
        if cell.kind == "class":
            return self.class_share(people, question, cell, len(bases))
        return sum(bool(codes & wanted) for codes in bases), len(bases)

    def class_share(self, people: list[Person], question: Question, cell: Any, base: int) -> Figure:
        several = len(question.analysis.partitions) > 1
        name = cell.row if several else question.analysis.partitions[0].key
        return sum(self.in_part(person, name, cell.code) for person in people), base

    def mentions(self, people: list[Person], question: Question, cell: Any) -> Figure:
        given = [
            code for p in people for codes in p.coded.get(question.key, {}).values() for code in set(codes)
        ]
        if question.kind.value == "multiple":
            mentions = roles(question, "substantive", "other_specify")
            given = [code for p in people for code in self.said(p, question.key) if code in mentions]
        wanted = LUMP if cell.code == "not_codable" else (cell.code,)
        return sum(code in wanted for code in given), len(given)

    def named_first(self, people: list[Person], question: Question, cell: Any) -> Figure:
        rule = self.rule(question, cell)
        base = sum(self.counts_as(person, question, "", rule) is not None for person in people)
        wanted = set(LUMP) if cell.code == "not_codable" else {cell.code}
        firsts = [e[min(e)] for p in people if (e := p.coded.get(question.key))]
        return sum(bool(wanted & set(first)) for first in firsts), base

    def ranks(self, people: list[Person], question: Question, code: str) -> Iterator[int]:
        listed = {choice.code for choice in question.choices}
        for person in people:
            value = self.value(person, question.key)
            if isinstance(value, list) and code in value and code in listed:
                yield value.index(code) + 1

    def ranked_first(self, people: list[Person], question: Question, cell: Any) -> Figure:
        base = self.share(people, question, cell)[1]
        return sum(place == 1 for place in self.ranks(people, question, cell.code)), base

    def ranked_top(self, people: list[Person], question: Question, cell: Any) -> Figure:
        base = self.share(people, question, cell)[1]
        return sum(place <= 3 for place in self.ranks(people, question, cell.code)), base

    def mean_rank(self, people: list[Person], question: Question, cell: Any) -> Figure:
        places = list(self.ranks(people, question, cell.code))
        return sum(places) / max(len(places), 1), len(places)

    def borda(self, people: list[Person], question: Question, cell: Any) -> Figure:
        base = self.share(people, question, cell)[1]
        return sum(4 - place for place in self.ranks(people, question, cell.code) if place <= 3) / max(
            base, 1
        ), base

    def numbers(self, people: list[Person], question: Question) -> list[int]:
        values = (self.value(person, question.key) for person in people)
        return sorted(v for v in values if isinstance(v, int) and not isinstance(v, bool))

    def quantile(self, people: list[Person], question: Question, cell: Any) -> Figure:
        given = self.numbers(people, question)
        share = {"lower_quartile": 25, "median": 50, "upper_quartile": 75}[cell.code]
        return given[-(-len(given) * share // 100) - 1], len(given)

    def histogram(self, people: list[Person], question: Question, cell: Any) -> Figure:
        given = self.numbers(people, question)
        low, _, high = cell.code.partition(" to ") if cell.code[0] == "-" else cell.code.partition("-")
        return sum(int(low) <= number <= int(high or low) for number in given), len(given)

    @cached_property
    def derived(self) -> dict[str, tuple[str, ...]]:
        return {derived.key: derived.over for derived in self.definition.derived}

    def distinct(self, table: str) -> Figure:
        over = self.derived.get(table, (table,))
        question = self.definition.by_key[over[0]]
        if question.detached:
            rows = {t.code: t.count for t in Tally.objects.filter(wave=self.wave, question=table) if t.code}
            listed = {choice.code for choice in question.choices if choice.role.value == "substantive"}
            return len({code for code, count in rows.items() if count} & listed), sum(rows.values())
        frame = self.definition.frames[question.code_frame]
        ignored = {*frame.not_counted, "other", *LUMP, "other_named"}
        texts = OpenText.objects.filter(wave=self.wave, question__in=over, choice="")
        given = set(texts.filter(codings__isnull=False).values_list("codings__code", flat=True))
        named = {" ".join(t.text.casefold().split()) for t in texts.filter(codings__code="other_named")}
        rule = BaseRule("answered")
        base = sum(
            any(self.counts_as(p, self.definition.by_key[key], "", rule) is not None for key in over)
            for p in self.people
        )
        return len(given - ignored) + len(named), base


FORMULAS: dict[str, Callable[..., Figure]] = {
    "percent_of_mentions": Recount.mentions,
    "percent_named_first": Recount.named_first,
    "percent_ranked_first": Recount.ranked_first,
    "percent_ranked_top_3": Recount.ranked_top,
    "mean_rank": Recount.mean_rank,
    "borda_3_2_1": Recount.borda,
    "median_and_quartiles": Recount.quantile,
    "histogram_10_points": Recount.histogram,
    "bands": Recount.histogram,
}


def nets_of(request: TableRequest) -> tuple[Net, ...]:
    return tuple(Net(net.code, net.label, tuple(net.members)) for net in request.nets.all())


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, (AllOf, AnyOf)):
        for inner in condition.conditions:
            yield from leaves(inner)
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)


def differences(wave: Wave) -> list[str]:
    """One line for each stored cell whose count, value or base is not what people said."""
    recount = Recount(wave)
    found = []
    for table in Table.objects.filter(wave=wave).select_related("request").prefetch_related("cells"):
        recount.nets = nets_of(table.request) if table.request else ()
        for cell in table.cells.exclude(status=Cell.Status.WITHHELD):
            expected = recount.figure(table.question, table.breakdown, cell)
            stored = (cell.value if cell.count is None else cell.count, cell.base)
            if stored != expected:
                found.append(f"{table} {cell}: stored {stored}, counted again {expected}")
    return found


def cells_compared(wave: Wave) -> int:
    return Cell.objects.filter(table__wave=wave).exclude(status=Cell.Status.WITHHELD).count()
