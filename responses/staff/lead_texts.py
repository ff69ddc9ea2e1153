"""The lead and single texts: answers to coders' questions, and working translations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions import lead_coding as actions
from responses.coding import texts
from responses.coding.access import get_query_or_404, get_round_to_lead_or_404, get_text_or_404
from responses.coding.models import CodingRound
from responses.staff.code_page import question_text, text_context
from responses.staff.lead import LEAD, from_wave


class AnswerForm(StaffForm):
    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("It stands beside the text when it comes to the coder again."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write an answer; the coder reads it beside the text.")},
    )


@require(LEAD)
@require_safe
def queries(request: StaffRequest, round_id: int) -> HttpResponse:
    coding_round = get_round_to_lead_or_404(round_id, request.user)
    context = {
        **from_wave(coding_round.wave),
        "title": _("Questions to the lead"),
        "round": coding_round,
        "question": question_text(coding_round),
        "queries": texts.queries(coding_round),
        "unread": texts.unread_by_somebody(coding_round)[:50],
    }
    return show(request, "staff/coding/queries.html", context)


def from_queries(coding_round: CodingRound) -> dict[str, Any]:
    return {
        **from_wave(coding_round.wave),
        "back": reverse("coding:queries", args=[coding_round.pk]),
        "back_label": _("Questions to the lead"),
        "round": coding_round,
        "question": question_text(coding_round),
    }


@require(LEAD)
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, round_id: int, decision_id: UUID) -> HttpResponse:
    coding_round = get_round_to_lead_or_404(round_id, request.user)
    decision = get_query_or_404(coding_round, decision_id)
    form = AnswerForm(posted(request))
    context = {
        **from_queries(coding_round),
        **text_context(coding_round, decision.text),
        "title": _("Answer a question"),
        "button": _("Give it back with the answer"),
        "asked": decision.note,
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_query(
                decision=decision, answer=form.cleaned_data["answer"], by=request.user, now=timezone.now()
            )
        except actions.REFUSALS as refusal:
            return refuse(request, "staff/coding/with_text.html", {**context, "form": form}, [refusal])
        messages.success(request, _("The text goes back to the coder with your answer."))
        return redirect("coding:queries", coding_round.pk)
    return form_page(request, "staff/coding/with_text.html", context, form)


class TranslationForm(StaffForm):
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})?$",
        label=gettext_lazy("Language of the translation"),
        help_text=gettext_lazy("Its tag, such as en or sv."),
        widget=forms.TextInput(attrs={"class": "short", "dir": "ltr"}),
        error_messages={
            "required": gettext_lazy("Type the tag of the language."),
            "invalid": gettext_lazy("Type the tag of the language, such as en or sv."),
        },
    )
    words = forms.CharField(
        label=gettext_lazy("Working translation"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write the translation.")},
    )


@require(LEAD)
@require_http_methods(["GET", "POST"])
def translate(request: StaffRequest, round_id: int, text_id: UUID) -> HttpResponse:
    coding_round = get_round_to_lead_or_404(round_id, request.user)
    text = get_text_or_404(coding_round, text_id)
    form = TranslationForm(posted(request), initial={"language": coding_round.wave.questionnaire.language})
    context = {
        **from_queries(coding_round),
        **text_context(coding_round, text),
        "title": _("Working translation"),
        "button": _("Put it beside the text"),
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.translate(text=text, **form.cleaned_data, by=request.user, now=timezone.now())
        except actions.REFUSALS as refusal:
            return refuse(request, "staff/coding/with_text.html", {**context, "form": form}, [refusal])
        messages.success(request, _("The translation stands beside the text."))
        return redirect("coding:queries", coding_round.pk)
    return form_page(request, "staff/coding/with_text.html", context, form)
