"""A respondent who wanders: answers, errs, goes back, leaves, comes back, changes, and remembers what was said last.

The walker judges routing with rules of its own, so that a fault in the program's cannot hide behind itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from lxml import html

from reports.demo.client import fields_of_answer
from surveys.answers import SKIPPED, Answer
from surveys.definition import (
    AllOf,
    AnyOf,
    Choice,
    Condition,
    Definition,
    Kind,
    Leaf,
    Not,
    Op,
    Question,
    Required,
    Role,
    item_key,
)
from tests.respond.fieldwork import Fields, Respondent
from tests.surveys.respondents import ANSWERS

MOST_TURNS = 500
ELIGIBLE_CODES = {"le_eligible": "main_task", "ent_size": "s_5001_10000", "ent_decision": "main"}
SAYS_SOMETHING = frozenset({Role.SUBSTANTIVE, Role.OTHER_SPECIFY})
TOO_LONG = "word " * 300


@dataclass
class Walker:
    respondent: Respondent
    definition: Definition
    chance: Random
    said: dict[str, Answer] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    turns: list[str] = field(default_factory=list)
    changes: int = 0

    def walk(self) -> None:
        """From the link to the receipt."""
        self.respondent.begin()
        for _turn in range(MOST_TURNS):
            if self.respondent.receipt():
                return
            self.turns.append(self.respondent.path)
            assert self.respondent.response.status_code == 200, self.turns[-5:]
            self.turn()
        raise AssertionError(f"no end after {self.turns[-10:]}")

    def turn(self) -> None:
        if self.respondent.path.startswith("/answer/check"):
            self.check()
        elif self.respondent.names():
            self.page()
        else:
            self.respondent.press(self.pick({"continue": 9, "back": 1}) if self.has("back") else "continue")

    def pick(self, weights: dict[str, int]) -> str:
        return self.chance.choices(list(weights), weights=list(weights.values()))[0]

    def has(self, action: str) -> bool:
        return bool(self.respondent.form.xpath(f".//button[@name='action'][@value='{action}']"))

    # Question pages

    def page(self) -> None:
        items = list(self.items_shown())
        asked = set(route(self.definition, self.said))
        assert {item for _question, item in items} <= asked, "a question out of route"
        self.shown |= {item for _question, item in items}
        ways: dict[str, int] = {"answer": 80, "err": 10, "back": 6, "later": 2, "reopen": 1, "twice": 1}
        getattr(self, self.pick(ways))(items)

    def items_shown(self) -> Iterator[tuple[Question, str]]:
        names = self.respondent.names()
        for question in self.definition.questions:
            for row in [row.code for row in question.rows] if question.is_grid else [None]:
                name = f"q-{question.key}" if row is None else f"q-{question.key}-{row}"
                if name in names or (row is None and f"{name}-1" in names):
                    yield question, item_key(question.key, row)

    def answer(self, items: list[tuple[Question, str]], action: str = "continue") -> None:
        answers = {item: self.answer_to(question) for question, item in items}
        self.post(items, answers, action)
        self.said |= answers
        if self.respondent.response.status_code == 422:
            assert not any(question.required is Required.HARD for question, _item in items)
            self.post(items, answers, "skip")

    def answer_to(self, question: Question) -> Answer:
        code = ELIGIBLE_CODES.get(question.key)
        if code and self.chance.random() < 0.97:
            return Answer(codes=(code,))
        if question.required is not Required.HARD and self.chance.random() < 0.15:
            return SKIPPED
        return as_read(ANSWERS[question.kind](question, self.chance))

    def post(self, items: list[tuple[Question, str]], answers: dict[str, Answer], action: str) -> None:
        fields: Fields = {}
        for question, item in items:
            fields |= fields_of_answer(question, field_name(item), answers[item])
        self.send(fields, action)

    def send(self, fields: Fields, action: str) -> None:
        hidden = {name: values for name, values in self.respondent.fields().items() if name[:2] != "q-"}
        self.respondent.post({**hidden, **{n: v for n, v in fields.items() if v}, "action": [action]})

    def err(self, items: list[tuple[Question, str]]) -> None:
        """One thing wrong: the page comes back with everything that was typed, and right answers stay."""
        faults = [(question, item, fault) for question, item in items if (fault := fault_of(question, item))]
        if not faults:
            return self.answer(items)
        wrong, where, typed = self.chance.choice(faults)
        answers = {item: self.answer_to(question) for question, item in items}
        fields: Fields = {}
        for question, item in items:
            fields |= fields_of_answer(question, field_name(item), answers[item]) if item != where else typed
        self.send(fields, self.pick({"continue": 3, "skip": 1}))
        assert self.respondent.response.status_code == 422, (wrong.key, typed)
        self.expect_kept(fields)
        self.said |= {item: answer for item, answer in answers.items() if item.split(":")[0] != wrong.key}
        self.forget([item for question, item in items if question.key == wrong.key])
        return self.answer(items)

    def expect_kept(self, fields: Fields) -> None:
        kept = self.respondent.fields()
        for name, values in fields.items():
            assert sorted(map(plain, kept.get(name, []))) == sorted(map(plain, values)), name

    def forget(self, items: Iterable[str]) -> None:
        for item in items:
            self.said.pop(item, None)

    def back(self, items: list[tuple[Question, str]]) -> None:
        """Going back saves what stands on the page."""
        if not self.has("back"):
            return self.answer(items)
        answers = {item: self.answer_to(question) for question, item in items}
        self.post(items, answers, "back")
        self.said |= answers
        return None

    def later(self, items: list[tuple[Question, str]]) -> None:
        answers = {item: self.answer_to(question) for question, item in items}
        self.post(items, answers, "later")
        self.said |= answers
        self.reopen(items)

    def reopen(self, items: list[tuple[Question, str]]) -> None:
        """The link once more, in a browser that knows nothing."""
        self.respondent.client.cookies.clear()
        self.respondent.open()
        self.follow(".//a[contains(@class, 'button')]")

    def twice(self, items: list[tuple[Question, str]]) -> None:
        """The same form sent two times, as by a double press."""
        answers = {item: self.answer_to(question) for question, item in items}
        path, hidden = self.respondent.form.get("action").split("#")[0], self.respondent.fields()
        fields: Fields = {}
        for question, item in items:
            fields |= fields_of_answer(question, field_name(item), answers[item])
        filled = {name: values for name, values in fields.items() if values}
        posted = {**{n: v for n, v in hidden.items() if n[:2] != "q-"}, **filled, "action": ["skip"]}
        self.respondent.post(posted, path)
        self.respondent.post(posted, path)
        self.said |= answers

    # The check page

    def check(self) -> None:
        links = self.respondent.page.xpath("//dd[@class='change']/a/@href")
        if links and self.changes < 4 and self.chance.random() < 0.5:
            self.changes += 1
            self.respondent.get(self.chance.choice(links).split("#")[0])
            return
        form = next(f for f in self.respondent.page.forms if f.get("action").endswith("/answer/send"))
        fields: Fields = {name: [value] for name, value in form.form_values()}
        self.respondent.post(fields, form.get("action"))

    def follow(self, xpath: str) -> None:
        links = self.respondent.page.xpath(f"//main{xpath[1:]}/@href")
        if links:
            self.respondent.get(links[0].split("#")[0])

    def final(self) -> dict[str, Answer]:
        """What must have been stored: the last word on every item of the last path."""
        path = route(self.definition, self.said)
        if ended(self.definition, path, self.said):
            screening = {q.key for q in self.definition.questions if q.screen_out}
            path = [item for item in path if item in screening]
        return {item: self.said.get(item, SKIPPED) for item in path}


def field_name(item: str) -> str:
    return "q-" + item.replace(":", "-")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def as_read(answer: Answer) -> Answer:
    """Empty entries at the end of a list are no entries."""
    texts = list(answer.texts)
    while texts and not texts[-1]:
        texts.pop()
    return replace(answer, texts=tuple(texts))


def fault_of(question: Question, item: str) -> Fields | None:
    """Something that no page may take, typed into this question."""
    return FAULTS[question.kind](question, field_name(item)) if question.kind in FAULTS else None


def _mixed(question: Question, name: str) -> Fields | None:
    alone = [choice.code for choice in question.offered if choice.exclusive]
    others = [choice.code for choice in question.choices if not choice.exclusive]
    return {name: [alone[0], others[0]]} if alone and others else None


def _ranked_twice(question: Question, name: str) -> Fields:
    return {f"{name}-1": [question.choices[0].code], f"{name}-2": [question.choices[0].code]}


def _not_a_number(question: Question, name: str) -> Fields:
    return {name: ["about forty"]}


def _too_long_entry(question: Question, name: str) -> Fields:
    return {f"{name}-1": [TOO_LONG]}


def _too_long(question: Question, name: str) -> Fields:
    return {name: [TOO_LONG * 4]}


FAULTS: dict[Kind, Callable[[Question, str], Fields | None]] = {
    Kind.MULTIPLE: _mixed,
    Kind.GRID_MULTIPLE: _mixed,
    Kind.RANKING: _ranked_twice,
    Kind.NUMBER: _not_a_number,
    Kind.OPEN_LIST: _too_long_entry,
    Kind.OPEN_TEXT: _too_long,
}


def route(definition: Definition, said: dict[str, Answer]) -> list[str]:
    """The items that these answers lead to, up to a screening answer that ends the interview."""
    asked: list[str] = []
    for question in definition.questions:
        if not is_true(definition, question.show_if, said, asked):
            continue
        rows = [row.code for row in question.rows if is_true(definition, row.show_if, said, asked)]
        new = [item_key(question.key, row) for row in rows] if question.is_grid else [question.key]
        asked = asked + new
        if ended(definition, new, said):
            return asked
    return asked


def ended(definition: Definition, items: Iterable[str], said: dict[str, Answer]) -> bool:
    for item in items:
        question = definition.by_key[item.split(":")[0]]
        if question.screen_out and set(said.get(item, SKIPPED).codes) & {
            code for code, _class in question.screen_out.dispositions
        }:
            return True
    return False


def is_true(
    definition: Definition, condition: Condition | None, said: dict[str, Answer], asked: list[str]
) -> bool:
    match condition:
        case None:
            return True
        case AllOf(parts):
            return all(is_true(definition, part, said, asked) for part in parts)
        case AnyOf(parts):
            return any(is_true(definition, part, said, asked) for part in parts)
        case Not(inner):
            return not is_true(definition, inner, said, asked)
        case Leaf(key, op, values, row):
            item = item_key(key, row)
            return item in asked and leaf(definition.by_key[key], op, values, said.get(item, SKIPPED))


def leaf(question: Question, op: Op, values: tuple[str | int, ...], answer: Answer) -> bool:
    hit = any(code in values for code in answer.codes) or answer.number in values
    if op is Op.GT:
        return answer.number is not None and answer.number > int(values[0])
    if op is Op.ANSWERED:
        chosen: list[Choice] = [choice for choice in question.choices if choice.code in answer.codes]
        return any(c.role in SAYS_SOMETHING for c in chosen) or answer.number is not None or answer.has_text
    return not hit if op is Op.NOT_IN else hit


def page_of(content: bytes) -> html.HtmlElement:
    return html.document_fromstring(content)
