from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm

LARGEST_FILE = 8 * 1024 * 1024


class UploadForm(StaffForm):
    """A list of those invited. It stays in memory: an address is never written to a temporary file."""

    file = forms.FileField(
        label=gettext_lazy("List of those invited, as CSV"),
        help_text=gettext_lazy("At most 50,000 lines and 8 MB, saved as CSV in UTF-8."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose the file with the addresses, of at most 8 MB."),
            "empty": gettext_lazy("The file is empty. Choose the one with the addresses."),
        },
    )

    def clean_file(self) -> bytes:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 8 MB. Split it into several."))
        return bytes(file.read())
