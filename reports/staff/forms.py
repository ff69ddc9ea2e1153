from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from accounts.forms import StaffForm
from reports.actions.response_rates import MOST_CASES
from reports.dispositions import BY_HAND, Code
from reports.models import KnownByHand, NamedReader, WordingJudgement
from reports.response_words import BY_HAND as BY_HAND_WORDS
from reports.wordings import THRESHOLD_WORDS
from surveys.staff.forms import LocalTimeField, ZonedForm


class LocalTime(ZonedForm):
    """A form whose zone serves its moment alone and is no value of its own."""

    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("By its name, such as Europe/Berlin."),
        initial="UTC",
        required=False,
        empty_value="UTC",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("time_zone", None)
        return cleaned


class RequestForm(LocalTime):
    moments = ("public_from",)
    public_from = LocalTimeField(
        label=gettext_lazy("Public from"),
        help_text=gettext_lazy("Until then named readers alone can read it. Empty: from the approval on."),
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy(
            "Published with the release. For a correction: what was wrong, and what is right now."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("note", "public_from", "time_zone")


class NamedReaderForm(LocalTime):
    moments = ("expires_at",)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Type the name of the reader.")},
    )
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=160, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Reads as"), choices=NamedReader.Kind.choices)
    expires_at = LocalTimeField(
        label=gettext_lazy("The link ends"),
        help_text=gettext_lazy("Within 60 days. It ends by itself once the report is public."),
    )
    field_order = ("name", "organisation", "kind", "expires_at", "time_zone")


class ReleaseWithdrawalForm(StaffForm):
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Printed on top of every page of this release, for everybody."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why: everybody who reads the release will read it.")},
    )


class RejectForm(StaffForm):
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Read by the person who asked. Not published."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why, so that the next request can be better.")},
    )


class WithdrawalForm(StaffForm):
    figure = forms.ChoiceField(
        label=gettext_lazy("Figure"),
        help_text=gettext_lazy("Those that a release of this edition has published."),
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Published in the place of the figure, in every further release."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("Say why: the sentence is printed in the place of the figure.")
        },
    )

    def __init__(self, *args: Any, figures: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["figure"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(figure, figure) for figure in figures]


class PolicyForm(StaffForm):
    """One number for each threshold, and why."""

    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Read by the person who decides, and by auditors. Not published."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why the rules should change.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in THRESHOLD_WORDS.items():
            self.fields[name] = forms.IntegerField(
                label=words,
                min_value=1,
                max_value=10_000,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"),
                    gettext("%(rule)s: type a whole number from 1 to 10,000.") % {"rule": words},
                ),
            )
        self.order_fields([*THRESHOLD_WORDS, "note"])


class JudgeForm(StaffForm):
    verdict = forms.ChoiceField(
        label=gettext_lazy("What is this difference?"),
        choices=WordingJudgement.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Say whether the difference is minor.")
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Stands beside the series for whoever reads it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why: the sentence stands beside the series.")},
    )


class ByHandForm(StaffForm):
    """A number for each class that staff alone can know of, the share e where it is known, and their source."""

    stated_e = forms.IntegerField(
        label=gettext_lazy("Share of the unknown cases that are eligible (e), in per cent"),
        help_text=gettext_lazy(
            "Only where it is known from elsewhere, such as the list itself. Else it is worked out from the cases of"
            " which it is known."
        ),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("The share e: type a whole per cent from 0 to 100, or leave it empty."),
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Where the numbers come from"),
        help_text=gettext_lazy("Such as: replies to the office until 12 June. No names."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say where the numbers come from.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in BY_HAND:
            label = BY_HAND_WORDS[code]
            self.fields[_field(code)] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=MOST_CASES,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"),
                    gettext("%(class)s: type a whole number from 0 to 1,000,000, or leave it empty.")
                    % {"class": label},
                ),
            )
        self.order_fields([*(_field(code) for code in BY_HAND), "stated_e", "note"])

    @staticmethod
    def filled(known: KnownByHand | None, counts: Mapping[Code, int]) -> dict[str, Any]:
        """What the fields hold at first."""
        if known is None:
            return {}
        share = None if known.stated_e is None else round(100 * known.stated_e)
        return {"note": known.note, "stated_e": share} | {_field(code): counts.get(code) for code in BY_HAND}

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        share = self.cleaned_data["stated_e"]
        return {
            "counts": {code: self.cleaned_data[_field(code)] or 0 for code in BY_HAND},
            "stated_e": None if share is None else share / 100,
            "note": self.cleaned_data["note"],
        }


def _field(code: Code) -> str:
    return "cases_" + code.value.replace(".", "_")
