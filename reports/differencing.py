"""What two releases of an edition tell by subtraction: how many people changed, figure by figure, at least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LEAST = 10
"""A figure may be corrected if at least so many respondents' values change, or none."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers out of one base, of everybody or of a group. `of_one`: everybody gives exactly one of these answers."""

    figure: str
    row: str
    statistic: str
    base_rule: str
    of_one: bool = False
    breakdown: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A published number: `count` of `base` people, or a `value` that is no count."""

    series: Series
    kind: str
    code: str
    count: int | None
    base: int | None
    value: float | None

    @property
    def place(self) -> tuple[Series, str, str]:
        return self.series, self.kind, self.code


def too_few_changed(before: Iterable[Entry], after: Iterable[Entry], least: int = LEAST) -> tuple[str, ...]:
    """Figures of both releases in which somebody's value changed, but for all that is known fewer than `least` did."""
    changed = changes(before, after)
    return tuple(figure for figure, number in changed.items() if 0 < number < least)


def changes(before: Iterable[Entry], after: Iterable[Entry]) -> dict[str, int]:
    """Figure -> how many respondents' values changed at least."""
    old, new = ({entry.place: entry for entry in found} for found in (before, after))
    pairs: dict[Series, list[tuple[Entry, Entry]]] = {}
    for place, entry in new.items():
        if place in old:
            pairs.setdefault(entry.series, []).append((old[place], entry))
    found: dict[str, int] = {}
    for series, both in pairs.items():
        found[series.figure] = max(found.get(series.figure, 0), _changed(series, both))
    return found


def _changed(series: Series, both: list[tuple[Entry, Entry]]) -> int:
    bounds = [
        0,
        *(abs((new.base or 0) - (old.base or 0)) for old, new in both if None not in (old.base, new.base)),
    ]
    bounds += [abs(step) for step in _steps(both).values()]
    if series.of_one:
        codes = [step for (kind, _code), step in _steps(both).items() if kind != "net"]
        bounds += [sum(step for step in codes if step > 0), -sum(step for step in codes if step < 0)]
    if not any(bounds) and any(old.count is None and old.value != new.value for old, new in both):
        return 1
    return max(bounds)


def _steps(both: list[tuple[Entry, Entry]]) -> Mapping[tuple[str, str], int]:
    return dict(_each_step(both))


def _each_step(both: list[tuple[Entry, Entry]]) -> Iterator[tuple[tuple[str, str], int]]:
    for old, new in both:
        if old.count is not None and new.count is not None:
            yield (new.kind, new.code), new.count - old.count
