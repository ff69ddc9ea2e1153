"""The form of one question page: one field for each question, drawn through crispy-forms."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import get_template
from django.utils.datastructures import MultiValueDict

from responses.forms.controls import shown
from responses.forms.fields import field_names
from responses.forms.names import OWN_FIELDS, main_name
from responses.forms.reading import Fields, NotOfThisPage, Problem, Reading, read
from responses.forms.shown import Shown
from surveys.answers import Answer
from surveys.ordering import Shuffle
from surveys.paging import ShownPart


def readable(data: QueryDict | MultiValueDict[str, str]) -> MultiValueDict[str, str]:
    """What was posted, without halves of characters, which neither a page nor a draft could hold."""
    return MultiValueDict(
        {name: [_SURROGATES.sub("\ufffd", v) for v in values] for name, values in data.lists()}
    )


_SURROGATES = re.compile("[\ud800-\udfff]")


def drawn(parts: Collection[ShownPart], *, shuffle: Shuffle, stored: Fields) -> list[Shown]:
    """The questions of a page as they were left: a page that nothing was posted to needs no form."""
    is_alone = len(parts) == 1
    return [shown(part, shuffle=shuffle, fields=stored, is_alone=is_alone) for part in parts]


class QuestionWidget(forms.Widget):
    """Gathers the values of every field of one question; the layout draws it."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self.names = names

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Fields:
        return {own: data.getlist(own) for own in self.names if own in data}


class QuestionField(forms.Field):
    def __init__(self, part: ShownPart) -> None:
        super().__init__(required=False, widget=QuestionWidget(field_names(part.question, part.rows)))
        self.part = part

    def clean(self, value: Fields) -> Reading:
        return read(self.part.question, self.part.rows, value)


class QuestionBlock:
    """A layout object of crispy-forms that draws one question."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, form: StepForm, context: Any, template_pack: str = "enquiry", **kwargs: Any) -> str:
        question = form.shown[self.name]
        return get_template(question.template).render({"q": question})


class StepForm(forms.Form):
    """The questions of one page. `stored` holds the fields as saved; `data`, what was posted now.

    `reminded` names the groups of controls that were asked for once already and may stay empty.
    """

    def __init__(
        self,
        parts: Iterable[ShownPart],
        *,
        shuffle: Shuffle,
        stored: Fields,
        data: QueryDict | MultiValueDict[str, str] | None = None,
        reminded: Collection[str] = (),
    ) -> None:
        self.posted = None if data is None else readable(data)
        super().__init__(self.posted)
        self.parts = {main_name(part.question): part for part in parts}
        self.fields = {name: QuestionField(part) for name, part in self.parts.items()}
        self.shuffle = shuffle
        self.stored = stored
        self.reminded = reminded
        self.is_alone = len(self.parts) == 1
        self._shown: dict[str, Shown] | None = None

    def full_clean(self) -> None:
        if self.is_bound:
            self._check_fields()
        super().full_clean()

    def _check_fields(self) -> None:
        known = frozenset().union(OWN_FIELDS, *(field.widget.names for field in self.fields.values()))
        if not known.issuperset(self.data):
            raise NotOfThisPage

    def _clean_fields(self) -> None:
        """As Django's, without the object that ties each field to its form: the two would hold each other.

        What somebody typed would then stay in memory after the request.
        """
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, self.files, name)
            self.cleaned_data[name] = field.clean(typed)

    def clean(self) -> dict[str, Any]:
        """Problems become errors of their fields; what could be read stays in `cleaned_data`."""
        readings = dict(self.cleaned_data)
        for name, reading in readings.items():
            reading.problems = [p for p in reading.problems if not (p.soft and p.name in self.reminded)]
            for problem in reading.problems:
                self.add_error(
                    name, ValidationError(problem.sentence, code="soft" if problem.soft else "hard")
                )
        self.cleaned_data = readings
        return readings

    @property
    def readings(self) -> Mapping[str, Reading]:
        self.errors  # noqa: B018  (asking for the errors is what makes Django read the form)
        return self.cleaned_data

    @property
    def problems(self) -> list[Problem]:
        return [problem for reading in self.readings.values() for problem in reading.problems]

    @property
    def answers(self) -> dict[str, Answer]:
        """Answers of the questions that nothing stands against."""
        kept: dict[str, Answer] = {}
        for reading in self.readings.values():
            if all(problem.soft for problem in reading.problems):
                kept |= reading.answers
        return kept

    @property
    def items(self) -> frozenset[str]:
        """Every item this page asks."""
        return frozenset(item for reading in self.readings.values() for item in reading.answers)

    @property
    def refused(self) -> dict[str, dict[str, list[str]]]:
        """By question, the fields as they were typed where something stands against them."""
        posted = self.posted or MultiValueDict()
        return {
            name: {
                key: posted.getlist(key) for key in self.fields[name].widget.names if any(posted.getlist(key))
            }
            for name, reading in self.readings.items()
            if not all(problem.soft for problem in reading.problems)
        }

    @property
    def shown(self) -> dict[str, Shown]:
        if self._shown is None:
            self._shown = {name: self._draw(name) for name in self.parts}
        return self._shown

    def _draw(self, name: str) -> Shown:
        posted = self.fields[name].widget.value_from_datadict(self.data, {}, name) if self.is_bound else None
        return shown(
            self.parts[name],
            shuffle=self.shuffle,
            fields=self.stored if posted is None else posted,
            problems=self.readings[name].problems if self.is_bound else (),
            is_alone=self.is_alone,
        )

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id of the control to go to, sentence) of everything that stands against this page."""
        return [
            ((self.shown[name].targets or {})[problem.name], problem.sentence)
            for name, reading in self.readings.items()
            for problem in reading.problems
        ]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*(QuestionBlock(name) for name in self.parts))
        return helper
