from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class StaffForm(forms.Form):
    """A form of the staff pages. The browser checks nothing: reasons are given by the page, in our words."""

    use_required_attribute = False


class LogInForm(AuthenticationForm):
    """One sentence for every wrong pair, so that nobody learns here who has an account."""

    use_required_attribute = False
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
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )
    REFUSED = _(
        "The e-mail address and the password do not belong together. Check both; capital letters count in the password."
    )
    # A closed account gets the same words as a wrong password.
    error_messages = dict.fromkeys(("invalid_login", "inactive"), REFUSED)


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

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("This is not the password you use now."))
        return old

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "new" in cleaned and "again" in cleaned and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return cleaned
