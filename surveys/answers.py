"""Answers as plain, frozen data, keyed by item: a question's key, or `question:row` for a row of a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one item. An empty answer means asked and skipped; a missing one, not asked (yet).

    `codes`: chosen codes, special answers among them; of a ranking in rank order, otherwise in stored order.
    `texts`: the entries of a list of short texts, position kept (an empty string is an unfilled entry), or the one
    text of an open question. `others`: (code, text) of each `other_specify` choice that has a text.
    `written`: a text was given that is not here any more (stored answers keep only this).
    """

    codes: tuple[str, ...] = ()
    number: int | None = None
    texts: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    written: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.codes and self.number is None and not self.has_text

    @property
    def has_text(self) -> bool:
        return self.written or any(text.strip() for text in self.texts)


Answers = Mapping[str, Answer]
SKIPPED = Answer()


def to_json(answers: Answers) -> dict[str, dict[str, Any]]:
    """Compact form for drafts and ballots; `from_json` gives the same answers back."""
    return {item: _answer_to_json(answer) for item, answer in answers.items()}


def from_json(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Answer]:
    return {item: _answer_from_json(value) for item, value in data.items()}


def _answer_to_json(answer: Answer) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if answer.codes:
        parts["c"] = list(answer.codes)
    if answer.number is not None:
        parts["n"] = answer.number
    if answer.texts:
        parts["t"] = list(answer.texts)
    if answer.others:
        parts["o"] = [list(pair) for pair in answer.others]
    if answer.written:
        parts["w"] = True
    return parts


def _answer_from_json(value: Mapping[str, Any]) -> Answer:
    if len(value) == 1 and "c" in value:
        # Most are; every page of a respondent reads all that was answered before it.
        return Answer(tuple(value["c"]))
    return Answer(
        codes=tuple(value.get("c", ())),
        number=value.get("n"),
        texts=tuple(value.get("t", ())),
        others=tuple((code, text) for code, text in value.get("o", ())),
        written=bool(value.get("w", False)),
    )
