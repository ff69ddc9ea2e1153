"""Questions with nothing in their fields, as every question is when it is first seen.

In an order that many respondents see, such a question is the same markup for all of them, and is kept whole. Nothing
of what anybody answered is in it.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from responses.forms.controls import shown
from responses.forms.frozen import question
from surveys.definition import Order, Question
from surveys.ordering import Shuffle
from surveys.paging import ShownPart

MOST_KEPT = 2_048

Kept = MutableMapping[tuple[object, ...], str]
"""Of one plan: by all that makes the markup of a question another -> the markup."""


def questions(parts: Collection[ShownPart], *, shuffle: Shuffle, kept: Kept) -> SafeString:
    same_for_all = (len(parts) == 1, shuffle.flips, get_language())
    markup = "".join([_question(part, shuffle, kept, same_for_all) for part in parts])
    return mark_safe(markup)  # noqa: S308  # nosec  # rendered by templates


def _question(part: ShownPart, shuffle: Shuffle, kept: Kept, of_page: tuple[bool, bool, str]) -> str:
    if _has_own_order(part.question):
        return _drawn(part, shuffle, is_alone=of_page[0])
    key = (part.question.key, *[row.code for row in part.rows], *of_page)
    markup = kept.get(key)
    if markup is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        markup = kept[key] = _drawn(part, shuffle, is_alone=of_page[0])
    return markup


def _has_own_order(question: Question) -> bool:
    """Whether nearly every respondent sees it in another order."""
    return Order.RANDOM in (question.order, question.row_order)


def _drawn(part: ShownPart, shuffle: Shuffle, *, is_alone: bool) -> str:
    return question(shown(part, shuffle=shuffle, fields={}, is_alone=is_alone))
