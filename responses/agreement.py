"""How far coders agree beyond chance: Cohen's kappa and Krippendorff's alpha.

Values are labels or numbers, None where a coder gave none: what is missing is no category, and takes no part. Nothing
here is rounded. Sources: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
Measurement 20 (1960); K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

Value = str | int | float | bool
Distance = Callable[[Value, Value], float]
Pairs = Mapping[tuple[Value, Value], float]

ACCEPTED, TENTATIVE = 0.80, 0.667
"""From where alpha is reliable, and from where conclusions may be drawn with a caution."""


class Level(StrEnum):
    """What the values are, which decides how far apart two of them lie."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class Standing(StrEnum):
    """What a coefficient allows."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    TOO_LOW = "too_low"
    UNDEFINED = "undefined"


def standing(alpha: float | None) -> Standing:
    if alpha is None:
        return Standing.UNDEFINED
    if alpha >= ACCEPTED:
        return Standing.ACCEPTED
    return Standing.TENTATIVE if alpha >= TENTATIVE else Standing.TOO_LOW


def kappa(pairs: Iterable[tuple[Value | None, Value | None]]) -> float | None:
    """Cohen's kappa, nominal, of (first coder, second coder) for each unit; -1 to 1.

    Units that one of the two left out are not looked at. None where chance alone would agree on everything (one
    category, or no unit): then nothing can be said.
    """
    return kappa_of_table(Counter((a, b) for a, b in pairs if a is not None and b is not None))


def kappa_of_table(table: Pairs) -> float | None:
    """Kappa of counts by (first coder's value, second coder's value)."""
    total = sum(table.values())
    if not total:
        return None
    rows, columns = _margins(table, 0), _margins(table, 1)
    observed = sum(count for (a, b), count in table.items() if a == b) / total
    expected = sum(rows[value] * columns.get(value, 0) for value in rows) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _margins(table: Pairs, side: int) -> dict[Value, float]:
    found: dict[Value, float] = {}
    for pair, count in table.items():
        found[pair[side]] = found.get(pair[side], 0) + count
    return found


def alpha(units: Iterable[Sequence[Value | None]], level: Level = Level.NOMINAL) -> float | None:
    """Krippendorff's alpha. A unit is the values of all coders; one with fewer than two of them says nothing.

    Ordinal and interval values are numbers. None where all values are the same, or none can be paired.
    """
    together = coincidences(units)
    margins = _margins(together, 0)
    total = sum(margins.values())
    distance = DISTANCES[level](margins)
    observed = sum(count * distance(a, b) for (a, b), count in together.items())
    expected = sum(margins[a] * margins[b] * distance(a, b) for a in margins for b in margins)
    return None if expected == 0 else 1 - (total - 1) * observed / expected


def coincidences(units: Iterable[Sequence[Value | None]]) -> dict[tuple[Value, Value], float]:
    """How often two values stand at one unit, each pair weighted by how many others the unit has; symmetric."""
    found: dict[tuple[Value, Value], float] = {}
    for unit in units:
        given = [value for value in unit if value is not None]
        for pair in permutations(given, 2):
            found[pair] = found.get(pair, 0.0) + 1 / (len(given) - 1)
    return found


def _nominal(_margins: Mapping[Value, float]) -> Distance:
    return lambda a, b: float(a != b)


def _interval(_margins: Mapping[Value, float]) -> Distance:
    return lambda a, b: (float(a) - float(b)) ** 2


def _ordinal(margins: Mapping[Value, float]) -> Distance:
    """Squared number of values between two ranks, each end counted half."""

    def distance(a: Value, b: Value) -> float:
        low, high = sorted((float(a), float(b)))
        between = sum(count for value, count in margins.items() if low <= float(value) <= high)
        return float((between - (margins[a] + margins[b]) / 2) ** 2)

    return distance


DISTANCES: dict[Level, Callable[[Mapping[Value, float]], Distance]] = {
    Level.NOMINAL: _nominal,
    Level.ORDINAL: _ordinal,
    Level.INTERVAL: _interval,
}


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """One code: given or not given, at each unit. `given` counts it by either coder."""

    code: str
    given: int
    both: int
    kappa: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two coders over all units that both have coded.

    `alpha` and `kappa`: of the code, where a unit has one; where it may have several, means over the codes that were
    given. `same`: at how many units both gave exactly the same codes.
    """

    units: int
    same: int
    kappa: float | None
    alpha: float | None
    codes: tuple[CodeAgreement, ...]


Codes = frozenset[str]


def agreement(decisions: Collection[tuple[Codes | None, Codes | None]], *, several: bool) -> Agreed:
    """Agreement on codes: nominal where a unit has one code; else (`several`) binary for each code, then the mean.

    A unit that one coder has not coded is missing, and no unit of the comparison. A code that nobody gave would agree
    by itself and is in no mean; nor is one whose coefficient is not defined.
    """
    coded = [(a, b) for a, b in decisions if a is not None and b is not None]
    names = sorted(frozenset().union(*(a | b for a, b in coded)))
    codes = tuple(_of_code(name, coded) for name in names)
    labels = [(" ".join(sorted(a)), " ".join(sorted(b))) for a, b in coded]
    return Agreed(
        units=len(coded),
        same=sum(a == b for a, b in coded),
        kappa=_mean(code.kappa for code in codes) if several else kappa(labels),
        alpha=_mean(code.alpha for code in codes) if several else alpha(labels),
        codes=codes,
    )


def _of_code(name: str, coded: Sequence[tuple[Codes, Codes]]) -> CodeAgreement:
    pairs = [(name in a, name in b) for a, b in coded]
    return CodeAgreement(
        name, sum(a or b for a, b in pairs), sum(a and b for a, b in pairs), kappa(pairs), alpha(pairs)
    )


def _mean(values: Iterable[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
