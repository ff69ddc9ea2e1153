from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role


class StaffForm(forms.Form):
    """A form of the staff pages. The browser checks nothing: reasons are given by the page, in our words."""

    use_required_attribute = False


class LogInForm(StaffForm):
    username = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Type the e-mail address of your account."),
            "invalid": _("Type the e-mail address in full, such as name@example.org."),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )


class CodeForm(StaffForm):
    """The code of the app; where `recovery` is on, a recovery code will do as well."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
        error_messages={
            "required": _("Type the code that the app shows."),
            "max_length": _("This is longer than a code."),
        },
    )

    def __init__(self, *args: Any, recovery: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = (
            _("Six digits from the app, or one of your recovery codes.")
            if recovery
            else _("Six digits. They change every half minute.")
        )


class RolesForm(StaffForm):
    roles = forms.ModelMultipleChoiceField(
        queryset=Role.objects.all(),
        to_field_name="key",
        required=False,
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("There is no role called %(value)s.")},
    )

    @property
    def chosen(self) -> list[str]:
        return sorted(role.key for role in self.cleaned_data["roles"])


class InviteForm(RolesForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={
            "required": _("Type the e-mail address of the new member of staff."),
            "invalid": _("Type the e-mail address in full, such as name@example.org."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("How other members of staff see this person."),
    )
    field_order = ("email", "name", "roles")


class LanguagesForm(StaffForm):
    languages = forms.CharField(
        label=_("Languages that this person reads"),
        help_text=_(
            "Their tags with spaces between them, such as: en sv ar. Without any: that of each questionnaire."
        ),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}),
    )


class AuditFilter(forms.Form):
    """A form that is sent by GET. What it cannot read filters nothing, and the page says so."""

    use_required_attribute = False
    action = forms.CharField(
        label=_("Action begins with"),
        max_length=60,
        required=False,
        help_text=_("For example release, or staff.logged_in."),
    )
    who = forms.CharField(
        label=_("E-mail address of who did it"),
        max_length=254,
        required=False,
        help_text=_("“system” for what no person did."),
    )
    first = forms.DateField(
        label=_("From the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Type the first day as 2019-06-03.")},
    )
    last = forms.DateField(
        label=_("To the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Type the last day as 2019-06-03.")},
    )


class PasswordForm(StaffForm):
    old = forms.CharField(
        label=_("Password you use now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type the password you use now.")},
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. A few unrelated words are easy to remember and hard to guess."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Type a new password.")},
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Type the new password a second time.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "new" in cleaned and "again" in cleaned and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return cleaned
