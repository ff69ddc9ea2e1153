"""Whether a headline says more than its figure: every number, phrase and claim in it needs its evidence there.

What is looked for are the numbers, the phrases of `reports.phrases` in the language of the headline, and words that
claim something (`wording/watchwords.yaml`). A headline without any of these is a title and says nothing too much.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import yaml

from reports import phrases
from reports.phrases import WORDING, words_of

PER_CENT = re.compile(
    r"(<?\d+(?:[.,]\d+)?)\s*(?:%|٪|per cent|percent|procent|بالمئة|في المئة)", re.IGNORECASE
)
PROVEN = ("large_majority", "majority", "split", "increasing", "decreasing")
"""Claims that a figure can bear out, the stronger of two first."""
OPPOSITES = frozenset({"increasing", "decreasing"})
OVER_HALF = frozenset({"just_over.half", "more_than.half"})
"""Phrases that are the claim of a majority in other words."""


class Kind(StrEnum):
    NUMBER = "number"
    PHRASE = "phrase"
    CLAIM = "claim"
    RANKING = "ranking"
    ABSOLUTE = "absolute"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Excess:
    """Words of a headline for which the figure has no evidence."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a figure bears out. `percents`: as printed, `<1` included; `phrases`: keys of those its shares have.

    `claims`: of `PROVEN`; `first`: the answers of which none can be said to come before another, most often given.
    """

    percents: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    first: tuple[str, ...] = field(default=())
    everybody: bool = False
    """Whether some share is that of everybody or of nobody."""


def excesses(text: str, evidence: Evidence, language: str) -> tuple[Excess, ...]:
    """In the order of what is looked for; empty if the headline says no more than the figure."""
    plain = _plain(text)
    found = [*_numbers(plain, evidence), *_phrases(plain, evidence, language)]
    found += _claims(_without_phrases(plain, language), evidence, language)
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Digits of any script as 0 to 9, and one kind of space."""
    digits = (str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    return " ".join("".join(digits).split())


def _numbers(text: str, evidence: Evidence) -> Iterator[Excess]:
    for found in PER_CENT.finditer(text):
        if found[1] not in evidence.percents:
            yield Excess(Kind.NUMBER, found[0])


def _phrases(text: str, evidence: Evidence, language: str) -> Iterator[Excess]:
    for key, words in _in_text(text, language):
        proven = key in evidence.phrases or (key in OVER_HALF and "majority" in _borne_out(evidence))
        if not proven:
            yield Excess(Kind.PHRASE, words)


def _in_text(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(key, words) of each phrase, the longest that fits at its place: "nearly nine in ten" is no "nine in ten"."""
    pattern, keys = _pattern(words_of(language).language)
    for found in pattern.finditer(text.lower()):
        yield keys[found[0]], found[0]


def _without_phrases(text: str, language: str) -> str:
    return _pattern(words_of(language).language)[0].sub(" ", text.lower())


@cache
def _pattern(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    keys = {
        alone.lower(): key
        for key, (alone, _sentence) in words_of(language).phrases.items()
        if key != phrases.COUNTS.key
    }
    longest = sorted(keys, key=len, reverse=True)
    return re.compile(_as_words(longest)), keys


def _as_words(found: list[str]) -> str:
    return r"(?<!\w)(?:" + "|".join(re.escape(one) for one in found) + r")(?!\w)"


def _claims(text: str, evidence: Evidence, language: str) -> Iterator[Excess]:
    watched = watchwords().get(words_of(language).language, {})
    seen = {claim: _matches(text, words) for claim, words in watched.items()}
    rest = text
    borne_out = _borne_out(evidence)
    if seen.get("increasing") and seen.get("decreasing") and borne_out & OPPOSITES:
        # One of the two is compared with the other.
        borne_out |= OPPOSITES
    for claim in PROVEN:
        for words in _matches(rest, watched.get(claim, [])):
            rest = rest.replace(words, " ")
            if claim not in borne_out:
                yield Excess(Kind.CLAIM, words)
    for words in seen.get("ranking", []):
        if not evidence.first or (len(evidence.first) > 1 and not seen.get("among")):
            yield Excess(Kind.RANKING, words)
    if not evidence.everybody:
        yield from (Excess(Kind.ABSOLUTE, words) for words in seen.get("absolute", []))
    yield from (Excess(Kind.CAUSE, words) for words in seen.get("cause", []))


def _borne_out(evidence: Evidence) -> frozenset[str]:
    return evidence.claims | ({"majority"} if "large_majority" in evidence.claims else frozenset())


def _matches(text: str, words: list[str]) -> list[str]:
    if not words:
        return []
    pattern = re.compile(_as_words(sorted((word.lower() for word in words), key=len, reverse=True)))
    return list(dict.fromkeys(found[0] for found in pattern.finditer(text)))


@cache
def watchwords() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(
        (WORDING / "watchwords.yaml").read_text(encoding="utf-8")
    )
    return found
