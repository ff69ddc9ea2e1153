"""Answers of one respondent to marks and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from surveys.answers import SKIPPED, Answer, Answers
from surveys.codebook.layout import (
    NETS_STORED,
    SEVERAL_CODES,
    TEXTS,
    Key,
    Layout,
    everyone_rules,
    has_marks,
    is_over_rows,
    row_member,
    rule_name,
)
from surveys.definition import BaseRule, Kind, Net, Question, Role, item_key, split_item
from surveys.routing import ending_of

Coding = tuple[str, int, str]
"""(item, entry counted from 0, code of the frame or, for a text beside a choice, of the question)."""


class UnknownAnswer(ValueError):
    """An answer that the questionnaire does not offer."""

    def __init__(self, key: Key) -> None:
        super().__init__("This questionnaire has no answer " + " ".join(str(part) for part in key) + ".")


@dataclass(frozen=True, slots=True)
class CoarseAnswers:
    """Answers of which some profile questions are kept as classes only: question -> class -> part."""

    answers: Answers
    classes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def as_coarse(answers: Answers | CoarseAnswers) -> CoarseAnswers:
    return answers if isinstance(answers, CoarseAnswers) else CoarseAnswers(answers)


def coarse(layout: Layout, answers: Answers, question_keys: Collection[str]) -> CoarseAnswers:
    """Keep of these profile questions only the classes.

    An answer that is in no part (skipped, withheld, outside) or that is a don't know says no more than its
    class does and stays, so that every base stays right. Of somebody whom the screening ended the classes are
    in the record alone: they are in no count, so that marks need not hold them.
    """
    classes: dict[str, dict[str, str]] = {}
    for key in question_keys:
        parts = _parts_of(layout.definition.by_key[key], answers.get(key, SKIPPED))
        if parts:
            classes[key] = parts
    return CoarseAnswers({item: a for item, a in answers.items() if item not in classes}, classes)


def _parts_of(question: Question, answer: Answer) -> dict[str, str]:
    undecided = {choice.code for choice in question.offered if choice.role is Role.DONT_KNOW}
    return {
        partition.key: part.code
        for partition in question.analysis.partitions
        for part in partition.parts
        if not undecided.issuperset(answer.codes) and set(answer.codes) & set(part.members)
    }


def closed(layout: Layout, answers: Answers) -> dict[str, Answer]:
    """What stays with a row: codes and numbers; of a text only that it was written."""
    return {
        item: Answer(codes=answer.codes, number=answer.number, written=answer.has_text)
        for item, answer in answers.items()
        if has_marks(layout.definition.by_key[split_item(item)[0]])
    }


def recoded(layout: Layout, answers: Answers, codings: Iterable[Coding]) -> dict[str, Answer]:
    """The answers with every text beside a choice counted as the codes it was coded into."""
    codes_of: dict[str, list[str]] = {}
    for item, _entry, code in sorted(codings, key=lambda coding: coding[:2]):
        codes_of.setdefault(item, []).append(code)
    return {
        item: _recoded(layout.definition.by_key[split_item(item)[0]], answer, codes_of.get(item, []))
        for item, answer in answers.items()
    }


def _recoded(question: Question, answer: Answer, codes: list[str]) -> Answer:
    others = {choice.code for choice in question.choices if choice.role is Role.OTHER_SPECIFY}
    if not codes or others.isdisjoint(answer.codes):
        return answer
    if question.kind is Kind.SINGLE:
        return replace(answer, codes=(codes[0],))
    chosen = (set(answer.codes) - others) | set(codes)
    return replace(answer, codes=tuple(c.code for c in question.offered if c.code in chosen))


def marks_of(
    layout: Layout, answers: Answers | CoarseAnswers, codings: Iterable[Coding] = ()
) -> tuple[int, ...]:
    given = as_coarse(answers)
    codings = tuple(codings)
    reading = _Reading(layout, CoarseAnswers(recoded(layout, given.answers, codings), given.classes), codings)
    found = set()
    for key in reading.all_keys():
        mark = layout.index.get(key)
        if mark is None:
            raise UnknownAnswer(key)
        found.add(mark)
    return tuple(sorted(found))


class _Reading:
    """The keys of all marks of one respondent."""

    def __init__(self, layout: Layout, stored: CoarseAnswers, codings: tuple[Coding, ...]) -> None:
        self.layout = layout
        self.definition = layout.definition
        self.answers = stored.answers
        self.classes = stored.classes
        self.codings = codings

    def all_keys(self) -> Iterator[Key]:
        if is_screened_out(self.layout, self.answers):
            yield from self._screened_keys()
            return
        for item, answer in self.answers.items():
            question = self.definition.by_key[split_item(item)[0]]
            if has_marks(question):
                yield from _own_keys(question, item, answer)
                yield from self._stored_sums(question, item, answer)
        for key, parts in self.classes.items():
            yield "coarse", key
            yield from (("coarse_part", partition, part) for partition, part in parts.items())
        for question in self.definition.questions:
            if has_marks(question):
                yield from self._coded_keys(question)
                yield from self._everyone_keys(question)
                yield from self._row_net_keys(question)

    def _screened_keys(self) -> Iterator[Key]:
        for item, answer in self.answers.items():
            if self.definition.by_key[split_item(item)[0]].screen_out is not None:
                yield from (("screened", item, code) for code in answer.codes)
                if answer.is_empty:
                    yield "screened_skipped", item

    def _stored_sums(self, question: Question, item: str, answer: Answer) -> Iterator[Key]:
        withheld = {choice.code for choice in question.offered if choice.role is Role.PREFER_NOT}
        if question.kind in SEVERAL_CODES and not withheld.issuperset(answer.codes):
            yield "answered", item
        if question.kind in NETS_STORED:
            codes = {*answer.codes, *(code for coded, _entry, code in self.codings if coded == item)}
            for net in question.analysis.nets:
                if not is_over_rows(net) and codes & set(net.members):
                    yield "net", item, net.code

    def _coded_keys(self, question: Question) -> Iterator[Key]:
        codings = [(entry, code) for item, entry, code in set(self.codings) if item == question.key]
        if not codings or question.kind not in TEXTS:
            return
        first = self._first_entry(question.key, codings)
        yield from (("coded_first", question.key, code) for entry, code in codings if entry == first)
        for code in {code for _entry, code in codings}:
            times = sum(code == other for _entry, other in codings)
            yield from (("coded", question.key, count, code) for count in range(1, times + 1))

    def _first_entry(self, item: str, codings: list[tuple[int, str]]) -> int:
        """The first filled entry; once texts are gone, the first coded one, as every filled one is coded."""
        filled = [n for n, text in enumerate(self.answers.get(item, SKIPPED).texts) if text.strip()]
        return filled[0] if filled else min(entry for entry, _code in codings)

    def _everyone_keys(self, question: Question) -> Iterator[Key]:
        for rule in everyone_rules(question):
            for item in question.items:
                state = self._routed_past(item, rule)
                if state:
                    yield "everyone", item, rule_name(rule), state

    def _routed_past(self, item: str, rule: BaseRule) -> str:
        """How an item that was not asked counts under the rule; "" if the rule does not reach it."""
        chain = self.layout.chains[item, rule_name(rule)]
        asked = [other for other in chain if self._standing(other)]
        if self._standing(item) or not any(split_item(other)[0] == rule.question for other in asked):
            return ""
        standings = {self._standing(other) for other in asked}
        return "leaves" if "missing" in standings else "dont_know" if "dont_know" in standings else "code"

    def _row_net_keys(self, question: Question) -> Iterator[Key]:
        for net in question.analysis.nets:
            if is_over_rows(net):
                for rule in (None, *everyone_rules(question)):
                    state = self._row_net_state(question, net, rule)
                    if state:
                        yield "row_net", question.key, net.code, rule_name(rule), state

    def _row_net_state(self, question: Question, net: Net, rule: BaseRule | None) -> str:
        members = [row_member(member) for member in net.members]
        items = dict.fromkeys(item_key(question.key, row) for row, _code in members)
        if any(code in self._codes_under(item_key(question.key, row), rule) for row, code in members):
            return "in"
        standings = {self._standing_under(item, rule) for item in items} - {""}
        ranked = (("missing", "out"), ("dont_know", "dont_know"), ("answered", "other"))
        return next((state for standing, state in ranked if standing in standings), "")

    def _codes_under(self, item: str, rule: BaseRule | None) -> tuple[str, ...]:
        past = self._routed_past(item, rule) if rule else ""
        return (rule.code,) if rule and past == "code" else self.answers.get(item, SKIPPED).codes

    def _standing_under(self, item: str, rule: BaseRule | None) -> str:
        past = self._routed_past(item, rule) if rule else ""
        return {"leaves": "missing", "dont_know": "dont_know", "code": "answered", "": self._standing(item)}[
            past
        ]

    def _standing(self, item: str) -> str:
        """ "" not asked, or missing (skipped, withheld), dont_know, answered."""
        if item in self.classes:
            return "answered"
        if item not in self.answers:
            return ""
        answer, offered = self.answers[item], self.definition.by_key[split_item(item)[0]].offered
        roles = {choice.role for choice in offered if choice.code in answer.codes}
        if answer.is_empty or roles == {Role.PREFER_NOT}:
            return "missing"
        return "dont_know" if roles == {Role.DONT_KNOW} else "answered"


def _own_keys(question: Question, item: str, answer: Answer) -> Iterator[Key]:
    if answer.is_empty:
        yield "skipped", item
    listed = {choice.code for choice in question.choices} if question.kind is Kind.RANKING else frozenset()
    for place, code in enumerate(answer.codes, start=1):
        yield ("ranked", item, code, place) if code in listed else ("chosen", item, code)
    if answer.number is not None:
        yield "value", item, answer.number
    if answer.has_text:
        yield "written", item


def is_screened_out(layout: Layout, answers: Answers) -> bool:
    return any(ending_of(question, answers) for question in layout.definition.questions)


def stored_of(layout: Layout, marks: Iterable[int]) -> CoarseAnswers:
    """What `marks_of` was given, less texts, and less codings other than those of texts beside choices."""
    found: dict[str, list[Key]] = {}
    classes: dict[str, dict[str, str]] = {}
    for mark in marks:
        key = layout.keys.get(mark)
        if key is None:
            raise UnknownAnswer(("mark", mark))
        if key[0] == "coarse_part":
            owner = layout.definition.partitions[str(key[1])][0].key
            classes.setdefault(owner, {})[str(key[1])] = str(key[2])
        elif key[0] in _ANSWER_KEYS:
            found.setdefault(str(key[1]), []).append(key)
    items = (item for question in layout.definition.questions for item in question.items if item in found)
    return CoarseAnswers({item: _answer(found[item]) for item in items}, classes)


_ANSWER_KEYS = frozenset({"chosen", "ranked", "value", "written", "skipped", "screened", "screened_skipped"})


def _answer(keys: list[Key]) -> Answer:
    """Marks come in rising order, so that codes are in stored order; those of a ranking are put by place."""
    ranked = sorted((key for key in keys if key[0] == "ranked"), key=lambda key: int(key[3]))
    codes = [*ranked, *(key for key in keys if key[0] in ("chosen", "screened"))]
    number = next((int(key[2]) for key in keys if key[0] == "value"), None)
    return Answer(
        codes=tuple(str(key[2]) for key in codes),
        number=number,
        written=any(key[0] == "written" for key in keys),
    )
