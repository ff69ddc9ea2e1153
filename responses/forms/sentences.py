"""The sentences for what is missing or does not fit on a question page. Each names its question."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.condition_words import short, shortened
from surveys.definition import Choice, Kind, Question, Row

LONGEST_NAME = 130


def named(question: Question, row: Row | None = None) -> str:
    """The words by which a person knows the question again: of several sentences the one that asks."""
    return shortened(row.label, LONGEST_NAME) if row else short(question.text, LONGEST_NAME)


def missing(question: Question, row: Row | None = None) -> str:
    return MISSING[question.kind]() % {"question": named(question, row)}


MISSING: dict[Kind, Callable[[], str]] = {
    Kind.SINGLE: lambda: _("Choose an answer to “%(question)s”"),
    Kind.MULTIPLE: lambda: _("Choose at least one answer to “%(question)s”"),
    Kind.GRID_SINGLE: lambda: _("Choose an answer for “%(question)s”"),
    Kind.GRID_MULTIPLE: lambda: _("Choose at least one answer for “%(question)s”"),
    Kind.RANKING: lambda: _("Choose what comes first in “%(question)s”, or one of the other answers"),
    Kind.NUMBER: lambda: _("Write a number for “%(question)s”, or choose one of the other answers"),
    Kind.OPEN_LIST: lambda: _("Write an answer to “%(question)s”"),
    Kind.OPEN_TEXT: lambda: _("Write an answer to “%(question)s”"),
}


def mixed(question: Question, exclusive: Choice, row: Row | None = None) -> str:
    parts = {"question": named(question, row), "only": exclusive.label}
    return _("For “%(question)s”, choose only “%(only)s”, or take it away and keep the other answers") % parts


def special_beside_others(question: Question, special: Choice) -> str:
    parts = {"question": named(question), "only": special.label}
    return _("For “%(question)s”, choose only “%(only)s”, or take it away and keep the rest") % parts


def too_many(question: Question, most: int, row: Row | None = None) -> str:
    sentence = ngettext(
        "Choose no more than %(most)d answer for “%(question)s”",
        "Choose no more than %(most)d answers for “%(question)s”",
        most,
    )
    return sentence % {"question": named(question, row), "most": most}


def too_few(question: Question, fewest: int) -> str:
    sentence = ngettext(
        "Choose at least %(fewest)d answer for “%(question)s”",
        "Choose at least %(fewest)d answers for “%(question)s”",
        fewest,
    )
    return sentence % {"question": named(question), "fewest": fewest}


def ranked_twice(question: Question, choice: Choice) -> str:
    parts = {"question": named(question), "choice": choice.label}
    return _("You chose “%(choice)s” twice in “%(question)s”; each answer can have one place") % parts


def place_left_out(question: Question, place: str) -> str:
    parts = {"question": named(question), "place": place}
    return _("In “%(question)s”, fill the place “%(place)s” before the places after it") % parts


def not_whole(question: Question, lowest: int | None, highest: int | None) -> str:
    parts = {"question": named(question), "lowest": lowest, "highest": highest}
    if lowest is None or highest is None:
        return _("The number for “%(question)s” must be a whole number, written in digits") % parts
    return _("The number for “%(question)s” must be a whole number from %(lowest)d to %(highest)d") % parts


def too_long(question: Question, length: int, most: int) -> str:
    parts = {"question": named(question), "length": length, "most": most}
    return _("An answer to “%(question)s” can have %(most)d characters; this one has %(length)d") % parts


def other_without_choice(question: Question, choice: Choice) -> str:
    parts = {"question": named(question), "choice": choice.label}
    return _("For “%(question)s”, choose “%(choice)s”, or empty the field below it") % parts


def place_label(place: int) -> str:
    names = {1: _("First"), 2: _("Second"), 3: _("Third"), 4: _("Fourth"), 5: _("Fifth")}
    return names.get(place) or _("Place %(place)d") % {"place": place}
