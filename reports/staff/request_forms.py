"""The form of a table request: its choices are those of one question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from reports.measures import rule_text
from reports.models import TableRequest
from reports.request_words import base_words, class_title, sentence
from reports.requests import (
    MOST_NETS,
    Draft,
    Fault,
    Problem,
    classes_of,
    may_be_asked,
    members_of,
    rules_of,
)
from surveys.definition import ASKED, Definition, Kind, Net, Question
from surveys.wordings import fill_pipes

BETWEEN = "="
"""Stands between a class and its part in the value of the filter; neither can hold it."""


def askable(definition: Definition) -> list[tuple[str, str]]:
    """(key, number and text) of the questions that a table can be asked of."""
    return [
        (question.key, fill_pipes(f"{question.number} {question.text}", definition))
        for question in definition.questions
        if may_be_asked(question)
    ]


class QuestionForm(StaffForm):
    question = forms.ChoiceField(
        label=gettext_lazy("Question"),
        help_text=gettext_lazy(
            "Questions about the respondents themselves are not in the list: they are classes."
        ),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose a question of this questionnaire.")
        ),
    )

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["question"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = askable(definition)


@dataclass(frozen=True)
class FieldGroup:
    """Fields that a page shows together; it looks like a form to the template that prints fields."""

    legend: str
    visible_fields: list[forms.BoundField]
    hidden_fields: tuple[()] = ()

    @property
    def is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.visible_fields)


class TableRequestForm(StaffForm):
    question = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        error_messages={"required": gettext_lazy("Give the table a title, so that others know it.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy("Read by colleagues and auditors. Of a change: why it was made."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what the table is for.")},
    )
    base_rule = forms.ChoiceField(
        label=gettext_lazy("Out of"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose whom the percentages are out of."),
            "invalid_choice": gettext_lazy("This question cannot be counted out of that."),
        },
    )
    breakdown = forms.ChoiceField(
        label=gettext_lazy("Break down by"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This question cannot be shown by that class.")},
    )
    filter = forms.ChoiceField(
        label=gettext_lazy("Count only"),
        help_text=gettext_lazy("Instead of a breakdown: one group alone. The two together are not possible."),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no such group to count alone.")},
    )

    def __init__(self, *args: Any, definition: Definition, asked: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        self.asked = asked
        classes = classes_of(definition, asked)
        self._choices("base_rule", [(rule_text(rule), base_words(rule)) for rule in rules_of(asked)])
        self._choices(
            "breakdown", [("", _("Everybody only")), *((c, class_title(definition, c)) for c in classes)]
        )
        self._choices("filter", [("", _("Everybody")), *self._parts(classes)])
        self.net_places = () if asked.kind is Kind.NUMBER else tuple(range(1, MOST_NETS + 1))
        members = [(c, fill_pipes(label, definition)) for c, label in members_of(definition, asked, ASKED)]
        for place in self.net_places:
            self._add_net(place, members)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _parts(self, classes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for name in classes:
            title = class_title(self.definition, name)
            for part in self.definition.partitions[name][1].parts:
                yield f"{name}{BETWEEN}{part.code}", f"{title}: {part.label}"

    def _add_net(self, place: int, members: list[tuple[str, str]]) -> None:
        self.fields[f"net{place}_label"] = forms.CharField(
            label=_("What sum %(place)d is called") % {"place": place}, required=False, max_length=200
        )
        self.fields[f"net{place}_code"] = forms.CharField(
            label=_("Code of sum %(place)d") % {"place": place},
            help_text=_("Small letters, digits and underscores. Left empty, it is made from the name."),
            required=False,
            max_length=59,
            widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none", "dir": "ltr"}),
        )
        self.fields[f"net{place}_members"] = forms.MultipleChoiceField(
            label=_("Answers that sum %(place)d is made of") % {"place": place},
            choices=members,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": _("This question has no answer “%(value)s”.")},
        )

    # What the page shows.

    @property
    def main_fields(self) -> FieldGroup:
        names = ("title", "reason", "base_rule", "breakdown", "filter")
        return FieldGroup("", [self[name] for name in names])

    @property
    def net_fields(self) -> list[FieldGroup]:
        return [
            FieldGroup(
                _("Sum %(place)d") % {"place": place},
                [self[f"net{place}_{name}"] for name in ("label", "code", "members")],
            )
            for place in self.net_places
        ]

    # What was typed.

    @property
    def draft(self) -> Draft:
        name, _between, part = self.cleaned_data["filter"].partition(BETWEEN)
        return Draft(
            question=self.asked.key,
            base_rule=self.cleaned_data["base_rule"],
            breakdown=self.cleaned_data["breakdown"],
            filter_class=name,
            filter_part=part,
            nets=tuple(net for _place, net in self._nets()),
        )

    def _nets(self) -> Iterator[tuple[int, Net]]:
        for place in self.net_places:
            label = self.cleaned_data[f"net{place}_label"]
            code = self.cleaned_data[f"net{place}_code"]
            members = tuple(self.cleaned_data[f"net{place}_members"])
            if label or code or members:
                yield place, Net(code or code_from(label), label, members)

    def add_problems(self, problems: tuple[Problem, ...]) -> None:
        """Each beside the field that it is about."""
        places = [place for place, _net in self._nets()]
        for problem in problems:
            self.add_error(self._field_of(problem, places), sentence(problem))

    def _field_of(self, problem: Problem, places: list[int]) -> str | None:
        if problem.field == "question":
            return None
        if problem.field == "nets":
            return "net1_label"
        if not problem.field.startswith("net"):
            return problem.field
        net = f"net{places[int(problem.field.removeprefix('net')) - 1]}"
        return f"{net}_{PLACES.get(problem.fault, 'members')}"


PLACES = {Fault.NET_CODE: "code", Fault.NET_CODE_TAKEN: "code", Fault.NET_WITHOUT_LABEL: "label"}


def code_from(label: str) -> str:
    """`Written or spoken` -> `written_or_spoken`; of a label in another script a code that says no more than sum."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
    return words if words[:1].isalpha() else f"sum_{words}".rstrip("_") if label else ""


def initial_of(request: TableRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        "question": request.question,
        "version": request.version,
        "title": request.title,
        "base_rule": request.base_rule,
        "breakdown": request.breakdown,
        "filter": f"{request.filter_class}{BETWEEN}{request.filter_part}" if request.filter_class else "",
    }
    for place, net in enumerate(request.nets.all(), start=1):
        found |= {
            f"net{place}_label": net.label,
            f"net{place}_code": net.code,
            f"net{place}_members": net.members,
        }
    return found


class WithdrawForm(StaffForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Read by colleagues and auditors."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the table is no longer needed.")},
    )
