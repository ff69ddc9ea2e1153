"""The lead of the coding: rounds, agreement, queries and translations, and the end of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.models import User
from accounts.pages import REFUSED, StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions import close_coding as closing
from responses.actions import lead_coding as actions
from responses.coding import texts
from responses.coding.access import get_round_to_lead_or_404
from responses.coding.frames import all_codes
from responses.coding.models import CodingEnd, CodingRound
from responses.staff.code_page import question_text
from responses.staff.coding import from_coding
from responses.staff.lead_page import Coefficient, code_lines, round_lines, waiting_questions
from surveys.access import get_wave_or_404
from surveys.models import Wave
from surveys.queries import definition_of

FORM = "staff/form.html"
LEAD = "coding.lead"


def from_wave(wave: Wave) -> dict[str, Any]:
    return {
        "here": "coding",
        "synthetic": wave.synthetic,
        "back": reverse("coding:wave", args=[wave.pk]),
        "back_label": _("Coding of %(wave)s") % {"wave": wave},
    }


@require(LEAD)
@require_safe
def wave(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    definition = definition_of(found.questionnaire, get_language())
    context = {
        **from_coding(),
        "title": _("Coding of %(wave)s") % {"wave": found},
        "synthetic": found.synthetic,
        "wave": found,
        "rounds": round_lines(found, request.user),
        "waiting": waiting_questions(found),
        "frames": [(frame.key, len(frame.codes)) for frame in definition.code_frames],
        "end": CodingEnd.objects.filter(wave=found).first(),
        "uncoded": texts.uncoded_of_wave(found),
    }
    return show(request, "staff/coding/wave.html", context)


class StartForm(StaffForm):
    questions = forms.MultipleChoiceField(
        label=gettext_lazy("Questions"),
        help_text=gettext_lazy("With the number of their texts."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one question.")},
    )
    first = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("First coder"),
        empty_label=gettext_lazy("Choose somebody"),
        error_messages={"required": gettext_lazy("Choose the first coder.")},
    )
    second = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Second coder"),
        empty_label=gettext_lazy("Choose somebody"),
        error_messages={"required": gettext_lazy("Choose the second coder.")},
    )
    third = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who decides between them"),
        empty_label=gettext_lazy("Choose somebody"),
        error_messages={"required": gettext_lazy("Choose who decides between the two.")},
    )

    def __init__(self, wave: Wave, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = self.fields["questions"]
        assert isinstance(questions, forms.MultipleChoiceField)
        questions.choices = [(one.key, f"{one.text} ({one.texts})") for one in waiting_questions(wave)]
        for name in ("first", "second", "third"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = coders()


@require(LEAD)
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    if not waiting_questions(found):
        messages.info(request, _("No question waits for coders: each one with texts has its three people."))
        return redirect("coding:wave", found.pk)
    form = StartForm(found, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.start_rounds(wave=found, **form.cleaned_data, by=request.user, now=timezone.now())
        except actions.REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The texts are with the coders."))
            return redirect("coding:wave", found.pk)
    context = {
        **from_wave(found),
        "title": _("Have questions coded"),
        "intro": _("The two see nothing of each other's work; the third decides where they differ."),
        "button": _("Give them the texts"),
    }
    return form_page(request, FORM, context, form)


class PersonForm(StaffForm):
    place = forms.TypedChoiceField(
        label=gettext_lazy("In the place of"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose who cannot go on.")},
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who takes the place"),
        empty_label=gettext_lazy("Choose somebody"),
        error_messages={"required": gettext_lazy("Choose who takes the place.")},
    )

    def __init__(self, coding_round: CodingRound, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place, person = self.fields["place"], self.fields["person"]
        assert isinstance(place, forms.TypedChoiceField)
        assert isinstance(person, forms.ModelChoiceField)
        people = (coding_round.first, coding_round.second, coding_round.third)
        place.choices = [
            ("", _("Choose somebody")),
            *((n, str(one)) for n, one in enumerate(people, start=1)),
        ]
        person.queryset = coders().exclude(pk__in=[one.pk for one in people])


def coders() -> QuerySet[User]:
    found = User.objects.filter(is_active=True, roles__permissions__contains=["text.code"])
    return found.distinct().order_by("name", "email")


@require(LEAD)
@require_http_methods(["GET", "POST"])
def replace(request: StaffRequest, round_id: int) -> HttpResponse:
    coding_round = get_round_to_lead_or_404(round_id, request.user)
    form = PersonForm(coding_round, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.replace_person(
                coding_round=coding_round, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except actions.REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The place has changed hands."))
            return redirect("coding:wave", coding_round.wave_id)
    context = {
        **from_wave(coding_round.wave),
        "title": _("Replace somebody"),
        "intro": _("What was decided in the place until now goes, and the new person decides anew."),
        "button": _("Replace"),
    }
    return form_page(request, FORM, context, form)


@require(LEAD)
@require_http_methods(["GET", "POST"])
def agreement(request: StaffRequest, round_id: int) -> HttpResponse:
    coding_round = get_round_to_lead_or_404(round_id, request.user)
    found = coding_round.wave
    problems: list[Exception] = []
    if request.method == "POST":
        try:
            actions.report_agreement(coding_round=coding_round, by=request.user, now=timezone.now())
        except actions.REFUSALS as refusal:
            problems = [refusal]
        else:
            messages.success(request, _("The agreement is written down. The third can decide now."))
            return redirect("coding:agreement", coding_round.pk)
    written = texts.reported(coding_round)
    missing = texts.missing_codes(coding_round)
    # Before both are done it would only tempt somebody to talk the figure up.
    agreed = None if missing else texts.compared(coding_round)
    definition = definition_of(found.questionnaire, get_language())
    labels = {one.code: one.label for one in all_codes(definition, definition.by_key[coding_round.question])}
    context = {
        **from_wave(found),
        "title": _("Agreement of the two coders"),
        "round": coding_round,
        "question": question_text(coding_round),
        "written": written,
        "missing": missing,
        "agreed": agreed,
        "several": texts.takes_several(coding_round),
        "coefficient": Coefficient(agreed.alpha if agreed else None),
        "lines": code_lines(agreed, labels) if agreed else [],
        "earlier": coding_round.agreements.exclude(revision=coding_round.revision),
        "problems": [str(problem) for problem in problems],
    }
    return show(request, "staff/coding/agreement.html", context, status=REFUSED if problems else 200)


@require(LEAD)
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    context = {
        **from_wave(found),
        "title": _("Close the coding of %(wave)s") % {"wave": found},
        "button": _("Close the coding and cut the links"),
        "button_class": "button-danger",
        "missing": [str(obstacle) for obstacle in closing.obstacles(found)],
        "consequences": [
            _("No text of this wave leads to an answer any more. There is no way back."),
            _("Nothing of this wave can be coded, undone or decided any more."),
            _("The codes stay with the answers, so that every table stays as it is."),
            _("Words beside a choice, and words whose codes hardly anybody else has, are destroyed."),
        ],
    }
    if request.method == "POST":
        try:
            closing.ask_to_close(wave=found, by=request.user, now=timezone.now())
        except closing.REFUSALS as refusal:
            return refuse(request, "staff/confirm.html", context, [refusal])
        messages.success(request, _("The worker cuts the links now."))
        return redirect("coding:wave", found.pk)
    return show(request, "staff/confirm.html", context)
