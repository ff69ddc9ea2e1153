from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from reports.actions.weights import TargetsWrong
from reports.models import WeightChoice, WeightTarget
from surveys.definition import Partition

Method = WeightChoice.Method


def number(percent: Decimal) -> str:
    """As it is typed: no zeros that nobody typed, and no exponent."""
    return f"{percent.normalize():f}"


class PercentField(forms.CharField):
    """A percentage as people type it: 46.5, 46,5 or 46.5 %, in the digits of any language."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        typed = str(value or "").strip().rstrip("%٪").strip().replace(",", ".").replace("٫", ".")
        if not typed:
            return None
        with suppress(InvalidOperation):  # NaN is read, and refuses to be compared.
            if 0 <= (percent := Decimal(typed)) <= 100:
                return percent
        raise forms.ValidationError(
            _("%(part)s: type a number from 0 to 100, such as 46.5.") % {"part": self.label}, code="invalid"
        )


class TargetsForm(StaffForm):
    """One share for each part of a class, and where the shares are from."""

    source = forms.CharField(
        label=gettext_lazy("Where the shares are from"),
        help_text=gettext_lazy("For example: list of those invited, 3 June 2019."),
        max_length=300,
        error_messages={"required": gettext_lazy("Say where the shares are from.")},
    )

    def __init__(self, partition: Partition, stored: Mapping[str, WeightTarget], data: Any = None) -> None:
        initial: dict[str, Any] = {field_of(code): number(target.percent) for code, target in stored.items()}
        initial["source"] = next((target.source for target in stored.values()), "")
        super().__init__(data, initial=initial)
        self.partition = partition
        for part in partition.parts:
            self.fields[field_of(part.code)] = PercentField(
                label=_("%(part)s, in per cent") % {"part": part.label},
                error_messages={
                    "required": _("%(part)s: type its share in per cent.") % {"part": part.label}
                },
            )
        self.order_fields([*(field_of(part.code) for part in partition.parts), "source"])

    def percents(self) -> dict[str, Decimal]:
        return {part.code: self.cleaned_data[field_of(part.code)] for part in self.partition.parts}

    def add_refusal(self, refusal: TargetsWrong) -> None:
        """Each sentence at its line."""
        for part, sentence in refusal.problems:
            name = part if part == "source" else field_of(part)
            self.add_error(name if name in self.fields else None, sentence)


def field_of(part: str) -> str:
    return f"part-{part}"


class MethodForm(StaffForm):
    method = forms.ChoiceField(
        label=gettext_lazy("Which figures are published"),
        choices=[
            (Method.UNWEIGHTED.value, gettext_lazy("Unweighted ones: every respondent counts the same")),
            (
                Method.IF_UNEVEN.value,
                gettext_lazy(
                    "Weighted ones, if some groups answered more than one and a half times as well as others"
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    compared_by = forms.ChoiceField(
        label=gettext_lazy("Response is compared by"),
        help_text=gettext_lazy("Figures are weighted to this class too. Left empty when unweighted."),
        required=False,
    )
    others = forms.MultipleChoiceField(
        label=gettext_lazy("Other classes to weight to"),
        help_text=gettext_lazy(
            "At most three. Each makes the weights less even and the figures less precise."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, classes: Sequence[Partition], choice: WeightChoice, data: Any = None) -> None:
        first, *others = choice.margins or [""]
        super().__init__(data, initial={"method": choice.method, "compared_by": first, "others": others})
        named = [(partition.key, partition.title) for partition in classes]
        self.fields["compared_by"].choices = [("", _("Choose a class")), *named]  # type: ignore[attr-defined]
        self.fields["others"].choices = named  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("method") == Method.IF_UNEVEN and not cleaned.get("compared_by"):
            self.add_error("compared_by", _("Choose the class by which response is compared."))
        return cleaned

    def margins(self) -> list[str]:
        """In the order that they are kept in: the class that response is compared by is the first."""
        named = [self.cleaned_data["compared_by"], *self.cleaned_data["others"]]
        return list(dict.fromkeys(name for name in named if name))
