"""What a figure does not say, because of who answered: the sentences that stand beside it.

A definition names for a figure the figures that it has to be read with; their main numbers are told as they are
published. A figure by groups is told about the groups when one of them makes up much of those who answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reports.public.numbers import percent
from reports.public.reading import CLASS, Breakdown, Figure, Line, Part
from surveys.condition_words import isolated

JOINED = "+"
MUCH = 40
"""Per cent of those who answered from which on a group is said to make up much of them."""
MUCH_OF_TWO = 67
"""The same where there are two groups, of which one always has half or more."""


@dataclass(frozen=True, slots=True)
class Caveats:
    """Of a part. `of_figures`: id -> its title with its main number; `of_groups`: codes of groups -> their sentence."""

    of_figures: Mapping[str, str] = field(default_factory=dict)
    of_groups: Mapping[frozenset[str], str] = field(default_factory=dict)
    of_all: str = ""
    """At the head of the part."""

    def beside(self, figure: Figure) -> str:
        """The sentence beside a figure: what its definition asks for, or of groups what one of them makes up."""
        told = [isolated(self.of_figures[key]) for key in figure.caveats if key in self.of_figures]
        if not told:
            own = (frozenset(line.code for line in lines) for lines in _classes(figure))
            return next((self.of_groups[codes] for codes in own if codes in self.of_groups), "")
        return _("Those who answered are no picture of the world. %(facts)s.") % {"facts": _("; ").join(told)}

    def of(self, breakdown: Breakdown) -> str:
        """The sentence beside a figure by groups. Groups that were taken together are known by their parts."""
        codes = frozenset(part for code, _label in breakdown.groups for part in code.split(JOINED))
        return self.of_groups.get(codes, "")


NO_CAVEATS = Caveats()


def caveats_of(part: Part) -> Caveats:
    figures = {figure.id: figure for section in part.sections for figure in section.figures}
    asked = {key for figure in figures.values() for key in figure.caveats if key in figures}
    facts = {key: _fact(figures[key]) for key in asked}
    classes = dict(_lopsided(figures.values()))
    largest = list(classes.values())
    return Caveats(
        of_figures={key: fact for key, fact in facts.items() if fact},
        of_groups={codes: _sentence_of_groups(line) for codes, line in classes.items()},
        of_all=" ".join([*map(_sentence_of_part, largest[:1]), *map(_sentence_of_groups, largest[1:])]),
    )


def _fact(figure: Figure) -> str:
    """The main number of a figure in words, as it is published; of a class its largest group."""
    largest = _largest(line for line in figure.lines if line.kind == CLASS and line.is_shown)
    if largest is not None:
        return _told(figure, largest.label, percent(largest.value or 0, largest.below_one))
    found = figure.headline
    if found is None or found.percent is None:
        return ""
    return _told(figure, found.label, percent(found.percent, found.below_one))


def _told(figure: Figure, label: str, share: str) -> str:
    return _("%(title)s: %(percent)s %(label)s") % {"title": figure.title, "percent": share, "label": label}


def _lopsided(figures: Iterable[Figure]) -> Iterator[tuple[frozenset[str], Line]]:
    """Groups of which one makes up much of those who answered, with that one's line."""
    for figure in figures:
        for lines in _classes(figure):
            largest = _largest(line for line in lines if line.is_shown)
            much = MUCH if len(lines) > 2 else MUCH_OF_TWO
            if largest is not None and (largest.value or 0) >= much:
                yield frozenset(line.code for line in lines), largest


def _classes(figure: Figure) -> Iterable[list[Line]]:
    """The groups of each class that a figure says who answered by."""
    by_class: dict[str, list[Line]] = {}
    for line in figure.lines:
        if line.kind == CLASS:
            by_class.setdefault(line.row, []).append(line)
    return by_class.values()


def _largest(lines: Iterator[Line]) -> Line | None:
    return max(lines, key=lambda line: line.value or 0, default=None)


def _sentence_of_groups(line: Line) -> str:
    return _(
        "%(percent)s of those who answered are in the group “%(group)s”; the smaller groups rest on fewer answers."
    ) % {"percent": percent(line.value or 0), "group": line.label}


def _sentence_of_part(line: Line) -> str:
    return _(
        "Of those who answered, %(percent)s are in the group “%(group)s”. What all of them say together is mostly"
        " what this group says, and does not necessarily hold for the world."
    ) % {"percent": percent(line.value or 0), "group": line.label}
