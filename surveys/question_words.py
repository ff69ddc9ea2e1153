"""What is said of a question and its answers in words, in the active language, for whoever checks the questionnaire."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.condition_words import quoted
from surveys.definition import Choice, Disposition, Kind, Order, Question, Required, Role


def facts_of_choice(choice: Choice) -> Iterator[str]:
    if choice.role in ROLES:
        yield ROLES[choice.role]()
    if choice.exclusive:
        yield _("only alone")


def listed(question: Question) -> str:
    count = len(question.choices)
    sentence = ngettext(
        "One of a list with %(count)d answer, from “%(first)s” to “%(last)s”.",
        "One of a list with %(count)d answers, from “%(first)s” to “%(last)s”.",
        count,
    )
    return sentence % {
        "count": count,
        "first": question.choices[0].label,
        "last": question.choices[-1].label,
    }


def facts_of(question: Question) -> Iterator[str]:
    yield KINDS[question.kind]()
    yield REQUIRED[question.required]()
    yield from LIMITS[question.kind](question)
    if question.order is not Order.FIXED:
        yield ORDERS[question.order]()
    if question.row_order is not Order.FIXED:
        yield ROW_ORDERS[question.row_order]()
    pinned = [quoted(choice.label) for choice in question.choices if choice.pin]
    if pinned and question.order is not Order.FIXED:
        sentence = ngettext(
            "%(answers)s always comes last.", "These always come last: %(answers)s.", len(pinned)
        )
        yield sentence % {"answers": ", ".join(pinned)}
    if question.detached:
        yield _("Kept apart from the other answers, as a tally alone.")


def _choices_limit(question: Question) -> Iterator[str]:
    most, fewest = question.max_choices, question.min_choices
    if fewest and fewest > 1:
        yield ngettext("At least %(count)d answer.", "At least %(count)d answers.", fewest) % {
            "count": fewest
        }
    if most:
        yield ngettext("At most %(count)d answer.", "At most %(count)d answers.", most) % {"count": most}


def _number_limit(question: Question) -> Iterator[str]:
    if question.minimum is not None and question.maximum is not None:
        parts = {"lowest": question.minimum, "highest": question.maximum}
        yield _("From %(lowest)d to %(highest)d.") % parts
    if question.unit:
        yield _("Unit: %(unit)s.") % {"unit": question.unit}


def _text_limit(question: Question) -> Iterator[str]:
    if question.entries:
        count = question.entries
        yield ngettext("%(count)d short text.", "%(count)d short texts.", count) % {"count": count}
    if question.max_chars:
        count = question.max_chars
        yield ngettext("At most %(count)d character.", "At most %(count)d characters.", count) % {
            "count": count
        }


def _no_limit(question: Question) -> Iterator[str]:
    return iter(())


KINDS: dict[Kind, Callable[[], str]] = {
    Kind.SINGLE: lambda: _("One answer."),
    Kind.MULTIPLE: lambda: _("Several answers."),
    Kind.RANKING: lambda: _("Answers put in order."),
    Kind.GRID_SINGLE: lambda: _("One answer in each row."),
    Kind.GRID_MULTIPLE: lambda: _("Several answers in each row."),
    Kind.NUMBER: lambda: _("A whole number."),
    Kind.OPEN_LIST: lambda: _("A list of short texts."),
    Kind.OPEN_TEXT: lambda: _("An open text."),
}
LIMITS: dict[Kind, Callable[[Question], Iterator[str]]] = {
    Kind.SINGLE: _no_limit,
    Kind.MULTIPLE: _choices_limit,
    Kind.RANKING: _choices_limit,
    Kind.GRID_SINGLE: _no_limit,
    Kind.GRID_MULTIPLE: _choices_limit,
    Kind.NUMBER: _number_limit,
    Kind.OPEN_LIST: _text_limit,
    Kind.OPEN_TEXT: _text_limit,
}
REQUIRED: dict[Required, Callable[[], str]] = {
    Required.HARD: lambda: _("Must be answered."),
    Required.SOFT: lambda: _("May be left empty after one reminder."),
    Required.OPTIONAL: lambda: _("May be left empty without a reminder."),
}
ORDERS: dict[Order, Callable[[], str]] = {
    Order.RANDOM: lambda: _("Answers in random order."),
    Order.FLIP: lambda: _("Answers as here or reversed, the same way for a person's whole questionnaire."),
}
ROW_ORDERS: dict[Order, Callable[[], str]] = {
    Order.RANDOM: lambda: _("Rows in random order."),
    Order.FLIP: lambda: _("Rows as here or reversed, the same way for a person's whole questionnaire."),
}
ROLES: dict[Role, Callable[[], str]] = {
    Role.OTHER_SPECIFY: lambda: _("with a text of one's own"),
    Role.NONE: lambda: _("counts as an answer: none"),
    Role.NOT_ENCOUNTERED: lambda: _("counts as an answer: not met with"),
    Role.DONT_KNOW: lambda: _("counts as an answer: undecided"),
    Role.PREFER_NOT: lambda: _("counts as no answer"),
}
ENDINGS: dict[Disposition, Callable[[], str]] = {
    Disposition.NOT_ELIGIBLE: lambda: _(
        "After %(answers)s the questions end on the page “%(page)s”; counted as not belonging to those asked."
    ),
    Disposition.UNKNOWN: lambda: _(
        "After %(answers)s the questions end on the page “%(page)s”; counted as not known whether they belong "
        "to those asked."
    ),
}
