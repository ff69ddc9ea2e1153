"""What stands where a number does not, or beside one that must be read with care. The same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Mark(StrEnum):
    WITHHELD = "[w]"
    ZERO = "[0]"
    NOT_ASKED = "[n]"
    SMALL_BASE = "[s]"
    DROPPED = "[d]"


LEGEND: Mapping[Mark, str | Promise] = {
    Mark.WITHHELD: gettext_lazy(
        "Withheld: there is a figure; it would say too much about too few people, or let another withheld one be"
        " worked out. It may be any number, zero included."
    ),
    Mark.ZERO: gettext_lazy("Zero: nobody gave this answer."),
    Mark.NOT_ASKED: gettext_lazy("Not asked: the question was not put to this group."),
    Mark.SMALL_BASE: gettext_lazy("Small base: few people are behind the figure, and its range is wide."),
    Mark.DROPPED: gettext_lazy(
        "Table dropped: a group of it is too small, or its answers are not all coded, so none of it is kept."
    ),
}


def marks_of(status: str, count: int | None) -> tuple[Mark, ...]:
    """Of one cell; a zero out of a small base has two."""
    by_status = {"withheld": Mark.WITHHELD, "not_asked": Mark.NOT_ASKED, "dropped": Mark.DROPPED}
    if status in by_status:
        return (by_status[status],)
    found = (Mark.ZERO,) if count == 0 else ()
    return (*found, Mark.SMALL_BASE) if status == "small_base" else found
