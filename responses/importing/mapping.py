"""Reading a mapping file against a questionnaire, with every fault of it named at once."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from responses.importing.mapping_questions import Questions
from responses.importing.mapping_words import Common, Faults, word_of
from responses.importing.plan import ItemPlan, Plan, reduced
from responses.importing.problems import Fault, Problem, Unusable
from responses.importing.words import Labels, Said, labels_in
from surveys.codebook.layout import Layout
from surveys.conditions import routed_by
from surveys.definition import Definition, split_item
from surveys.reading.yaml_text import plain

VERSION = "1"
TOP = frozenset(
    {"import", "questionnaire", "version", "source", "encoding", "delimiter"}
    | {"missing", "chosen", "not_chosen", "weight", "questions"}
)
CHOSEN = ("1", "yes", "true", "x", "selected", "chosen", "checked")
NOT_CHOSEN = ("0", "no", "false", "not selected", "not chosen", "unchecked")


def read_mapping(text: str, definition: Definition, languages: Iterable[Definition] = ()) -> Plan:
    """The plan of a mapping. `languages`: the same definition in other languages, whose labels may stand in the file.

    Raises Unusable with every fault of the mapping.
    """
    data, faults = plain(text)
    found = [
        Problem(Fault.MAPPING_NOT_READ, fault.path, values={"reason": fault.message}) for fault in faults
    ]
    if found or not isinstance(data, dict):
        raise Unusable(*(found or [Problem(Fault.MAPPING_NOT_READ, "file", values={"reason": ""})]))
    reading = _Reading(definition, labels_in((definition, *languages)))
    plan = reading.plan(data)
    if reading.faults.problems:
        raise Unusable(*reading.faults.problems)
    return plan


@dataclass
class _Reading:
    definition: Definition
    labels: Labels
    faults: Faults = field(default_factory=Faults)

    def plan(self, data: Mapping[str, Any]) -> Plan:
        self.faults.check_keys(data, TOP, "")
        self.check_questionnaire(data)
        reading = Questions(self.definition, self.labels, self.faults)
        questions = data.get("questions")
        if not isinstance(questions, dict) or not questions:
            self.faults.add(Fault.NO_QUESTIONS, "questions")
            questions = {}
        missing = data.get("missing")
        common = Common(
            missing=self.faults.missing(missing, "missing", {"": Said.NOTHING}),
            of_columns=self.missing_of_columns(missing),
            chosen=self.faults.words(data, "chosen", "", CHOSEN),
            not_chosen=self.faults.words(data, "not_chosen", "", NOT_CHOSEN),
        )
        items = tuple(
            plan for key, value in questions.items() for plan in reading.question(key, value, common)
        )
        weight = self.faults.name(data.get("weight"), "weight") if data.get("weight") is not None else ""
        self.check_columns(items, weight)
        self.check_named_in_missing(common, items)
        mapped = frozenset(plan.item for plan in items)
        self.check_counted_as(mapped)
        self.check_routed_by(mapped)
        keys = {split_item(item)[0] for item in mapped}
        return Plan(
            definition=reduced(self.definition, mapped),
            items=self.in_order(items),
            source=word_of(data.get("source", "")).strip(),
            weight=weight,
            encoding=self.encoding(data),
            delimiter=self.delimiter(data),
            without_column=tuple(q.key for q in self.definition.questions if q.key not in keys),
        )

    def check_questionnaire(self, data: Mapping[str, Any]) -> None:
        wanted = {"questionnaire": self.definition.key, "version": str(self.definition.version)}
        for name, value in wanted.items():
            if name in data and word_of(data[name]) != value:
                self.faults.add(Fault.OTHER_QUESTIONNAIRE, name, data[name], wanted=value)
        if word_of(data.get("import", VERSION)) != VERSION:
            self.faults.add(Fault.OTHER_QUESTIONNAIRE, "import", data["import"], wanted=VERSION)

    def in_order(self, items: tuple[ItemPlan, ...]) -> tuple[ItemPlan, ...]:
        order = [item for question in self.definition.questions for item in question.items]
        return tuple(sorted(items, key=lambda plan: order.index(plan.item)))

    def missing_of_columns(self, value: Any) -> Mapping[str, Any]:
        columns = value.get("columns", {}) if isinstance(value, dict) else {}
        if not isinstance(columns, dict):
            self.faults.add(Fault.NOT_WORDS, "missing.columns")
            return {}
        return columns

    def encoding(self, data: Mapping[str, Any]) -> str:
        if data.get("encoding") is None:
            return ""
        name = self.faults.name(data["encoding"], "encoding")
        if name and not is_encoding(name):
            self.faults.add(Fault.UNKNOWN_ENCODING, "encoding", name)
        return name

    def delimiter(self, data: Mapping[str, Any]) -> str:
        if data.get("delimiter") is None:
            return ""
        word = {"tab": "\t", "\\t": "\t"}.get(word_of(data["delimiter"]), word_of(data["delimiter"]))
        if len(word) != 1 or word.isalnum() or word in '"\r\n':
            self.faults.add(Fault.BAD_DELIMITER, "delimiter", word)
            return ""
        return word

    def check_columns(self, items: Iterable[ItemPlan], weight: str) -> None:
        """A column answers one thing, or nobody could say which."""
        named = [(column.name, plan.item) for plan in items for column in plan.all_columns if column.name]
        named += [(weight, "weight")] if weight else []
        for name, count in Counter(name for name, _item in named).items():
            if count > 1:
                owners = dict.fromkeys(item for other, item in named if other == name)
                self.faults.add(Fault.COLUMN_TWICE, "questions", name, owners=", ".join(owners))

    def check_named_in_missing(self, common: Common, items: Iterable[ItemPlan]) -> None:
        known = {column.name for plan in items for column in plan.all_columns}
        for name in common.of_columns:
            if name not in known:
                self.faults.add(Fault.NOT_AMONG_COLUMNS, f"missing.columns.{name}", name)

    def check_counted_as(self, mapped: frozenset[str]) -> None:
        """Whom a rule counts as an answer of a question because of an earlier one, the file must have asked both."""
        for (item, rule), chain in Layout(self.definition).chains.items():
            gate, _, code = rule.partition("=")
            known = [other for other in chain if other in mapped and split_item(other)[0] == gate]
            if item not in mapped and known:
                key = split_item(item)[0]
                self.faults.add(Fault.COUNTS_AS_WITHOUT_COLUMN, f"questions.{key}", key, gate=gate, code=code)

    def check_routed_by(self, mapped: frozenset[str]) -> None:
        """Without the answer that leads to a question nobody in the file would have been asked it."""
        keys = {split_item(item)[0] for item in mapped}
        for question in self.definition.questions:
            if question.key in keys:
                for gate in sorted(routed_by(question) - keys):
                    place = f"questions.{question.key}"
                    self.faults.add(Fault.ROUTED_BY_WITHOUT_COLUMN, place, question.key, gate=gate)


def is_encoding(name: str) -> bool:
    """Whether it is a text encoding that Python knows; others, such as rot13, are no encodings of files."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return found._is_text_encoding and found.incrementaldecoder is not None
