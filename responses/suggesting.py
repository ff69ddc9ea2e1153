"""Which codes an open answer may be about: exact, by alias, by a name inside it, or spelled a little differently.

Words are compared without accents, case, punctuation and the variants of Arabic letters. What comes out is only
shown to a person: a suggestion is no code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

LEAST = 82.0
"""Below this likeness, of 100, nothing is suggested: words that merely look alike cost a coder more than they give."""
INSIDE = 96.0
SHORTEST_GUESSED = 4
"""A shorter name has too few letters to be recognised in another spelling."""
MOST = 9

# Letters that Unicode does not take apart, and Arabic and Persian ones that people write for each other.
_ALIKE = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ٱ": "ا",
        "ـ": "",
    }
)
_NO_WORD = re.compile(r"[\W_]+")


class Found(StrEnum):
    EXACT = "exact"
    ALIAS = "alias"
    FUZZY = "fuzzy"


RANKS = {Found.EXACT: 0, Found.ALIAS: 1, Found.FUZZY: 2}


@dataclass(frozen=True, slots=True)
class Name:
    """One way in which a code is named."""

    code: str
    words: str
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`likeness`: 0 to 100. `name`: the label or alias that it was found by."""

    code: str
    found: Found
    likeness: float
    name: str


@lru_cache(maxsize=20_000)
def plain(words: str) -> str:
    """Words as they are compared: NFKD, marks taken off, small letters, one space between words."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words).casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    digits = "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in bare.translate(_ALIKE)
    )
    return " ".join(_NO_WORD.sub(" ", digits).split())


def suggest(text: str, names: Iterable[Name], most: int = MOST) -> tuple[Suggestion, ...]:
    """Each code once, by its best name; the surest first, equals in the order of the names."""
    wanted = plain(text)
    if not wanted:
        return ()
    best: dict[str, Suggestion] = {}
    for name in names:
        found = _compared(wanted, name)
        if found and (name.code not in best or _order(found) < _order(best[name.code])):
            best[name.code] = found
    return tuple(sorted(best.values(), key=_order)[:most])


def _order(found: Suggestion) -> tuple[int, float]:
    return RANKS[found.found], -found.likeness


def _compared(wanted: str, name: Name) -> Suggestion | None:
    known = plain(name.words)
    if known == wanted:
        return Suggestion(name.code, Found.ALIAS if name.is_alias else Found.EXACT, 100.0, name.words)
    likeness = _likeness(wanted, known)
    return Suggestion(name.code, Found.FUZZY, likeness, name.words) if likeness >= LEAST else None


def _likeness(wanted: str, known: str) -> float:
    """Of 100. A name that stands inside the answer as whole words is nearly certain."""
    if not known:
        return 0.0
    if f" {known} " in f" {wanted} ":
        return INSIDE
    if min(len(known), len(wanted)) < SHORTEST_GUESSED:
        return 0.0
    whole = max(fuzz.ratio(wanted, known), fuzz.token_sort_ratio(wanted, known))
    return max(whole, _best_word(wanted.split(), known))


def _best_word(words: Sequence[str], known: str) -> float:
    """A misspelled name among other words: as many of them together as the name has."""
    width = len(known.split())
    if len(words) <= width:
        return 0.0
    windows = (" ".join(words[start : start + width]) for start in range(len(words) - width + 1))
    return max(fuzz.ratio(window, known) for window in windows) * 0.95
