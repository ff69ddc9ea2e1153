"""Where the answers to one question stand, as a mapping says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from responses.importing.mapping_words import Common, Faults, Place, at, word_of
from responses.importing.plan import Column, ItemPlan, Shape
from responses.importing.problems import Fault
from responses.importing.words import Labels, Lexicon, Missing, Reads, Said, fold, lexicon
from surveys.codebook.layout import has_marks
from surveys.definition import Definition, Kind, Question, Role, item_key

QUESTION = frozenset(
    {"column", "columns", "choices", "places", "ranks", "rows", "always", "separator", "reads", "values"}
    | {"missing", "chosen", "not_chosen", "others", "codes"}
)
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


@dataclass(frozen=True)
class Questions:
    definition: Definition
    labels: Labels
    faults: Faults

    def question(self, key: str, value: Any, common: Common) -> list[ItemPlan]:
        path = f"questions.{key}"
        question = self.definition.by_key.get(key)
        if question is None:
            self.faults.add(Fault.NO_SUCH_QUESTION, path, key)
            return []
        data = value if isinstance(value, dict) else {"column": value}
        self.faults.check_keys(data, QUESTION, path)
        place = Place(question, data, path, self.around(data, path, common))
        if not question.is_grid:
            plan = self.item(question.key, data, path, place)
            return [plan] if plan else []
        return self.grid(place)

    def around(self, data: Mapping[str, Any], path: str, common: Common) -> Common:
        return Common(
            missing=self.faults.missing(data.get("missing"), at(path, "missing"), common.missing.words),
            of_columns=common.of_columns,
            chosen=self.faults.words(data, "chosen", path, ()) if "chosen" in data else common.chosen,
            not_chosen=self.faults.words(data, "not_chosen", path, ())
            if "not_chosen" in data
            else common.not_chosen,
        )

    def grid(self, place: Place) -> list[ItemPlan]:
        rows = place.data.get("rows")
        path = at(place.path, "rows")
        if not isinstance(rows, dict):
            self.faults.add(Fault.NO_SHAPE, path, known="rows")
            return []
        codes = [row.code for row in place.question.rows]
        for row in rows:
            if row not in codes:
                self.faults.add(Fault.NO_SUCH_ROW, at(path, row), row, known=", ".join(codes))
        if lacking := [row for row in codes if row not in rows]:
            self.faults.add(Fault.ROWS_MISSING, path, rows=", ".join(lacking))
        plans = []
        for row in codes:
            if row in rows:
                value = rows[row]
                if isinstance(value, dict):
                    data = value if set(value) & set(NAMES) else {"choices": value}
                else:
                    data = {"column": value}
                item = item_key(place.question.key, row)
                plans.append(self.item(item, data, at(path, row), place))
        return [plan for plan in plans if plan]

    def item(self, item: str, data: Mapping[str, Any], path: str, place: Place) -> ItemPlan | None:
        question = place.question
        named = [name for name in NAMES if data.get(name) is not None]
        allowed = [name for name, shape in NAMES.items() if shape in SHAPES[question.kind]]
        if len(named) != 1:
            self.faults.add(Fault.NO_SHAPE, path, known=", ".join(allowed))
            return None
        if named[0] not in allowed:
            self.faults.add(Fault.SHAPE_NOT_FOR_KIND, at(path, named[0]), named[0], known=", ".join(allowed))
            return None
        shape = NAMES[named[0]]
        columns = self.columns(data[named[0]], at(path, named[0]), shape, question)
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
            return (Column(self.faults.name(value, path)),)
        if shape in (Shape.CHOICES, Shape.RANKS):
            return self.column_by_code(value, path, question)
        names = self.names(value, path)
        most = question.entries if shape is Shape.ENTRIES else question.max_choices or len(question.choices)
        if len(names) > (most or 1):
            self.faults.add(Fault.TOO_MANY_COLUMNS, path, most=most or 1)
        return tuple(Column(name) for name in names)

    def column_by_code(self, value: Any, path: str, question: Question) -> tuple[Column, ...]:
        if not isinstance(value, dict):
            self.faults.add(Fault.NOT_A_NAME, path)
            return ()
        offered = [choice.code for choice in question.offered]
        for code in value:
            self.check_code(code, offered, at(path, code))
        # In stored order, which is the order of the codes of an answer.
        known = [code for code in offered if code in value]
        return tuple(Column(self.faults.name(value[code], at(path, code)), code) for code in known)

    def check_code(self, code: str, offered: list[str], path: str) -> None:
        if code not in offered:
            self.faults.add(Fault.NO_SUCH_CODE, path, code, known=", ".join(offered[:20]))

    def always(self, data: Mapping[str, Any], path: str, question: Question) -> str:
        code = self.faults.name(data["always"], at(path, "always"))
        self.check_code(code, [choice.code for choice in question.offered], at(path, "always"))
        return code

    def others(self, place: Place) -> tuple[Column, ...]:
        value = place.data.get("others")
        if value is None:
            return ()
        path = at(place.path, "others")
        takes_text = [c.code for c in place.question.choices if c.role is Role.OTHER_SPECIFY]
        if not isinstance(value, dict) or not takes_text:
            self.faults.add(Fault.TAKES_NO_TEXT, path)
            return ()
        for code in value:
            self.check_code(code, takes_text, at(path, code))
        return tuple(
            Column(self.faults.name(value[code], at(path, code)), code)
            for code in takes_text
            if code in value
        )

    def codes(self, place: Place, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        value = place.data.get("codes")
        if value is None:
            return ()
        path = at(place.path, "codes")
        if place.question.kind is not Kind.OPEN_LIST or not has_marks(place.question):
            self.faults.add(Fault.TAKES_NO_CODES, path)
            return ()
        names = self.names(value, path)
        if len(names) != len(columns):
            self.faults.add(Fault.CODES_DO_NOT_PAIR, path, columns=len(columns), codes=len(names))
        return tuple(Column(name) for name in names)

    def separator(self, place: Place, shape: Shape) -> str:
        """Between the choices in one cell, or between the codes of one entry."""
        several = place.question.kind in SEVERAL and shape is Shape.ONE
        given = word_of(place.data.get("separator", ""))
        return given or (";" if several or place.question.kind is Kind.OPEN_LIST else "")

    def lexicon(self, place: Place) -> Lexicon:
        question = place.question
        offered = [choice.code for choice in question.offered]
        own = place.data.get("values") or {}
        path = at(place.path, "values")
        if not isinstance(own, dict):
            self.faults.add(Fault.NOT_A_NAME, path)
            own = {}
        meant = {word: word_of(code) for word, code in own.items()}
        for word, code in meant.items():
            self.check_code(code, offered, at(path, word))
        return lexicon(question.key, offered, self.labels, self.reads(place), meant)

    def reads(self, place: Place) -> Reads:
        word = word_of(place.data.get("reads", Reads.BOTH.value))
        known = [reads.value for reads in Reads]
        if word not in known:
            self.faults.add(Fault.UNKNOWN_KEY, at(place.path, "reads"), word, known=", ".join(known))
            return Reads.BOTH
        return Reads(word)

    def frame(self, question: Question) -> Lexicon:
        frame = self.definition.frames[question.code_frame]
        codes = [code.code for code in frame.codes]
        return lexicon(f"frame:{frame.key}", codes, self.labels, Reads.BOTH, {})

    def most_codes(self, question: Question) -> int:
        frame = self.definition.frames.get(question.code_frame)
        return frame.max_codes_per_mention if frame else 1

    def missing_in(self, column: Column, place: Place, words: Lexicon) -> Missing:
        """What stands for no answer in a column. A word that could be an answer as well has to be settled."""
        common = place.common.missing.words
        here = self.faults.missing(
            place.common.of_columns.get(column.name), f"missing.columns.{column.name}", {}
        ).words
        own = {fold(word) for word in names_in(place.data.get("values"))}
        settled = own | set(here) | set(self.faults.missing(place.data.get("missing"), "", {}).words)
        self.check_chosen({**common, **here}, column, place)
        for word in common:
            if word and word not in settled and words.meant(word):
                self.faults.add(Fault.WORD_MEANS_TWO_THINGS, at(place.path, "missing"), word)
        kept = {word: said for word, said in {**common, **here}.items() if word not in own}
        return Missing(kept)

    def check_chosen(self, missing: Mapping[str, Said], column: Column, place: Place) -> None:
        """Of a column that says whether a choice was chosen, each word says one thing."""
        chosen, not_chosen = place.common.chosen, place.common.not_chosen
        if column.about:
            for word in sorted((chosen & not_chosen) | ((chosen | not_chosen) & set(missing)) - {""}):
                self.faults.add(Fault.WORD_MEANS_TWO_THINGS, place.path, word)

    def names(self, value: Any, path: str) -> list[str]:
        return [self.faults.name(one, path) for one in (value if isinstance(value, list) else [value])]


def names_in(value: object) -> Iterable[str]:
    return value if isinstance(value, dict) else ()
