"""Where a figure was asked in other words the edition before, and whether the two are compared in spite of it.

A release shows the question and its answers. Who judges a difference sees more, such as its help and who was asked:
that judgement, as the release holds it, goes before what can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from reports.public.figures import main_series
from reports.public.reading import Figure, Part


@dataclass(frozen=True, slots=True)
class Break:
    """A year that asked otherwise than the year after. `is_minor`: somebody has judged that it matters little."""

    year: int
    words: str
    is_minor: bool
    is_seen: bool = True
    """Whether what differs is in the releases."""

    @property
    def description(self) -> str:
        """For those who hear of a drawing that its line is broken, or is not in spite of other words."""
        sentence = (
            _("In %(year)s the words differed a little, which was judged to be comparable.")
            if self.is_minor
            else _("In %(year)s it was asked in another way, so that the next year is not compared with it.")
        )
        return sentence % {"year": self.year}


def breaks_of(by_year: Sequence[tuple[int, Figure | None]], parts: Sequence[Part]) -> Iterator[Break]:
    """`parts`: the part of each year, in the same order."""
    for ((year, old), (_next, new)), part in zip(pairwise(by_year), parts, strict=False):
        if old is None or new is None:
            continue
        is_seen = not is_same(old, new)
        if is_seen or not follows(old, part, new):
            yield Break(year, old.question, follows(old, part, new), is_seen)


def follows(old: Figure, part: Part, new: Figure) -> bool:
    """Whether a later figure may be compared with an earlier one, which is of this part."""
    if part.version in new.changed_since:
        return False
    return part.version in new.minor_since or is_same(old, new)


def is_same(one: Figure, other: Figure) -> bool:
    """Whether the releases show the same words and answers for both."""
    return _words(one) == _words(other)


def _words(figure: Figure) -> tuple[object, ...]:
    lines = sorted((line.row, line.kind, line.code, line.label) for line in main_series(figure))
    return figure.question, figure.kind, figure.wording_version, tuple(lines)
