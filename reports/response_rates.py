"""Response metrics by AAPOR, Standard Definitions: from the letters of the final dispositions to the rates.

A letter counts cases: people, or organisations where those answer once. It is a whole number, or an estimate where
several doors share what was counted. Rates are shares between 0 and 1, not rounded. A rate whose denominator is zero
is not defined, which is not the same as zero. Source of the formulas: The American Association for Public Opinion
Research, Standard Definitions, chapter on internet surveys of specifically named persons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Letters:
    """How many cases there are of each class. Raises ValueError for a number below zero."""

    i: float = 0
    """Complete."""
    p: float = 0
    """Partial."""
    r: float = 0
    """Refusal and break-off."""
    nc: float = 0
    """Non-contact."""
    o: float = 0
    """Other, known to be eligible."""
    uh: float = 0
    """Unknown whether there is such a case; does not occur where named persons are invited."""
    uo: float = 0
    """Unknown whether the case is eligible."""
    ne: float = 0
    """Not eligible."""

    def __post_init__(self) -> None:
        for letter in fields(self):
            if getattr(self, letter.name) < 0:
                raise ValueError(
                    f"There cannot be {getattr(self, letter.name)} cases of {letter.name.upper()}."
                )

    @property
    def answered(self) -> float:
        return self.i + self.p

    @property
    def eligible(self) -> float:
        """Those known to be eligible."""
        return self.i + self.p + self.r + self.nc + self.o

    @property
    def unknown(self) -> float:
        return self.uh + self.uo


class Why(StrEnum):
    """Why a rate is not defined."""

    NO_CASES = "no_cases"
    """Its denominator is zero."""


class Found(StrEnum):
    """How e, the share of the unknown cases that are eligible, was found."""

    DEFAULT = "default"
    """The share among the cases of which it is known."""
    STATED = "stated"
    """A member of staff stated it."""
    HIGHEST = "highest"
    """It would be needed, and no case is known to be not eligible: 1, which makes the rates the lowest."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share between 0 and 1, or None and the reason why there is none."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    value: float
    found: Found

    @property
    def is_a_guess(self) -> bool:
        """Whether it has to be read with a warning."""
        return self.found is Found.HIGHEST


def eligible_share(letters: Letters, stated: float | None = None) -> Share:
    """e: the share of the cases of unknown eligibility that are eligible, 0 to 1.

    By default what it is among the cases of which it is known, (I+P+R+NC+O)/(I+P+R+NC+O+NE). Where that rests on no
    case that was found not eligible, it is 1. Raises ValueError for a stated share outside 0 to 1.
    """
    if stated is not None:
        if not 0 <= stated <= 1:
            raise ValueError(f"{stated} is no share.")
        return Share(stated, Found.STATED)
    if letters.ne == 0:
        return Share(1.0, Found.HIGHEST if letters.unknown else Found.DEFAULT)
    return Share(letters.eligible / (letters.eligible + letters.ne), Found.DEFAULT)


def ratio(part: float, whole: float) -> Rate:
    return Rate(part / whole) if whole else Rate(None, Why.NO_CASES)


Formula = Callable[[Letters, float], tuple[float, float]]
"""Of the letters and e: numerator and denominator."""


def _all(letters: Letters, e: float) -> float:
    return letters.eligible + letters.unknown


def _likely(letters: Letters, e: float) -> float:
    return letters.eligible + e * letters.unknown


def _known(letters: Letters, e: float) -> float:
    return letters.eligible


def _reached(letters: Letters, e: float) -> float:
    return letters.answered + letters.r + letters.o


def _able(letters: Letters, e: float) -> float:
    return letters.answered + letters.r


def _over(part: Callable[[Letters], float], whole: Callable[[Letters, float], float]) -> Formula:
    return lambda letters, e: (part(letters), whole(letters, e))


def _complete(letters: Letters) -> float:
    return letters.i


def _complete_or_partial(letters: Letters) -> float:
    return letters.answered


def _refused(letters: Letters) -> float:
    return letters.r


def _contacted(letters: Letters) -> float:
    return letters.answered + letters.r + letters.o


FORMULAS: Mapping[str, Formula] = {
    "RR1": _over(_complete, _all),
    "RR2": _over(_complete_or_partial, _all),
    "RR3": _over(_complete, _likely),
    "RR4": _over(_complete_or_partial, _likely),
    "RR5": _over(_complete, _known),
    "RR6": _over(_complete_or_partial, _known),
    "COOP1": _over(_complete, _reached),
    "COOP2": _over(_complete_or_partial, _reached),
    "COOP3": _over(_complete, _able),
    "COOP4": _over(_complete_or_partial, _able),
    "REF1": _over(_refused, _all),
    "REF2": _over(_refused, _likely),
    "REF3": _over(_refused, _known),
    "CON1": _over(_contacted, _all),
    "CON2": _over(_contacted, _likely),
    "CON3": _over(_contacted, _known),
}
"""Each rate by its name, as numerator and denominator."""


def rates(letters: Letters, e: float) -> dict[str, Rate]:
    """Every rate by its name. `e`: of `eligible_share`."""
    return {name: ratio(*formula(letters, e)) for name, formula in FORMULAS.items()}


def break_off_rate(answered: float, broken_off: float) -> Rate:
    """Of those who began: the share that broke off. `answered`: complete and partial, I+P.

    Source: M. Callegaro and C. DiSogra, Computing response metrics for online panels, Public Opinion Quarterly 72
    (2008).
    """
    return ratio(broken_off, answered + broken_off)


def completion_rate(finished: float, started: float) -> Rate:
    """At a door without a list: of those who began, the share that sent. Never a response rate."""
    return ratio(finished, started)


def participation_rate(finished: float, let_in: float) -> Rate:
    """At a door without a list: of those whom it could have let in, or did, the share that sent."""
    return ratio(finished, let_in)
