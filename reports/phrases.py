"""Shares in words: "nearly nine in ten". What may be said is decided without a language, and then said in one.

Per cents are 0 to 100 and unrounded. A phrase describes those who answered; a direction (majority, split, increasing)
is claimed only when the 95 % interval lies beyond it. The words of each language are whole phrases in a file of their
own beside this module (`wording/phrases.sv.yaml`), reviewed like any translation and never put together from parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from babel.lists import format_list
from babel.numbers import format_decimal

from reports.estimates import Range, paired_shares, whole_percent, wilson

WORDING = Path(__file__).parent / "wording"
SOURCE = "en"

BASE_OF_PHRASES = 80
"""From here on a share has a phrase."""
BASE_OF_COUNTS = 50
"""From here on "x of the y who ..." may be said and a direction claimed; below it nothing."""
SPLIT = (0.35, 0.65)
FINEST = 1_000_000
"""Largest base for which a per cent worked out as 100 * count / base is read back exactly."""


class Phrase(NamedTuple):
    """What is said of a share, in no language: ("nearly", "nine_in_ten")."""

    manner: str
    size: str

    @property
    def key(self) -> str:
        return f"{self.manner}.{self.size}"


class Target(NamedTuple):
    percent: Fraction
    size: str
    is_tenth: bool = True


TARGETS = (
    Target(Fraction(10), "one_in_ten"),
    Target(Fraction(20), "one_in_five"),
    Target(Fraction(25), "quarter", is_tenth=False),
    Target(Fraction(30), "three_in_ten"),
    Target(Fraction(100, 3), "third", is_tenth=False),
    Target(Fraction(40), "four_in_ten"),
    Target(Fraction(50), "half"),
    Target(Fraction(60), "six_in_ten"),
    Target(Fraction(200, 3), "two_thirds", is_tenth=False),
    Target(Fraction(70), "seven_in_ten"),
    Target(Fraction(75), "three_quarters", is_tenth=False),
    Target(Fraction(80), "eight_in_ten"),
    Target(Fraction(90), "nine_in_ten"),
)
RARE = (
    Target(Fraction(100, 20), "one_in_twenty"),
    Target(Fraction(100, 25), "one_in_twenty_five"),
    Target(Fraction(100, 30), "one_in_thirty"),
    Target(Fraction(100, 40), "one_in_forty"),
)

FEW, SOME, NEARLY_ALL = Fraction(5, 2), Fraction(15, 2), Fraction(195, 2)
BARE, FAR = Fraction(1), Fraction(5, 2)
"""Up to one point away a target is named as it is; up to two and a half it is just over or nearly."""

ABOUT_HALF = Phrase("about", "half")
COUNTS = Phrase("count", "of_base")
OF_TWO = frozenset({"split", "increasing", "decreasing"})
OVER_HALF = frozenset({Phrase("just_over", "half"), Phrase("more_than", "half")})


def phrase(
    percent: float | Fraction,
    low: float,
    base: int,
    *,
    both_shown: bool = False,
    least: int = BASE_OF_PHRASES,
) -> Phrase | None:
    """What may be said of a share, or None.

    `percent` and `low`, the lower end of its 95 % Wilson interval, are 0 to 100; `base` is unweighted. `both_shown`:
    whether the count and the base may both be shown. `least`: the policy's base of phrases, never below 80.
    Raises ValueError for a per cent outside 0 to 100.
    """
    found = phrase_of(percent)
    if base < BASE_OF_COUNTS:
        return None
    if base < max(least, BASE_OF_PHRASES):
        return COUNTS if both_shown else None
    if found in OVER_HALF and low <= 50:
        return ABOUT_HALF
    return found


def phrase_of(percent: float | Fraction) -> Phrase:
    """The phrase that a per cent would have if nothing spoke against it: 52 of them cover 0 to 100.

    Raises ValueError for a per cent outside 0 to 100.
    """
    p = _exact(percent)
    if not 0 <= p <= 100:
        raise ValueError(f"{percent} is not a per cent between 0 and 100.")
    if p < FEW:
        return Phrase("bare", "very_few")
    if p < SOME:
        return Phrase("about", min(RARE, key=lambda target: abs(p - target.percent)).size)
    if p > NEARLY_ALL:
        return Phrase("nearly", "all")
    return _near_a_target(p)


def _exact(percent: float | Fraction) -> Fraction:
    return percent if isinstance(percent, Fraction) else Fraction(percent).limit_denominator(FINEST)


def _near_a_target(p: Fraction) -> Phrase:
    place = min(range(len(TARGETS)), key=lambda n: (abs(p - TARGETS[n].percent), not TARGETS[n].is_tenth))
    away = p - TARGETS[place].percent
    if away < -FAR:
        return Phrase("more_than", TARGETS[place - 1].size)
    return Phrase(_manner(away), TARGETS[place].size)


def _manner(away: Fraction) -> str:
    if abs(away) <= BARE:
        return "bare"
    if away < 0:
        return "nearly"
    return "just_over" if away <= FAR else "more_than"


def majority(low: float, base: int) -> str | None:
    """`large_majority`, `majority` or None, by the lower end (0 to 100) of the 95 % Wilson interval."""
    if base < BASE_OF_COUNTS or low <= 50:
        return None
    return "large_majority" if low > 200 / 3 else "majority"


def is_split(first: float, second: float) -> bool:
    """Whether two nets (counts of people) divide those who chose either of them about evenly.

    The whole Wilson interval of each, out of both, must lie between 35 and 65 %. Weighted: effective counts.
    """
    both = first + second
    if both < BASE_OF_COUNTS:
        return False
    ranges = (wilson(first / both, both), wilson(second / both, both))
    return all(SPLIT[0] <= found.low and found.high <= SPLIT[1] for found in ranges)


def development(
    increased: float, decreased: float, base: int, *, effective: float | None = None
) -> str | None:
    """`increasing`, `decreasing` or None, of two nets without overlap (counts of the same `base` people).

    `effective`: the effective base when the counts are weighted; they are out of `base` all the same.
    """
    if base < BASE_OF_COUNTS:
        return None
    scale = 1.0 if effective is None else effective / base
    found = paired_shares(increased * scale, decreased * scale, base * scale, both=0)
    if found.low > 0:
        return "increasing"
    return "decreasing" if found.high < 0 else None


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    count: float


def ranked(
    items: Sequence[Item],
    base: int,
    *,
    overlaps: Mapping[frozenset[str], float] | None = None,
    effective: float | None = None,
) -> tuple[tuple[str, ...], ...]:
    """Codes in groups, the most often chosen first. Within a group nothing may be said to come before another.

    An item stays in the group as long as the paired interval of its difference to the largest of the group holds 0.
    `overlaps`: how many chose both of two codes; empty when nobody could; None when it is not known, and then the
    intervals are as wide as they can be. `effective`: as for `development`. A base below 50 gives no groups: no ranking
    is claimed.
    """
    if base < BASE_OF_COUNTS:
        return ()
    scale = 1.0 if effective is None else effective / base
    groups: list[list[Item]] = []
    for item in sorted(items, key=lambda found: -found.count):
        if groups and _difference(groups[-1][0], item, base, overlaps, scale).holds_zero:
            groups[-1].append(item)
        else:
            groups.append([item])
    return tuple(tuple(item.code for item in group) for group in groups)


def _difference(
    first: Item, second: Item, base: int, overlaps: Mapping[frozenset[str], float] | None, scale: float
) -> Range:
    both = None if overlaps is None else scale * overlaps.get(frozenset({first.code, second.code}), 0)
    return paired_shares(scale * first.count, scale * second.count, scale * base, both)


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language. `phrases`: key -> (the phrase alone, with whom it is about and its figures)."""

    language: str
    reviewed_by: str
    percent: str
    below_one: str
    phrases: Mapping[str, tuple[str, str]]
    claims: Mapping[str, str]
    rankings: Mapping[str, str]

    @property
    def is_draft(self) -> bool:
        return not self.reviewed_by


