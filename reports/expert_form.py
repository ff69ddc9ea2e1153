"""What goes with the words of an expert, given by the expert or by an editor: interests, and a portrait."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from reports.models import Portrait
from reports.portraits import LARGEST_FILE, TooLarge


def left_out(request: HttpRequest) -> bool:
    """Whether a file was chosen that is so large that it arrived as none: see FILE_UPLOAD_HANDLERS.

    Without asking, the form would be saved without it, and nobody told. What is typed is far smaller.
    """
    return int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


class ExpertForm(StaffForm):
    """The value of `portrait`, which may be left out, is the content of the file that was chosen, or None."""

    interests = forms.CharField(
        label=gettext_lazy("Conflicts of interest"),
        help_text=gettext_lazy("Printed under the comment. Empty if there are none."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
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

    def __init__(self, *args: Any, left_out: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left_out = left_out

    def clean_portrait(self) -> bytes | None:
        found = self.cleaned_data["portrait"]
        if self.left_out:
            raise forms.ValidationError(str(TooLarge()))
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
