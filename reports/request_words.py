"""Table requests in words: what is wrong with one, and what one asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import TableRequest
from reports.requests import MOST_NETS, Fault, Problem, rule_of
from surveys.definition import BaseRule, Definition
from surveys.wordings import fill_pipes

FAULTS: Mapping[Fault, str | Promise] = {
    Fault.UNKNOWN_QUESTION: gettext_lazy("This questionnaire has no question “%(about)s”."),
    Fault.DETACHED: gettext_lazy(
        "Answers to this question are stored apart from all others, so that they cannot be counted with them."
    ),
    Fault.PROFILE: gettext_lazy(
        "This question says who the respondents are. It is shown by its classes alone, in the table that the"
        " night makes anyway; a second class beside them would be a cross of two."
    ),
    Fault.OWN_CLASS: gettext_lazy(
        "“%(about)s” is a class of this very question: each of its groups gave one and the same answer."
    ),
    Fault.NO_CODES: gettext_lazy(
        "Answers to this question are texts without codes: there is nothing to count."
    ),
    Fault.UNKNOWN_RULE: gettext_lazy("This question cannot be counted out of “%(about)s”."),
    Fault.CROSS: gettext_lazy(
        "Choose a breakdown or a filter. The two together would cross two classes, which makes groups too small."
    ),
    Fault.UNKNOWN_CLASS: gettext_lazy("This questionnaire has no class “%(about)s”."),
    Fault.TOTAL_ONLY: gettext_lazy(
        "The questionnaire says that this question is shown of everybody only, by no class."
    ),
    Fault.CLASS_NOT_USED: gettext_lazy(
        "The questionnaire shows no question by “%(about)s”: the groups of this class were not made for it."
    ),
    Fault.UNKNOWN_PART: gettext_lazy("The class has no group “%(about)s”."),
    Fault.NUMBER_NEEDS_CLASS: gettext_lazy(
        "The night shows the middle of these numbers for everybody anyway. Choose a breakdown or a filter."
    ),
    Fault.NET_OF_NUMBERS: gettext_lazy(
        "This question asks for a number: it has no codes that could be summed."
    ),
    Fault.TOO_MANY_NETS: gettext_lazy("A request defines at most %(most)s sums of its own."),
    Fault.NET_CODE: gettext_lazy(
        "“%(about)s” cannot be a code. Use small letters a to z, digits and underscores, a letter first."
    ),
    Fault.NET_CODE_TAKEN: gettext_lazy("“%(about)s” already is a code of this question or of this request."),
    Fault.NET_WITHOUT_LABEL: gettext_lazy("Say in words what the sum is called."),
    Fault.NET_WITHOUT_MEMBERS: gettext_lazy("Choose the answers that this sum is made of."),
    Fault.NET_ALREADY_THERE: gettext_lazy(
        "The questionnaire or this request already has a sum of exactly these answers."
    ),
    Fault.UNKNOWN_MEMBER: gettext_lazy("This question has no answer “%(about)s”."),
    Fault.MEMBER_NOT_COUNTED: gettext_lazy(
        "“%(about)s” is not counted out of this base, so no sum can be made of it."
    ),
    Fault.NOTHING_NEW: gettext_lazy(
        "The night makes exactly this table anyway. Change the base, add a sum, or choose another class."
    ),
}
BASES: Mapping[str, str | Promise] = {
    "asked": gettext_lazy("Everybody who was asked this"),
    "answered": gettext_lazy("Those who answered, “don't know” included"),
    "valid": gettext_lazy("Those who answered, without “don't know”"),
    "everyone": gettext_lazy("Those who answered, and those for whom an earlier answer already answers"),
}


def sentence(problem: Problem) -> str:
    return str(FAULTS[problem.fault]) % {"about": problem.about, "most": MOST_NETS}


def base_words(rule: BaseRule) -> str:
    return str(BASES.get(rule.kind, rule.kind))


def description(definition: Definition, request: TableRequest) -> Iterator[tuple[str, str]]:
    """What a version asks for, line by line."""
    question = definition.by_key.get(request.question)
    text = f"{question.number} {question.text}" if question else request.question
    yield _("Question"), fill_pipes(text, definition)
    yield _("Out of"), base_words(rule_of(request.base_rule))
    if request.breakdown:
        yield _("By"), class_title(definition, request.breakdown)
    if request.filter_class:
        part = part_label(definition, request.filter_class, request.filter_part)
        yield _("Only"), f"{class_title(definition, request.filter_class)}: {part}"
    for net in request.nets.all():
        members = ", ".join(code_label(definition, request.question, code) for code in net.members)
        yield _("Sum “%(label)s”") % {"label": net.label}, members


def class_title(definition: Definition, name: str) -> str:
    found = definition.partitions.get(name)
    return found[1].title if found else name


def part_label(definition: Definition, name: str, code: str) -> str:
    found = definition.partitions.get(name)
    return next((part.label for part in found[1].parts if part.code == code), code) if found else code


def code_label(definition: Definition, key: str, code: str) -> str:
    question = definition.by_key.get(key)
    if question is None:
        return code
    frame = definition.frames.get(question.code_frame)
    labels = {choice.code: choice.label for choice in question.offered}
    labels = {found.code: found.label for found in (frame.codes if frame else ())} | labels
    return fill_pipes(labels.get(code, code), definition)
