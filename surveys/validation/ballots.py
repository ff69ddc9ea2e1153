"""How large the answers of one respondent can be."""

from __future__ import annotations

import json
from math import ceil

from surveys.answers import Answer, to_json
from surveys.definition import Definition, Kind, Question, Role

STEP = 16 * 1024
ENVELOPE = 1024
"""Bytes for what stands around the answers: hash of the receipt (64), page reached, names of the fields."""
LONGEST_OTHER = 80
"""Characters of a text beside a choice."""
WORST = "\x1f"
"""The longest a character gets: six bytes as a JSON escape, more than the four of any in UTF-8."""

ONE_CODE = frozenset({Kind.SINGLE, Kind.GRID_SINGLE, Kind.NUMBER})


def ballot_size(definition: Definition) -> int:
    """Bytes that hold the largest possible answers, as a multiple of 16 KiB."""
    answers = {item: _largest(q) for q in definition.questions for item in q.items}
    written = json.dumps(to_json(answers), ensure_ascii=False, separators=(",", ":")).encode()
    return ceil((len(written) + ENVELOPE) / STEP) * STEP


def _largest(question: Question) -> Answer:
    numbers = [n for n in (question.minimum, question.maximum) if n is not None]
    others = [choice.code for choice in question.choices if choice.role is Role.OTHER_SPECIFY]
    return Answer(
        codes=tuple(sorted((choice.code for choice in question.offered), key=len)[-_codes(question) :]),
        number=max(numbers, key=lambda n: len(str(n)), default=None),
        texts=(WORST * (question.max_chars or 0),) * _texts(question),
        others=tuple((code, WORST * LONGEST_OTHER) for code in others),
    )


def _codes(question: Question) -> int:
    return 1 if question.kind in ONE_CODE else question.max_choices or max(len(question.offered), 1)


def _texts(question: Question) -> int:
    return (question.entries or 1) if question.max_chars else 0
