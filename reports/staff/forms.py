from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from accounts.forms import StaffForm
from reports.models import WordingJudgement
from reports.wordings import THRESHOLD_WORDS


class RequestForm(StaffForm):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy(
            "Published with the release. For a correction: what was wrong, and what is right now."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RejectForm(StaffForm):
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Read by the person who asked. Not published."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why, so that the next request can be better.")},
    )


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
