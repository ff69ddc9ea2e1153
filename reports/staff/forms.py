from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm


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
