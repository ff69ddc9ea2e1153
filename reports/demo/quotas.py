"""How many synthetic people say what: the shapes of a quota and how it scales to another number of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKIPPED = ""
"""The pick of people who leave a question without an answer."""

Pick = str | int | tuple[str, ...]
"""One code, a number, or several codes (in rank order where the question is a ranking)."""


@dataclass(frozen=True, slots=True)
class Said:
    """Holds for a person who gave one of `codes` to `item`, in writing or by choosing."""

    item: str
    codes: frozenset[str]


Preference = tuple[tuple[Said, ...], ...]
"""Alternatives, the best first; each is a list of things that must all hold."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Everybody who is asked gets exactly one pick. `first_to` says who gets a pick before the others do."""

    counts: Mapping[Pick, int]
    first_to: Mapping[Pick, Preference] = field(default_factory=dict)

    @property
    def base(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Mentions:
    """Everybody who is asked names several codes, or says one thing `instead`.

    Nobody names two codes of one set in `apart`, so that the size of a net is the sum of its members.
    """

    base: int
    counts: Mapping[str, int]
    instead: Mapping[Pick, int] = field(default_factory=dict)
    apart: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Following:
    """The answer follows from an earlier one: each of its codes has a list that its people take in turn."""

    question: str
    lists: Mapping[str, tuple[str, ...]]
    skipped: int = 0
    base: int = 1


@dataclass(frozen=True, slots=True)
class Sentences:
    """`count` of `base` people write one of the sentences; the others leave the field empty."""

    base: int
    count: int
    sentences: tuple[str, ...]


Quota = Shares | Mentions | Following | Sentences


@dataclass(frozen=True, slots=True)
class Plan:
    """The quotas of one questionnaire, by item, for `size` people."""

    size: int
    quotas: Mapping[str, Quota]
    other_texts: Mapping[str, tuple[str, ...]]
    """What people write beside the choice `other`, by question."""
    brand_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Invented names that are written for the code `other_named`, by question."""


def apportion(counts: Mapping[Pick, int], total: int) -> dict[Pick, int]:
    """Scale `counts` to add up to `total`, by largest remainders.

    A count that scales to a whole number is scaled exactly; ties go to the pick that stands first.
    """
    whole = sum(counts.values())
    if whole == 0:
        return {}
    scaled = {pick: count * total // whole for pick, count in counts.items()}
    remainders = sorted(counts, key=lambda pick: -(counts[pick] * total % whole))
    for pick in remainders[: total - sum(scaled.values())]:
        scaled[pick] += 1
    return scaled


def scale(count: int, base: int, full_base: int) -> int:
    """`count` of `full_base` people, carried over to `base` people, half up, and never lost altogether."""
    return max(1, (2 * count * base + full_base) // (2 * full_base)) if count and base else 0
