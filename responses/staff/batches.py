"""Access codes for a contact point: made and shown once, counted from ten up, withdrawn as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions.batches import LARGEST_BATCH, WaveTakesNoCodes, make_batch, revoke_batch
from responses.models import CodeBatch
from responses.plans import plan_of
from responses.staff.links import data_address, plain_cell
from responses.staff.views import from_wave
from responses.texts import own_name
from surveys.access import get_wave_or_404
from surveys.models import Door, Wave
from surveys.places import WITHDRAWAL_DATE, dates_of
from surveys.queries import languages_of_wave

FORM = "staff/form.html"


class BatchForm(StaffForm):
    contact_point = forms.CharField(
        label=gettext_lazy("Contact point that hands the codes out"),
        help_text=gettext_lazy("An office or a role rather than a person. It stands on no sheet."),
        max_length=200,
        error_messages={"required": gettext_lazy("Type who hands the codes out.")},
    )
    size = forms.IntegerField(
        label=gettext_lazy("How many codes"),
        min_value=1,
        max_value=LARGEST_BATCH,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={
            "required": gettext_lazy("Type how many codes there shall be."),
            "invalid": gettext_lazy("Type how many codes as a whole number."),
            "min_value": gettext_lazy("A batch has at least one code."),
            "max_value": gettext_lazy("A batch has at most 1,000 codes. Make several for more."),
        },
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the sheet"),
        help_text=gettext_lazy("The questions open in it too; everybody can choose another one."),
        error_messages={"required": gettext_lazy("Choose the language of the sheet.")},
    )

    def __init__(self, wave: Wave, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(tag, own_name(tag)) for tag in languages_of_wave(wave)]


@require("invitation.upload")
@require_safe
def batches(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        **from_wave(wave),
        "title": _("Access codes of %(wave)s") % {"wave": wave},
        "batches": CodeBatch.objects.filter(wave=wave).order_by("contact_point", "pk"),
        "is_open_door": Door.CODE in wave.doors,
    }
    return show(request, "staff/batches.html", context)


@require("invitation.upload")
@require_http_methods(["GET", "POST"])
def new_batch(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    form = BatchForm(wave, posted(request))
    context = {
        **from_batches(wave),
        "title": _("New access codes for %(wave)s") % {"wave": wave},
        "intro": _("The codes are shown once, on the next page, as a sheet to print and as a file."),
        "button": _("Make the codes and show them"),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, FORM, context, form)
    try:
        batch, codes = make_batch(wave=wave, **form.cleaned_data, by=request.user, now=timezone.now())
    except WaveTakesNoCodes as refusal:
        return refuse(request, FORM, {**context, "form": form}, [refusal])
    return sheet(request, batch, codes)


def sheet(request: StaffRequest, batch: CodeBatch, codes: list[str]) -> HttpResponse:
    """The one time that codes exist in the clear here: in this answer, which no browser or proxy may keep."""
    address = request.build_absolute_uri(reverse("responses:code"))
    wave = batch.wave
    with override(batch.language):
        direction = "rtl" if get_language_bidi() else "ltr"
        title = plan_of(wave, batch.language).definition.title
        until = dates_of(wave, batch.language)[WITHDRAWAL_DATE]
        slip = {
            "invited": _("You are invited to answer: %(title)s") % {"title": title},
            "how": _("Type this code at the address below. It lets one person answer once, until %(until)s.")
            % {"until": until},
            "free": _("Taking part is voluntary, and nobody sees who has answered."),
        }
    context = {
        **from_batches(wave),
        "title": ngettext("One access code", "%(count)s access codes", len(codes)) % {"count": len(codes)},
        "codes": codes,
        "slip": slip,
        "sheet_language": batch.language,
        "sheet_direction": direction,
        "address": address,
        "file_name": f"access-codes-{wave.questionnaire.key}-{wave.edition.year}.csv",
        "file_address": data_address(codes_csv(codes, address)),
    }
    return show(request, "staff/sheet.html", context)


def codes_csv(codes: Iterable[str], address: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("code", "address"))
    writer.writerows((plain_cell(code), address) for code in codes)
    return text.getvalue().encode("utf-8-sig")


@require("invitation.upload")
@require_http_methods(["GET", "POST"])
def revoke(request: StaffRequest, wave_id: UUID, batch_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    batch = get_object_or_404(CodeBatch, pk=batch_id, wave=wave)
    context = {
        **from_batches(wave),
        "title": _("Withdraw the codes of %(name)s") % {"name": batch.contact_point or batch.pk},
        "button": _("Withdraw all of them"),
        "button_class": "button-danger",
        "consequences": [
            _("None of these codes opens anything any more. That cannot be undone."),
            _("Answers that were begun with one of them and not sent are deleted. What was sent stays."),
        ],
    }
    if request.method == "POST":
        revoke_batch(batch=batch, by=request.user, now=timezone.now())
        messages.success(request, _("The codes were withdrawn."))
        return redirect("invitations:batches", wave.pk)
    return show(request, "staff/confirm.html", context)


def from_batches(wave: Wave) -> dict[str, Any]:
    return {
        **from_wave(wave),
        "back": reverse("invitations:batches", args=[wave.pk]),
        "back_label": _("Access codes of %(wave)s") % {"wave": wave},
    }
