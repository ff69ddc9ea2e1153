"""Words of a file that stand for codes, or for the lack of an answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from surveys.definition import Definition


def fold(text: str) -> str:
    """Upper and lower case, kinds of spaces and how letters are composed make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Said(Enum):
    """What a cell says where it holds no answer."""

    NOT_ASKED = "not asked"
    SKIPPED = "skipped"
    NOTHING = "nothing"
    """Either: the routing knows which."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Folded word -> what it says."""

    words: Mapping[str, Said]

    def said(self, cell: str) -> Said | None:
        return self.words.get(fold(cell))


class Reads(Enum):
    CODES = "codes"
    LABELS = "labels"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded word -> the codes that it can mean. More than one is an ambiguity, and no answer."""

    codes: Mapping[str, tuple[str, ...]]

    def meant(self, cell: str) -> tuple[str, ...]:
        return self.codes.get(fold(cell), ())


Labels = Mapping[tuple[str, str], tuple[str, ...]]
"""(question or frame, code) -> its label in every language of the questionnaire."""


def labels_in(definitions: Iterable[Definition]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Labels of choices and of the codes of frames. Rows are named by their code in a mapping."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for definition in definitions:
        for question in definition.questions:
            for choice in question.offered:
                found.setdefault((question.key, choice.code), {})[choice.label] = None
        for frame in definition.code_frames:
            for code in frame.codes:
                found.setdefault((f"frame:{frame.key}", code.code), {})[code.label] = None
    return {key: tuple(labels) for key, labels in found.items()}


def lexicon(
    owner: str, codes: Iterable[str], labels: Labels, reads: Reads, own: Mapping[str, str]
) -> Lexicon:
    """What the file's words mean for these codes. A word of the mapping's own goes before codes and labels."""
    found: dict[str, dict[str, None]] = {}
    for code in codes:
        words = [code] if reads is not Reads.LABELS else []
        if reads is not Reads.CODES:
            words += labels.get((owner, code), ())
        for word in words:
            found.setdefault(fold(word), {})[code] = None
    meant = {word: tuple(candidates) for word, candidates in found.items()}
    return Lexicon({**meant, **{fold(word): (code,) for word, code in own.items()}})
