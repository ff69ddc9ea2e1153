"""What another tool would have written: answers as a CSV in several shapes, with the mapping that explains it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import yaml

from surveys.answers import Answer
from surveys.definition import Definition, Kind, Question, Role, item_key

Asked = Answer | None
"""None: the item was not asked."""
NOT_ASKED, SKIPPED = "Not asked", "No answer"


@dataclass
class Export:
    """Columns are added question by question; each holds one cell for every respondent."""

    definition: Definition
    respondents: list[Mapping[str, Answer]]
    chance: Random
    columns: dict[str, list[str]] = field(default_factory=dict)
    questions: dict[str, Any] = field(default_factory=dict)
    weights: list[float] | None = None

    def build(self) -> Export:
        for question in self.definition.questions:
            self.questions[question.key] = WRITE[question.kind](self, question)
        if self.weights is not None:
            self.columns["wt"] = [str(weight) for weight in self.weights]
        return self

    def mapping(self, **more: Any) -> str:
        data = {
            "import": 1,
            "questionnaire": self.definition.key,
            "version": self.definition.version,
            "source": "Elsewhere",
            "missing": {"not_asked": [NOT_ASKED], "skipped": [SKIPPED]},
            **({"weight": "wt"} if self.weights is not None else {}),
            "questions": self.questions,
            **more,
        }
        return yaml.safe_dump(data, sort_keys=False)

    def csv(self, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
        writer.writerow(self.columns)
        writer.writerows(zip(*self.columns.values(), strict=True))
        return text.getvalue().encode(encoding)

    # Parts of questions.

    def answers(self, item: str) -> list[Asked]:
        return [answers.get(item) for answers in self.respondents]

    def column(self, name: str, item: str, cell: Callable[[Answer], str]) -> str:
        unfilled = self.chance.choice(["", SKIPPED])
        self.columns[name] = [self.cell(answer, cell, unfilled) for answer in self.answers(item)]
        return name

    def cell(self, answer: Asked, cell: Callable[[Answer], str], unfilled: str) -> str:
        if answer is None:
            return NOT_ASKED
        return unfilled if answer.is_empty else cell(answer)

    def words(self, question: Question) -> Callable[[str], str]:
        """A code as the file says it: itself, its label, or a word of the file's own."""
        way = self.chance.choice(["code", "label", "loud"])
        labels = {choice.code: choice.label for choice in question.offered}
        return {
            "code": lambda code: code,
            "label": lambda code: labels[code],
            "loud": lambda code: f"  {labels[code].upper().replace(' ', '  ')} ",
        }[way]

    def single(self, question: Question) -> Any:
        return self.with_others(question, {"column": self.single_column(question, question.key)})

    def single_column(self, question: Question, item: str) -> str:
        words = self.words(question)
        return self.column(item.replace(":", "_"), item, lambda answer: words(answer.codes[0]))

    def several(self, question: Question) -> Any:
        return self.with_others(question, self.several_columns(question, question.key))

    def several_columns(self, question: Question, item: str) -> dict[str, Any]:
        if self.chance.random() < 0.3:
            words = self.words(question)
            return {
                "column": self.column(
                    f"all_{item}", item, lambda a: ";".join(words(code) for code in a.codes)
                ),
            }
        yes, no = self.chance.choice([("1", "0"), ("Yes", "No"), ("x", "")])
        return {
            "choices": {
                choice.code: self.column(
                    f"{item}={choice.code}", item, lambda a, code=choice.code: yes if code in a.codes else no
                )
                for choice in question.offered
            }
        }

    def with_others(self, question: Question, found: dict[str, Any]) -> dict[str, Any]:
        others = [choice.code for choice in question.choices if choice.role is Role.OTHER_SPECIFY]
        if others:
            found["others"] = {
                code: self.column(
                    f"{question.key} text {code}",
                    question.key,
                    lambda a, code=code: dict(a.others).get(code, ""),
                )
                for code in others
            }
        return found

    def ranking(self, question: Question) -> Any:
        item = question.key
        if self.chance.random() < 0.5:
            words = self.words(question)
            places = range(question.max_choices or len(question.choices))
            return {
                "places": [
                    self.column(
                        f"{item} {n}", item, lambda a, n=n: words(a.codes[n]) if n < len(a.codes) else ""
                    )
                    for n in places
                ]
            }
        ranks: dict[str, str] = {}
        for choice in question.choices:
            ranks[choice.code] = self.column(
                f"{item} {choice.code}",
                item,
                lambda a, code=choice.code: str(a.codes.index(code) + 1) if code in a.codes else "",
            )
        for choice in question.special:
            ranks[choice.code] = self.column(
                f"{item} {choice.code}", item, lambda a, code=choice.code: "1" if code in a.codes else "0"
            )
        return {"ranks": ranks}

    def grid(self, question: Question) -> Any:
        one = question.kind is Kind.GRID_SINGLE
        rows: dict[str, Any] = {}
        for row in question.rows:
            item = item_key(question.key, row.code)
            rows[row.code] = (
                self.single_column(question, item) if one else self.several_columns(question, item)
            )
        return {"rows": rows}

    def number(self, question: Question) -> Any:
        words = self.words(question)
        return self.column(
            question.key, question.key, lambda a: words(a.codes[0]) if a.codes else str(a.number)
        )

    def entries(self, question: Question) -> Any:
        words = self.words(question)

        def cell(answer: Answer, n: int) -> str:
            if answer.codes:
                return words(answer.codes[0]) if n == 0 else ""
            return answer.texts[n] if n < len(answer.texts) else ""

        return {
            "columns": [
                self.column(f"{question.key} {n}", question.key, lambda a, n=n: cell(a, n))
                for n in range(question.entries or 1)
            ]
        }

    def text(self, question: Question) -> Any:
        return {"column": self.column(question.key, question.key, lambda a: a.texts[0])}


WRITE: dict[Kind, Callable[[Export, Question], Any]] = {
    Kind.SINGLE: Export.single,
    Kind.MULTIPLE: Export.several,
    Kind.RANKING: Export.ranking,
    Kind.GRID_SINGLE: Export.grid,
    Kind.GRID_MULTIPLE: Export.grid,
    Kind.NUMBER: Export.number,
    Kind.OPEN_LIST: Export.entries,
    Kind.OPEN_TEXT: Export.text,
}


def tidy(respondents: Iterable[Mapping[str, Answer]]) -> list[dict[str, Answer]]:
    """Without the unfilled entries at the end of a list, which say nothing."""
    return [{item: _tidy(answer) for item, answer in answers.items()} for answers in respondents]


def _tidy(answer: Answer) -> Answer:
    texts = list(answer.texts)
    while texts and not texts[-1]:
        texts.pop()
    return Answer(answer.codes, answer.number, tuple(texts), answer.others)
