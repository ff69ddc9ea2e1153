"""Reading a mapping file against a questionnaire, with every fault of it named at once."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from responses.importing.plan import Column, ItemPlan, Plan, Shape, reduced
from responses.importing.problems import Fault, Problem, Unusable, quoted
from responses.importing.words import Labels, Lexicon, Missing, Reads, Said, fold, labels_in, lexicon
from surveys.codebook.layout import Layout, has_marks
from surveys.conditions import routed_by
from surveys.definition import Definition, Kind, Question, Role, item_key, split_item
from surveys.reading.yaml_text import Switch, plain

VERSION = "1"
TOP = frozenset(
    {"import", "questionnaire", "version", "source", "encoding", "delimiter"}
    | {"missing", "chosen", "not_chosen", "weight", "questions"}
)
MISSING = frozenset({"not_asked", "skipped", "either", "columns"})
QUESTION = frozenset(
    {"column", "columns", "choices", "places", "ranks", "rows", "always", "separator", "reads", "values"}
    | {"missing", "chosen", "not_chosen", "others", "codes"}
)
CHOSEN = ("1", "yes", "true", "x", "selected", "chosen", "checked")
NOT_CHOSEN = ("0", "no", "false", "not selected", "not chosen", "unchecked")

CLOSED_ONE = frozenset({Shape.ONE, Shape.ALWAYS})
SHAPES: dict[Kind, frozenset[Shape]] = {
    Kind.SINGLE: CLOSED_ONE,
    Kind.MULTIPLE: frozenset({Shape.ONE, Shape.CHOICES, Shape.ALWAYS}),
    Kind.RANKING: frozenset({Shape.PLACES, Shape.RANKS}),
    Kind.GRID_SINGLE: CLOSED_ONE,
    Kind.GRID_MULTIPLE: frozenset({Shape.ONE, Shape.CHOICES, Shape.ALWAYS}),
    Kind.NUMBER: frozenset({Shape.ONE}),
    Kind.OPEN_LIST: frozenset({Shape.ONE, Shape.ENTRIES}),
    Kind.OPEN_TEXT: frozenset({Shape.ONE}),
}
SEVERAL = frozenset({Kind.MULTIPLE, Kind.GRID_MULTIPLE})
NAMES: dict[str, Shape] = {
    "column": Shape.ONE,
    "choices": Shape.CHOICES,
    "places": Shape.PLACES,
    "ranks": Shape.RANKS,
    "columns": Shape.ENTRIES,
    "always": Shape.ALWAYS,
}


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
    if reading.problems:
        raise Unusable(*reading.problems)
    return plan


@dataclass
class _Reading:
    definition: Definition
    labels: Labels
    problems: list[Problem] = field(default_factory=list)

    def add(self, fault: Fault, place: str, found: object = "", **values: str | int) -> None:
        self.problems.append(Problem(fault, place, found=quoted(_word(found)), values=values))

    def plan(self, data: Mapping[str, Any]) -> Plan:
        self.check_keys(data, TOP, "")
        self.check_questionnaire(data)
        questions = data.get("questions")
        if not isinstance(questions, dict) or not questions:
            self.add(Fault.NO_QUESTIONS, "questions")
            questions = {}
        missing = data.get("missing")
        common = _Common(
            missing=self.missing(missing, "missing", {"": Said.NOTHING}),
            of_columns=self.missing_of_columns(missing),
            chosen=self.words(data, "chosen", "", CHOSEN),
            not_chosen=self.words(data, "not_chosen", "", NOT_CHOSEN),
        )
        items = tuple(plan for key, value in questions.items() for plan in self.question(key, value, common))
        weight = self.name(data.get("weight"), "weight") if data.get("weight") is not None else ""
        self.check_columns(items, weight)
        mapped = frozenset(plan.item for plan in items)
        self.check_counted_as(mapped)
        self.check_routed_by(mapped)
        keys = {split_item(item)[0] for item in mapped}
        return Plan(
            definition=reduced(self.definition, mapped),
            items=self.in_order(items),
            missing=common.missing,
            source=_word(data.get("source", "")).strip(),
            weight=weight,
            encoding=self.encoding(data),
            delimiter=self.delimiter(data),
            without_column=tuple(q.key for q in self.definition.questions if q.key not in keys),
        )

    def check_keys(self, data: Mapping[str, Any], known: frozenset[str], path: str) -> None:
        for key in data:
            if key not in known:
                self.add(Fault.UNKNOWN_KEY, _at(path, key), key, known=", ".join(sorted(known)))

    def check_questionnaire(self, data: Mapping[str, Any]) -> None:
        wanted = {"questionnaire": self.definition.key, "version": str(self.definition.version)}
        for name, value in wanted.items():
            if name in data and _word(data[name]) != value:
                self.add(Fault.OTHER_QUESTIONNAIRE, name, data[name], wanted=value)
        if _word(data.get("import", VERSION)) != VERSION:
            self.add(Fault.OTHER_QUESTIONNAIRE, "import", data["import"], wanted=VERSION)

    def in_order(self, items: tuple[ItemPlan, ...]) -> tuple[ItemPlan, ...]:
        order = [item for question in self.definition.questions for item in question.items]
        return tuple(sorted(items, key=lambda plan: order.index(plan.item)))

    # Values of the mapping.

    def name(self, value: Any, path: str) -> str:
        word = _word(value).strip()
        if isinstance(value, (dict, list)) or not word:
            self.add(Fault.NOT_A_NAME, path, value if not isinstance(value, (dict, list)) else "")
            return ""
        return word

    def words(self, data: Mapping[str, Any], key: str, path: str, default: Iterable[str]) -> frozenset[str]:
        if data.get(key) is None:
            return frozenset(fold(word) for word in default)
        return frozenset(fold(word) for word in self.listed(data[key], _at(path, key)))

    def listed(self, value: Any, path: str) -> list[str]:
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) for one in values):
            self.add(Fault.NOT_WORDS, path)
            return []
        return [_word(one) for one in values]

    def missing(self, value: Any, path: str, start: Mapping[str, Said]) -> Missing:
        """The words of this place, and where it says nothing of a word, what the place around it says."""
        if value is None:
            return Missing(start)
        if not isinstance(value, dict):
            self.add(Fault.NOT_WORDS, path)
            return Missing(start)
        self.check_keys(value, MISSING, path)
        names = {"not_asked": Said.NOT_ASKED, "skipped": Said.SKIPPED, "either": Said.NOTHING}
        own: dict[str, Said] = {}
        for key, said in names.items():
            for word in self.listed(value.get(key, []), _at(path, key)):
                if own.setdefault(fold(word), said) is not said:
                    self.add(Fault.WORD_MEANS_TWO_THINGS, _at(path, key), word)
        return Missing({**start, **own})

    def missing_of_columns(self, value: Any) -> Mapping[str, Any]:
        columns = value.get("columns", {}) if isinstance(value, dict) else {}
        if not isinstance(columns, dict):
            self.add(Fault.NOT_WORDS, "missing.columns")
            return {}
        return columns

    def encoding(self, data: Mapping[str, Any]) -> str:
        if data.get("encoding") is None:
            return ""
        name = self.name(data["encoding"], "encoding")
        if name and not is_encoding(name):
            self.add(Fault.UNKNOWN_ENCODING, "encoding", name)
        return name

    def delimiter(self, data: Mapping[str, Any]) -> str:
        if data.get("delimiter") is None:
            return ""
        word = {"tab": "\t", "\\t": "\t"}.get(_word(data["delimiter"]), _word(data["delimiter"]))
        if len(word) != 1 or word.isalnum() or word in '"\r\n':
            self.add(Fault.BAD_DELIMITER, "delimiter", word)
            return ""
        return word

    # Questions.

    def question(self, key: str, value: Any, common: _Common) -> list[ItemPlan]:
        path = f"questions.{key}"
        question = self.definition.by_key.get(key)
        if question is None:
            self.add(Fault.NO_SUCH_QUESTION, path, key)
            return []
        data = value if isinstance(value, dict) else {"column": value}
        self.check_keys(data, QUESTION, path)
        place = _Place(question, data, path, self.around(data, path, common))
        if not question.is_grid:
            plan = self.item(question.key, data, path, place)
            return [plan] if plan else []
        return self.grid(place)

    def around(self, data: Mapping[str, Any], path: str, common: _Common) -> _Common:
        return _Common(
            missing=self.missing(data.get("missing"), _at(path, "missing"), common.missing.words),
            of_columns=common.of_columns,
            chosen=self.words(data, "chosen", path, ()) if "chosen" in data else common.chosen,
            not_chosen=self.words(data, "not_chosen", path, ())
            if "not_chosen" in data
            else common.not_chosen,
        )

    def grid(self, place: _Place) -> list[ItemPlan]:
        rows = place.data.get("rows")
        path = _at(place.path, "rows")
        if not isinstance(rows, dict):
            self.add(Fault.NO_SHAPE, path, known="rows")
            return []
        codes = [row.code for row in place.question.rows]
        for row in rows:
            if row not in codes:
                self.add(Fault.NO_SUCH_ROW, _at(path, row), row, known=", ".join(codes))
        if lacking := [row for row in codes if row not in rows]:
            self.add(Fault.ROWS_MISSING, path, rows=", ".join(lacking))
        plans = []
        for row in codes:
            if row in rows:
                value = rows[row]
                if isinstance(value, dict):
                    data = value if set(value) & set(NAMES) else {"choices": value}
                else:
                    data = {"column": value}
                item = item_key(place.question.key, row)
                plans.append(self.item(item, data, _at(path, row), place))
        return [plan for plan in plans if plan]

    def item(self, item: str, data: Mapping[str, Any], path: str, place: _Place) -> ItemPlan | None:
        question = place.question
        named = [name for name in NAMES if data.get(name) is not None]
        allowed = [name for name, shape in NAMES.items() if shape in SHAPES[question.kind]]
        if len(named) != 1:
            self.add(Fault.NO_SHAPE, path, known=", ".join(allowed))
            return None
        if named[0] not in allowed:
            self.add(Fault.SHAPE_NOT_FOR_KIND, _at(path, named[0]), named[0], known=", ".join(allowed))
            return None
        shape = NAMES[named[0]]
        columns = self.columns(data[named[0]], _at(path, named[0]), shape, question)
        others, codes = self.others(place), self.codes(place, columns)
        words = self.lexicon(place)
        return ItemPlan(
            item=item,
            question=question,
            shape=shape,
            columns=columns,
            missing={
                column.name: self.missing_in(column, place, words) for column in (*columns, *others, *codes)
            },
            words=words,
            chosen=place.common.chosen,
            not_chosen=place.common.not_chosen,
            separator=self.separator(place, shape),
            others=others,
            codes=codes,
            frame=self.frame(question) if codes else None,
            most_codes=self.most_codes(question),
            always=self.always(data, path, question) if shape is Shape.ALWAYS else "",
        )

    def columns(self, value: Any, path: str, shape: Shape, question: Question) -> tuple[Column, ...]:
        if shape is Shape.ALWAYS:
            return ()
        if shape is Shape.ONE:
            return (Column(self.name(value, path)),)
        if shape in (Shape.CHOICES, Shape.RANKS):
            return self.column_by_code(value, path, question)
        names = [self.name(one, path) for one in (value if isinstance(value, list) else [value])]
        most = question.entries if shape is Shape.ENTRIES else question.max_choices or len(question.choices)
        if len(names) > (most or 1):
            self.add(Fault.TOO_MANY_COLUMNS, path, most=most or 1)
        return tuple(Column(name) for name in names)

    def column_by_code(self, value: Any, path: str, question: Question) -> tuple[Column, ...]:
        if not isinstance(value, dict):
            self.add(Fault.NOT_A_NAME, path)
            return ()
        offered = [choice.code for choice in question.offered]
        for code in value:
            self.check_code(code, offered, _at(path, code))
        # In stored order, which is the order of the codes of an answer.
        known = [code for code in offered if code in value]
        return tuple(Column(self.name(value[code], _at(path, code)), code) for code in known)

    def check_code(self, code: str, offered: list[str], path: str) -> None:
        if code not in offered:
            self.add(Fault.NO_SUCH_CODE, path, code, known=", ".join(offered[:20]))

    def always(self, data: Mapping[str, Any], path: str, question: Question) -> str:
        code = self.name(data["always"], _at(path, "always"))
        self.check_code(code, [choice.code for choice in question.offered], _at(path, "always"))
        return code

    def others(self, place: _Place) -> tuple[Column, ...]:
        value = place.data.get("others")
        if value is None:
            return ()
        path = _at(place.path, "others")
        takes_text = [c.code for c in place.question.choices if c.role is Role.OTHER_SPECIFY]
        if not isinstance(value, dict) or not takes_text:
            self.add(Fault.TAKES_NO_TEXT, path)
            return ()
        for code in value:
            self.check_code(code, takes_text, _at(path, code))
        return tuple(
            Column(self.name(value[code], _at(path, code)), code) for code in takes_text if code in value
        )

    def codes(self, place: _Place, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        value = place.data.get("codes")
        if value is None:
            return ()
        path = _at(place.path, "codes")
        if place.question.kind is not Kind.OPEN_LIST or not has_marks(place.question):
            self.add(Fault.TAKES_NO_CODES, path)
            return ()
        names = [self.name(one, path) for one in (value if isinstance(value, list) else [value])]
        if len(names) != len(columns):
            self.add(Fault.CODES_DO_NOT_PAIR, path, columns=len(columns), codes=len(names))
        return tuple(Column(name) for name in names)

    def separator(self, place: _Place, shape: Shape) -> str:
        """Between the choices in one cell, or between the codes of one entry."""
        several = place.question.kind in SEVERAL and shape is Shape.ONE
        given = _word(place.data.get("separator", ""))
        return given or (";" if several or place.question.kind is Kind.OPEN_LIST else "")

    def lexicon(self, place: _Place) -> Lexicon:
        question = place.question
        offered = [choice.code for choice in question.offered]
        own = place.data.get("values") or {}
        path = _at(place.path, "values")
        if not isinstance(own, dict):
            self.add(Fault.NOT_A_NAME, path)
            own = {}
        meant = {word: _word(code) for word, code in own.items()}
        for word, code in meant.items():
            self.check_code(code, offered, _at(path, word))
        return lexicon(question.key, offered, self.labels, self.reads(place), meant)

    def reads(self, place: _Place) -> Reads:
        word = _word(place.data.get("reads", Reads.BOTH.value))
        known = [reads.value for reads in Reads]
        if word not in known:
            self.add(Fault.UNKNOWN_KEY, _at(place.path, "reads"), word, known=", ".join(known))
            return Reads.BOTH
        return Reads(word)

    def frame(self, question: Question) -> Lexicon:
        frame = self.definition.frames[question.code_frame]
        codes = [code.code for code in frame.codes]
        return lexicon(f"frame:{frame.key}", codes, self.labels, Reads.BOTH, {})

    def most_codes(self, question: Question) -> int:
        frame = self.definition.frames.get(question.code_frame)
        return frame.max_codes_per_mention if frame else 1

    def missing_in(self, column: Column, place: _Place, words: Lexicon) -> Missing:
        """What stands for no answer in a column. A word that could be an answer as well has to be settled."""
        common = place.common.missing.words
        here = self.missing(
            place.common.of_columns.get(column.name), f"missing.columns.{column.name}", {}
        ).words
        own = {fold(word) for word in _names_in(place.data.get("values"))}
        settled = own | set(here) | set(self.missing(place.data.get("missing"), "", {}).words)
        self.check_chosen({**common, **here}, column, place)
        for word in common:
            if word and word not in settled and words.meant(word):
                self.add(Fault.WORD_MEANS_TWO_THINGS, _at(place.path, "missing"), word)
        kept = {word: said for word, said in {**common, **here}.items() if word not in own}
        return Missing(kept)

    def check_chosen(self, missing: Mapping[str, Said], column: Column, place: _Place) -> None:
        """Of a column that says whether a choice was chosen, each word says one thing."""
        chosen, not_chosen = place.common.chosen, place.common.not_chosen
        if column.about:
            for word in sorted((chosen & not_chosen) | ((chosen | not_chosen) & set(missing)) - {""}):
                self.add(Fault.WORD_MEANS_TWO_THINGS, place.path, word)

    # The mapping as a whole.

    def check_columns(self, items: Iterable[ItemPlan], weight: str) -> None:
        """A column answers one thing, or nobody could say which."""
        named = [(column.name, plan.item) for plan in items for column in plan.all_columns if column.name]
        named += [(weight, "weight")] if weight else []
        for name, count in Counter(name for name, _item in named).items():
            if count > 1:
                owners = dict.fromkeys(item for other, item in named if other == name)
                self.add(Fault.COLUMN_TWICE, "questions", name, owners=", ".join(owners))

    def check_counted_as(self, mapped: frozenset[str]) -> None:
        """Whom a rule counts as an answer of a question because of an earlier one, the file must have asked both."""
        for (item, rule), chain in Layout(self.definition).chains.items():
            gate, _, code = rule.partition("=")
            known = [other for other in chain if other in mapped and split_item(other)[0] == gate]
            if item not in mapped and known:
                key = split_item(item)[0]
                self.add(Fault.COUNTS_AS_WITHOUT_COLUMN, f"questions.{key}", key, gate=gate, code=code)

    def check_routed_by(self, mapped: frozenset[str]) -> None:
        """Without the answer that leads to a question nobody in the file would have been asked it."""
        keys = {split_item(item)[0] for item in mapped}
        for question in self.definition.questions:
            if question.key in keys:
                for gate in sorted(routed_by(question) - keys):
                    place = f"questions.{question.key}"
                    self.add(Fault.ROUTED_BY_WITHOUT_COLUMN, place, question.key, gate=gate)


@dataclass(frozen=True, slots=True)
class _Common:
    """What holds for a place unless it says something else."""

    missing: Missing
    of_columns: Mapping[str, Any]
    chosen: frozenset[str]
    not_chosen: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Place:
    question: Question
    data: Mapping[str, Any]
    path: str
    common: _Common


def is_encoding(name: str) -> bool:
    """Whether it is a text encoding that Python knows; others, such as rot13, are no encodings of files."""
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _at(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _names_in(value: object) -> Iterable[str]:
    return value if isinstance(value, dict) else ()


def _word(value: object) -> str:
    """YAML reads some words as numbers or switches; here they are the words that stand in the file."""
    if isinstance(value, Switch):
        return value.word
    return "" if value is None else str(value)
