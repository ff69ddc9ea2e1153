"""How numbers are written on the public pages. Content holds whole per cents, so nothing is rounded here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SPACE = "\N{NO-BREAK SPACE}"
KEPT = 20_000
"""A report writes the same few numbers again and again: each is put into the words of a language once."""


def whole(value: float) -> str:
    return _whole(round(value), get_language())


@lru_cache(maxsize=KEPT)
def _whole(value: int, language: str | None) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def one_decimal(value: float) -> str:
    return number_format(value, decimal_pos=1, use_l10n=True)


def decimals(value: float, places: int) -> str:
    return number_format(value, decimal_pos=places, use_l10n=True)


def percent_with_decimal(value: float) -> str:
    """A rate of response: one decimal."""
    return (_("%(number)s %%") % {"number": one_decimal(round(value, 1))}).replace(" ", SPACE)


def percent(value: float, below_one: bool = False) -> str:
    """`0 %` is a true zero; what is above zero and rounds to it is `<1 %`."""
    language = get_language()
    return _percent("<1" if below_one else _whole(round(value), language), language)


@lru_cache(maxsize=KEPT)
def _percent(number: str, language: str | None) -> str:
    # Translators: a percentage, for example 90 %. Keep the order and the sign that the language uses.
    return (_("%(number)s %%") % {"number": number}).replace(" ", SPACE)


def number_range(low: float, high: float) -> str:
    return _range(low, high, get_language())


@lru_cache(maxsize=KEPT)
def _range(low: float, high: float, language: str | None) -> str:
    # Translators: a range of percentages in a table, for example 83 to 94 %.
    return (_("%(low)s to %(high)s %%") % {"low": whole(low), "high": whole(high)}).replace(" ", SPACE)


def percent_unit(value: float, below_one: bool) -> str:
    return percent(value, below_one)


def score_unit(value: float, below_one: bool) -> str:
    return one_decimal(value)


def count_unit(value: float, below_one: bool) -> str:
    return whole(value)


Unit = Callable[[float, bool], str]
