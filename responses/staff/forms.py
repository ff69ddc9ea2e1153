from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from responses.mail import texts

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


class ConfirmForm(StaffForm):
    """What is done with a list that was looked at. The list comes back in the page, or is chosen once more."""

    way = forms.ChoiceField(
        label=gettext_lazy("Who sends the links?"),
        choices=[
            ("mail", gettext_lazy("Enquiry sends them by e-mail, in a mailing that I start later")),
            ("own", gettext_lazy("I send the links myself; they are shown once, on the next page")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who sends the links.")},
    )
    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=gettext_lazy("The same list once more"),
        help_text=gettext_lazy(
            "It is too long to travel inside this page. Choose the file that you looked at."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        required=False,
    )


LARGEST_MAPPING = 256 * 1024


class ImportForm(StaffForm):
    """Answers from elsewhere and the mapping that explains them. Both stay in memory."""

    file = forms.FileField(
        label=gettext_lazy("Answers, as CSV"),
        help_text=gettext_lazy(
            "At most 8 MB. A larger file is imported by whoever runs the server, with manage.py import_responses."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose the file with the answers, of at most 8 MB."),
            "empty": gettext_lazy("The file is empty. Choose the one with the answers."),
        },
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping, as YAML"),
        help_text=gettext_lazy("Which column holds which answer."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        error_messages={
            "required": gettext_lazy("Choose the mapping, of at most 256 kB."),
            "empty": gettext_lazy("The file is empty. Choose the one with the mapping."),
        },
    )
    source = forms.CharField(
        label=gettext_lazy("Where the answers were collected"),
        help_text=gettext_lazy("Every page that shows them says it. Empty: as the mapping says."),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("The source is longer than 200 characters. Shorten it.")},
    )
    tolerated = forms.FloatField(
        label=gettext_lazy("Tolerated share of rows with something to correct, in per cent"),
        help_text=gettext_lazy(
            "Those rows are left out, and the audit log says how many. With 0 all of the file has to be right."
        ),
        initial=0,
        min_value=0,
        max_value=100,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
        error_messages={
            "required": gettext_lazy("Type the tolerated share, or 0."),
            "invalid": gettext_lazy("Type the tolerated share as a number, such as 0.5."),
            "min_value": gettext_lazy("The tolerated share lies between 0 and 100 per cent."),
            "max_value": gettext_lazy("The tolerated share lies between 0 and 100 per cent."),
        },
    )

    def clean_file(self) -> bytes:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than 8 MB. Ask whoever runs the server to import it.")
            )
        return bytes(file.read())

    def clean_mapping(self) -> str:
        file: UploadedFile[Any] = self.cleaned_data["mapping"]
        if file.size is not None and file.size > LARGEST_MAPPING:
            raise forms.ValidationError(_("The mapping is larger than 256 kB. Is it the right file?"))
        try:
            return bytes(file.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The mapping is not saved as UTF-8.")) from error


HOURS = range(25)


class MailingForm(StaffForm):
    """The rules of a mailing."""

    pace = forms.IntegerField(
        label=gettext_lazy("Messages a minute to one receiving domain"),
        help_text=gettext_lazy(
            "A large mail provider slows down, or refuses, whoever sends too many at once."
        ),
        initial=30,
        min_value=1,
        max_value=6000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={
            "required": gettext_lazy("Type how many messages a minute, such as 30."),
            "invalid": gettext_lazy("Type the messages a minute as a whole number."),
            "min_value": gettext_lazy("At least one message a minute has to go."),
            "max_value": gettext_lazy("At most 6,000 messages a minute can go."),
        },
    )
    window_from = forms.TypedChoiceField(
        label=gettext_lazy("Not before this hour, where the invited are"),
        choices=[(hour, f"{hour:02}:00") for hour in HOURS[:24]],
        coerce=int,
        initial=8,
    )
    window_until = forms.TypedChoiceField(
        label=gettext_lazy("And until this hour"),
        choices=[(hour, f"{hour:02}:00") for hour in HOURS[1:]],
        coerce=int,
        initial=18,
    )
    soft_launch = forms.IntegerField(
        label=gettext_lazy("Pause after so many messages"),
        help_text=gettext_lazy(
            "A soft launch: some people drawn at random are written to first. Empty: all."
        ),
        min_value=1,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={
            "invalid": gettext_lazy("Type the number of messages as a whole number."),
            "min_value": gettext_lazy("A soft launch has at least one message."),
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "window_from" in cleaned and cleaned.get("window_until", 24) <= cleaned["window_from"]:
            self.add_error("window_until", _("This hour has to be later than the first one."))
        return cleaned


class NewMailingForm(MailingForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is sent"),
        choices=[
            ("invitation", gettext_lazy("The invitation, to everybody who has not got one by e-mail")),
            ("reminder", gettext_lazy("A reminder, to those who got the invitation and have not answered")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is sent.")},
    )
    field_order = ("kind",)


class MailingTextForm(StaffForm):
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=texts.LONGEST_SUBJECT,
        error_messages={"required": gettext_lazy("Type the subject of the e-mail.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=texts.LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 18}),
        strip=False,
        error_messages={"required": gettext_lazy("Type the text of the e-mail.")},
    )