def words_of(language: str) -> Words:
    """The texts of a language tag, of its parent (`sv` for `sv-FI`), or else the English ones."""
    parts = language.replace("_", "-").lower().split("-")
    tags = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return _words(next((tag for tag in tags if tag in languages()), SOURCE))


@cache
def languages() -> frozenset[str]:
    return frozenset(path.name.split(".")[1] for path in WORDING.glob("phrases.*.yaml"))


@cache
def _words(language: str) -> Words:
    data = yaml.safe_load((WORDING / f"phrases.{language}.yaml").read_text(encoding="utf-8"))
    return Words(
        language=language,
        reviewed_by=data["reviewed_by"] or "",
        percent=data["percent"],
        below_one=data["below_one"],
        phrases={key: (texts["alone"], texts["sentence"]) for key, texts in data["phrases"].items()},
        claims=data["claims"],
        rankings=data["rankings"],
    )


def alone(found: Phrase, language: str) -> str:
    """The phrase by itself: "nearly nine in ten". Whoever prints it prints its per cent and base beside it."""
    return words_of(language).phrases[found.key][0]


def say(found: Phrase, percent: float, base: int, language: str, *, count: int | None = None) -> str:
    """The phrase, whom it is about, and its figures: "Nearly nine in ten respondents (88 %, base 450)".

    Raises ValueError for "x of the y" without its count.
    """
    if found == COUNTS and count is None:
        raise ValueError("“x of the y” needs its count.")
    words = words_of(language)
    shown = "" if count is None else _number(count, words)
    return words.phrases[found.key][1].format(
        percent=printed(percent, words), base=_number(base, words), count=shown
    )


def say_claim(claim: str, percent: float, base: int, language: str, *, other: float | None = None) -> str:
    """A direction with its figures: "A majority of the respondents (58 %, base 450)".

    `other`: of a claim about two nets (split, increasing, decreasing) the per cent of the second; of `decreasing`,
    `percent` is that of the decrease. Raises ValueError for such a claim without it.
    """
    if claim in OF_TWO and other is None:
        raise ValueError("A claim about two nets needs the per cent of both.")
    words = words_of(language)
    second = "" if other is None else printed(other, words)
    return words.claims[claim].format(
        percent=printed(percent, words), other=second, base=_number(base, words)
    )


def say_ranking(group: Sequence[str], language: str, *, is_first: bool = True) -> str:
    """The labels of one group of `ranked`: "Most common: A", "Among the most common: A and B", "Followed by: C"."""
    words = words_of(language)
    rule = ("first" if len(group) == 1 else "first_group") if is_first else "followed_by"
    return words.rankings[rule].format(items=format_list(group, locale=words.language))


def printed(percent: float, words: Words) -> str:
    """Whole per cents: 100 is everybody, 0 is nobody, and the rest lies between."""
    whole = whole_percent(percent)
    if percent > 0 and whole == 0:
        return words.below_one
    if percent < 100:
        whole = min(whole, 99)
    return words.percent.format(number=_number(whole, words))


def _number(value: int, words: Words) -> str:
    return format_decimal(value, locale=words.language)
