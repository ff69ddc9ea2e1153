"""Choosing a picture of an expert, by the expert or by an editor."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from reports.models import Portrait
from reports.portraits import LARGEST_FILE, TooLarge


class PortraitForm(StaffForm):
    """A form with a picture that may be left out. Its value is the content of the file that was chosen, or None."""

    portrait = forms.FileField(
        label=gettext_lazy("Portrait"),
        help_text=gettext_lazy(
            "Need not be. JPEG, PNG or WebP, at most 5 MB; the middle square of it is shown, small. Nothing else of the"
            " file is kept."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    without_portrait = forms.BooleanField(label=gettext_lazy("Show no portrait"), required=False)

    def clean_portrait(self) -> bytes | None:
        found = self.cleaned_data["portrait"]
        if not found:
            return None
        if found.size > LARGEST_FILE:
            raise forms.ValidationError(str(TooLarge()))
        content: bytes = found.read()
        return content

    def shown(self, portrait: Portrait | None) -> None:
        """What is shown now: without a portrait there is none to take away."""
        if portrait is None:
            del self.fields["without_portrait"]
