"""The numbers of a release as lines: which of them are asked for, and page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.opendata.lines import Row, rows_of

FILTERED = ("figure", "questionnaire", "class", "group", "row", "kind", "code", "statistic", "status")
PAGED = ("page", "page_size")
USUAL, MOST, LAST = 200, 1000, 100_000


class BadFilter(ValueError):
    """The sentence says what can be asked for."""


@dataclass(frozen=True, slots=True)
class LinePage:
    rows: tuple[Row, ...]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))


def chosen(content: Mapping[str, Any], wanted: Mapping[str, str]) -> list[Row]:
    """Lines that agree with every filter. `class=` with nothing after it asks for those of everybody."""
    filters = {name: value for name, value in wanted.items() if name in FILTERED}
    return [
        row for row in rows_of(content) if all(str(row[name]) == value for name, value in filters.items())
    ]


def page_of(rows: list[Row], wanted: Mapping[str, str]) -> LinePage:
    """A page behind the last one is empty. Raises BadFilter for what is no page."""
    size = _number("page_size", wanted.get("page_size", str(USUAL)), MOST)
    number = _number("page", wanted.get("page", "1"), LAST)
    start = (number - 1) * size
    return LinePage(tuple(rows[start : start + size]), number, size, len(rows))


def _number(name: str, value: str, most: int) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= most:
        return int(value)
    raise BadFilter(_("“%(name)s” is a whole number from 1 to %(most)s.") % {"name": name, "most": most})
