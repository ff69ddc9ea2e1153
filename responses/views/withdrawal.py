"""Taking answers back with the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from responses.actions.refusals import TooLateToWithdraw
from responses.actions.withdraw import withdraw as hand_back
from responses.days import language_for
from responses.journey import plan_of
from responses.sealing import read_receipt
from responses.views.pages import respondent_page
from surveys.actions.waves import is_open
from surveys.models import Wave
from surveys.places import WITHDRAWAL_DATE, dates_of


class WithdrawForm(forms.Form):
    """Which survey, and the receipt."""

    wave = forms.ChoiceField(label=gettext_lazy("Which survey did you answer?"), widget=forms.RadioSelect)
    receipt = forms.CharField(
        label=gettext_lazy("Your receipt"),
        help_text=gettext_lazy(
            "Sixteen letters and digits in groups of four, as shown when you sent your answers."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )
    use_required_attribute = False

    def __init__(self, waves: dict[str, Wave], data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="%s")
        choices = self.fields["wave"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [(key, _name(wave)) for key, wave in waves.items()]
        asked = {"required": _("Choose the survey that you answered"), "invalid_choice": TooLateToWithdraw()}
        choices.error_messages |= {name: str(sentence) for name, sentence in asked.items()}
        # Whatever is no letter or digit of a receipt is judged by `clean_receipt`, with its own sentence.
        self.fields["receipt"].validators = []
        self.fields["receipt"].error_messages["required"] = _("Write the receipt that you were shown")
        if len(waves) == 1:
            choices.initial = next(iter(waves))

    def clean_receipt(self) -> str:
        receipt = read_receipt(self.cleaned_data["receipt"])
        if receipt is None:
            raise forms.ValidationError(
                _("Your receipt has 16 letters and digits; compare what you wrote with what you noted down")
            )
        return receipt


def _name(wave: Wave) -> str:
    language = language_for(wave)
    title = plan_of(wave, language).definition.title
    until = dates_of(wave, language)[WITHDRAWAL_DATE]
    return _("%(title)s, %(year)d: until %(until)s") % {
        "title": title,
        "year": wave.edition.year,
        "until": until,
    }


def _open_waves(now: datetime) -> dict[str, Wave]:
    waves = Wave.objects.filter(status=Wave.Status.OPEN).select_related("questionnaire", "edition")
    return {str(wave.pk): wave for wave in waves if is_open(wave, now)}


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Hand a receipt back. The answer is the same whether there are answers under it or not."""
    now = timezone.now()
    waves = _open_waves(now)
    form = WithdrawForm(waves, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "respond/withdraw.html", {"form": form, "waves": waves}, status=status)
    hand_back(wave=waves[form.cleaned_data["wave"]], receipt=form.cleaned_data["receipt"], now=now)
    return redirect("responses:taken")


@respondent_page
@require_safe
def taken(request: HttpRequest) -> HttpResponse:
    return render(request, "respond/withdrawn.html")
