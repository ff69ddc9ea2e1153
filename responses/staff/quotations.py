"""Quotations: chosen, redacted by one person, found safe by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions import quote as actions
from responses.coding import quotations as found_in
from responses.coding.frames import all_codes
from responses.coding.models import Quotation
from responses.models import Comment, OpenText
from responses.staff.coding import from_coding
from surveys.access import get_wave_or_404
from surveys.models import Wave
from surveys.queries import definition_of

QUOTE = "text.quote"


class WordsForm(StaffForm):
    words = forms.CharField(
        label=gettext_lazy("Words to print"),
        help_text=gettext_lazy(
            "Take out names, places, dates, and everything by which a colleague would know the writer. […] stands for"
            " what is left out."
        ),
        max_length=actions.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write the words as they shall be printed.")},
    )


@require(QUOTE)
@require_safe
def quotations(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        **from_coding(),
        "title": _("Quotations from %(wave)s") % {"wave": wave},
        "synthetic": wave.synthetic,
        "wave": wave,
        "quotations": found_in.quotations_of(wave),
        "comments": found_in.comments_to_quote(wave),
        "texts": [(one, label_of(wave, one.source, one.code)) for one in found_in.texts_to_quote(wave)],
        "may_be": found_in.may_be_quoted(wave),
    }
    return show(request, "staff/coding/quotations.html", context)


def label_of(wave: Wave, source: OpenText | Comment, code: str) -> str:
    definition = definition_of(wave.questionnaire, get_language())
    codes = all_codes(definition, definition.by_key[source.question])
    return next((one.label for one in codes if one.code == code), code)


def source_or_404(wave: Wave, request: StaffRequest) -> OpenText | Comment:
    try:
        key = UUID(request.GET.get("text") or request.GET.get("comment") or "")
    except ValueError as error:
        raise Http404 from error
    if "text" in request.GET:
        return get_object_or_404(OpenText, pk=key, wave=wave, may_quote=True)
    return get_object_or_404(Comment, pk=key, wave=wave, may_quote=True)


@require(QUOTE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    source = source_or_404(wave, request)
    code = request.GET.get("code", "")
    form = WordsForm(posted(request), initial={"words": source.text})
    context = {
        **from_quotations(wave),
        "title": _("Redact a quotation"),
        "button": _("Give it to a second person"),
        "source": source,
        "query": request.GET.urlencode(),
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.redact(
                wave=wave,
                source=source,
                words=form.cleaned_data["words"],
                code=code,
                by=request.user,
                now=timezone.now(),
            )
        except actions.REFUSALS as refusal:
            return refuse(request, "staff/coding/redact.html", {**context, "form": form}, [refusal])
        messages.success(request, _("Somebody else has to find the words safe now."))
        return redirect("coding:quotations", wave.pk)
    return form_page(request, "staff/coding/redact.html", context, form)


def from_quotations(wave: Wave) -> dict[str, Any]:
    return {
        "here": "coding",
        "synthetic": wave.synthetic,
        "back": reverse("coding:quotations", args=[wave.pk]),
        "back_label": _("Quotations from %(wave)s") % {"wave": wave},
    }


def get_quotation_or_404(quotation_id: UUID) -> Quotation:
    rows = Quotation.objects.select_related("wave__questionnaire", "wave__edition", "text", "comment")
    return get_object_or_404(rows, pk=quotation_id)


@require(QUOTE)
@require_http_methods(["GET", "POST"])
def quotation(request: StaffRequest, quotation_id: UUID) -> HttpResponse:
    """The words beside the original. What is sent names the words that were read, so that others are not approved."""
    found = get_quotation_or_404(quotation_id)
    source = found.text or found.comment
    form = WordsForm(posted(request), initial={"words": found.words})
    steps = {step.step: step.by for step in found.redactions.select_related("by")}
    context = {
        **from_quotations(found.wave),
        "title": _("A quotation"),
        "quotation": found,
        "source": source,
        "steps": steps,
        "is_own": steps.get(1) == request.user,
        "button": _("Change the words"),
        "button_class": "button-secondary",
    }
    if request.method == "POST" and source is not None:
        try:
            say(request, found, source, form)
        except actions.REFUSALS as refusal:
            return refuse(request, "staff/coding/quotation.html", {**context, "form": form}, [refusal])
        if form.is_valid() or "approve" in request.POST:
            return redirect("coding:quotation", found.pk)
    return form_page(request, "staff/coding/quotation.html", context, form)


def say(request: StaffRequest, found: Quotation, source: OpenText | Comment, form: WordsForm) -> None:
    now = timezone.now()
    if "approve" in request.POST:
        actions.approve(quotation=found, words=request.POST.get("read", ""), by=request.user, now=now)
        messages.success(request, _("Two people have found these words safe."))
    elif form.is_valid():
        words = form.cleaned_data["words"]
        actions.redact(wave=found.wave, source=source, words=words, code=found.code, by=request.user, now=now)
        messages.success(request, _("The words are changed. Somebody else has to find them safe."))


@require(QUOTE)
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, quotation_id: UUID) -> HttpResponse:
    found = get_quotation_or_404(quotation_id)
    context = {
        **from_quotations(found.wave),
        "title": _("Take a quotation back"),
        "button": _("Take it back"),
        "button_class": "button-danger",
        "consequences": [_("It is in no later release. Releases that are out stay as they are.")],
    }
    if request.method == "POST":
        wave_id = found.wave_id
        actions.withdraw(quotation=found, by=request.user, now=timezone.now())
        messages.success(request, _("The quotation is taken back."))
        return redirect("coding:quotations", wave_id)
    return show(request, "staff/confirm.html", context)
