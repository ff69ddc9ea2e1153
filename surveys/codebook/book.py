"""The codebook of one questionnaire version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from surveys.answers import Answer, Answers
from surveys.codebook import record as records
from surveys.codebook import stored
from surveys.codebook.layout import (
    NETS_STORED,
    SEVERAL_CODES,
    Key,
    Layout,
    entries_of,
    is_over_rows,
    listed,
    places_of,
    rule_name,
)
from surveys.codebook.packing import pack, unpack
from surveys.codebook.stored import CoarseAnswers, Coding
from surveys.codebook.sums import Sum
from surveys.definition import (
    BaseRule,
    Choice,
    Definition,
    Disposition,
    Kind,
    Net,
    Partition,
    Question,
    Role,
    item_key,
    split_item,
)


class Codebook:
    """Maps answers to marks and back, and says which marks a figure is the sum of.

    Answers are those of `routing.final_answers`: every asked item, SKIPPED where it has no answer.
    Respondents whom the screening ended are in no sum but `screened_out`. A `rule` is a base rule of the
    definition; methods that take none count what was answered, whatever the rule.
    """

    pack = staticmethod(pack)
    unpack = staticmethod(unpack)

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.layout = Layout(definition)

    @property
    def size(self) -> int:
        return self.layout.size

    @cached_property
    def profile_questions(self) -> tuple[str, ...]:
        return tuple(q.key for q in self.definition.questions if q.analysis.partitions)

    # What is stored of one respondent.

    def marks(self, answers: Answers | CoarseAnswers, codings: Iterable[Coding] = ()) -> tuple[int, ...]:
        """Sorted distinct marks, ready for `pack`. Raises UnknownAnswer for what the questionnaire lacks."""
        return stored.marks_of(self.layout, answers, codings)

    def answers(self, marks: Iterable[int]) -> dict[str, Answer]:
        """The closed answers again; of a text only that it was written."""
        return dict(self.stored(marks).answers)

    def stored(self, marks: Iterable[int]) -> CoarseAnswers:
        """Like `answers`, with the profile questions that were kept as classes only."""
        return stored.stored_of(self.layout, marks)

    def record(self, answers: Answers | CoarseAnswers) -> dict[str, Any]:
        return records.record_of(self.layout, answers)

    def answers_of_record(self, record: Mapping[str, Any]) -> dict[str, Answer]:
        return dict(self.stored_of_record(record).answers)

    def stored_of_record(self, record: Mapping[str, Any]) -> CoarseAnswers:
        return records.stored_of_record(self.layout, record)

    def coarse(self, answers: Answers, question_keys: Collection[str]) -> CoarseAnswers:
        return stored.coarse(self.layout, answers, question_keys)

    def closed(self, answers: Answers) -> dict[str, Answer]:
        """What stays with the row: no texts, nothing detached."""
        return stored.closed(self.layout, answers)

    def recoded(self, answers: Answers, codings: Iterable[Coding]) -> dict[str, Answer]:
        """The answers with texts beside choices replaced by the codes they were coded into."""
        return stored.recoded(self.layout, answers, codings)

    def is_screened_out(self, answers: Answers) -> bool:
        return stored.is_screened_out(self.layout, answers)

    # What is counted over all respondents.

    def chosen(self, item: str, code: str) -> Sum:
        """Those who chose the code themselves, at any place of a ranking."""
        question = self._question(item)
        if question.kind is Kind.RANKING and code in {choice.code for choice in question.choices}:
            return self._sum(*(("ranked", item, code, place) for place in self._places(question)))
        return self._sum(("chosen", item, code)) if code in {c.code for c in question.offered} else Sum()

    def counted(self, item: str, code: str, rule: BaseRule) -> Sum:
        """`chosen`, and those whom an `everyone` rule counts as this code or as this don't know."""
        total = self.chosen(item, code)
        if rule.kind != "everyone":
            return total
        undecided = [choice.code for choice in self._with_role(item, Role.DONT_KNOW)]
        if code == rule.code:
            total += self.assigned(item, rule)
        return total + self._routed_past(item, rule, "dont_know") if undecided[:1] == [code] else total

    def assigned(self, item: str, rule: BaseRule) -> Sum:
        """Those who were not asked and count as the rule's code."""
        return self._routed_past(item, rule, "code")

    def left_out(self, item: str, rule: BaseRule) -> Sum:
        """Those who were not asked and leave the base, as the question that routed them has no answer."""
        return self._routed_past(item, rule, "leaves")

    def ranked(self, item: str, code: str, place: int) -> Sum:
        return self._sum(("ranked", item, code, place))

    def numbers(self, item: str) -> tuple[tuple[int, int], ...]:
        """(value, mark) from the smallest value to the largest."""
        question = self._question(item)
        if question.minimum is None or question.maximum is None:
            return ()
        values = range(question.minimum, question.maximum + 1)
        return tuple((value, self.layout.index["value", item, value]) for value in values)

    def written(self, item: str) -> Sum:
        return self._sum(("written", item))

    def coded(self, question: str, code: str) -> Sum:
        """Those of whom any text was coded so."""
        return self._sum(("coded", question, 1, code))

    def mentions(self, question: str, code: str) -> Sum:
        """How many texts were coded so: the one sum that can be above 1 for one respondent."""
        times = range(1, entries_of(self.definition.by_key[question]) + 1)
        return self._sum(*(("coded", question, count, code) for count in times))

    def coded_first(self, question: str, code: str) -> Sum:
        """Those whose first filled entry was coded so."""
        return self._sum(("coded_first", question, code))

    def net(self, question: str, net: str, row: str | None = None, rule: BaseRule | None = None) -> Sum:
        """Those with any member of the net, each once, counted by the question's base rule or another one."""
        owner, found = self._net(question, net)
        rule = rule or owner.analysis.base_rule
        if is_over_rows(found):
            return self._sum(("row_net", question, net, rule_name(rule), "in"))
        item = item_key(question, row)
        past = self._past_in_net(item, found, rule)
        if owner.kind in NETS_STORED:
            return self._sum(("net", item, net)) + past
        chosen = [self.chosen(item, member) for member in found.members]
        return sum(chosen, Sum()) + past + self._coarse_in_net(owner, found)

    def net_base(self, question: str, net: str, rule: BaseRule | None = None) -> Sum:
        """Out of whom a net over rows is."""
        rule = rule or self.definition.by_key[question].analysis.base_rule
        return self._row_net(question, net, rule, NET_BASES[rule.kind])

    def net_dont_know(self, question: str, net: str, rule: BaseRule | None = None) -> Sum:
        """Those not in a net over rows who count as don't know."""
        rule = rule or self.definition.by_key[question].analysis.base_rule
        return self._row_net(question, net, rule, ("dont_know",))

    def base(self, item: str, rule: BaseRule) -> Sum:
        """Out of whom percentages of this item are."""
        question = self._question(item)
        answered = self._answered(question, item)
        bases = {
            "asked": lambda: answered + self.withheld(item) + self.skipped(item),
            "answered": lambda: answered,
            "valid": lambda: self._valid(question, item),
            "everyone": lambda: (
                answered + self.assigned(item, rule) + self._routed_past(item, rule, "dont_know")
            ),
        }
        return bases[rule.kind]()

    def dont_know(self, item: str, rule: BaseRule) -> Sum:
        """Those who answered that they cannot judge, or count so; under `valid` they are not in the base."""
        past = self._routed_past(item, rule, "dont_know") if rule.kind == "everyone" else Sum()
        return self._chosen_with_role(item, Role.DONT_KNOW) + past

    def withheld(self, item: str) -> Sum:
        return self._chosen_with_role(item, Role.PREFER_NOT)

    def skipped(self, item: str) -> Sum:
        return self._sum(("skipped", item))

    def part(self, partition: str, part: str) -> Sum:
        """Those in one part of a class, however their answer was kept."""
        owner, found = self.definition.partitions[partition]
        members = next(p.members for p in found.parts if p.code == part)
        chosen = [self.chosen(owner.key, member) for member in members]
        return sum(chosen, Sum()) + self._sum(("coarse_part", partition, part))

    def outside(self, partition: str) -> Sum:
        """Those who were asked and are in no part; who was not asked is what remains of the total."""
        owner, found = self.definition.partitions[partition]
        inside = {member for part in found.parts for member in part.members}
        chosen = [self.chosen(owner.key, c.code) for c in owner.offered if c.code not in inside]
        return sum(chosen, Sum()) + self.skipped(owner.key)

    def screened_out(self, disposition: Disposition | None = None) -> Sum:
        """Those whom the screening ended, of one class or of all."""
        return self._sum(
            *(
                ("screened", question.key, code)
                for question in self.definition.questions
                if question.screen_out
                for code, of_class in question.screen_out.dispositions
                if disposition in (None, of_class)
            )
        )

    def _answered(self, question: Question, item: str) -> Sum:
        if question.kind in SEVERAL_CODES:
            return self._sum(("answered", item))
        chosen = [self.chosen(item, c.code) for c in listed(question) if c.role is not Role.PREFER_NOT]
        return sum(chosen, Sum()) + self._beside_codes(question, item)

    def _valid(self, question: Question, item: str) -> Sum:
        if question.kind in SEVERAL_CODES:
            return self._answered(question, item) - self._chosen_with_role(item, Role.DONT_KNOW)
        without = (Role.PREFER_NOT, Role.DONT_KNOW)
        chosen = [self.chosen(item, c.code) for c in listed(question) if c.role not in without]
        return sum(chosen, Sum()) + self._beside_codes(question, item)

    def _beside_codes(self, question: Question, item: str) -> Sum:
        """Answers that are no code of the list: numbers, texts, and choices kept as classes only."""
        numbers = Sum(tuple(mark for _value, mark in self.numbers(item)))
        keys: tuple[Key, ...] = (("written", item), ("coarse", item))
        return numbers + self._sum(*(key for key in keys if key in self.layout.index))

    def _past_in_net(self, item: str, net: Net, rule: BaseRule) -> Sum:
        if rule.kind != "everyone":
            return Sum()
        past = self.assigned(item, rule) if rule.code in net.members else Sum()
        undecided = {choice.code for choice in self._with_role(item, Role.DONT_KNOW)}
        return past + self._routed_past(item, rule, "dont_know") if undecided & set(net.members) else past

    def _coarse_in_net(self, question: Question, net: Net) -> Sum:
        """Parts that lie in the net as a whole, of the class that tells most; other parts cannot tell."""
        members = set(net.members)
        partition = min(question.analysis.partitions, key=lambda p: _parts_cut(p, members), default=None)
        inside = (part for part in (partition.parts if partition else ()) if members.issuperset(part.members))
        return self._sum(*(("coarse_part", partition.key, part.code) for part in inside if partition))

    def _row_net(self, question: str, net: str, rule: BaseRule, states: tuple[str, ...]) -> Sum:
        return self._sum(*(("row_net", question, net, rule_name(rule), state) for state in states))

    def _routed_past(self, item: str, rule: BaseRule, state: str) -> Sum:
        return self._sum(("everyone", item, rule_name(rule), state))

    def _chosen_with_role(self, item: str, role: Role) -> Sum:
        return sum((self.chosen(item, choice.code) for choice in self._with_role(item, role)), Sum())

    def _with_role(self, item: str, role: Role) -> tuple[Choice, ...]:
        return tuple(choice for choice in self._question(item).offered if choice.role is role)

    def _net(self, question: str, net: str) -> tuple[Question, Net]:
        owner = self.definition.by_key[question]
        return owner, next(found for found in owner.analysis.nets if found.code == net)

    def _places(self, question: Question) -> range:
        return range(1, places_of(question) + 1)

    def _question(self, item: str) -> Question:
        return self.definition.by_key[split_item(item)[0]]

    def _sum(self, *keys: Key) -> Sum:
        return Sum(tuple(self.layout.index[key] for key in keys))


NET_BASES = {
    "asked": ("in", "dont_know", "other", "out"),
    "answered": ("in", "dont_know", "other"),
    "valid": ("in", "other"),
    "everyone": ("in", "dont_know", "other"),
}


def _parts_cut(partition: Partition, members: set[str]) -> int:
    """Parts that have some of their choices inside and some outside."""
    return sum(0 < len(members & set(part.members)) < len(part.members) for part in partition.parts)
