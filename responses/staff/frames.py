"""A code frame: its codes with aliases and counts, what it lacks, and how it is revised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, show
from accounts.permissions import require
from responses.actions import revise_frame as actions
from responses.coding.frames import EVERYWHERE, CodeLine, earlier_codes, frame_lines, often_named
from responses.coding.models import FrameRevision
from responses.staff.lead import LEAD, from_wave
from surveys.access import get_wave_or_404
from surveys.definition import Code
from surveys.models import Wave
from surveys.queries import definition_of

SEPARATOR = "|"


@require(LEAD)
@require_safe
def frame(request: StaffRequest, wave_id: UUID, key: str) -> HttpResponse:
    found = get_wave_with_frame_or_404(wave_id, key)
    context = {
        **from_wave(found),
        "title": _("Code frame “%(frame)s”") % {"frame": key},
        "wave": found,
        "key": key,
        "description": definition_of(found.questionnaire).frames[key].description,
        "lines": frame_lines(found, key, get_language()),
        "often": often_named(found, key),
        "earlier": earlier_codes(found.questionnaire, key),
        "revisions": FrameRevision.objects.filter(questionnaire=found.questionnaire, frame=key),
    }
    return show(request, "staff/coding/frame.html", context)


def get_wave_with_frame_or_404(wave_id: UUID, key: str) -> Wave:
    found = get_wave_or_404(wave_id)
    if key not in definition_of(found.questionnaire).frames:
        raise Http404
    return found


class RevisionForm(StaffForm):
    added = forms.CharField(
        label=gettext_lazy("New codes, one on each line"),
        help_text=gettext_lazy(
            "code | label | other names with commas, such as: kik | Kik | kik messenger. New codes stand at the end,"
            " and belong into the questionnaire's file too."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "dir": "auto"}),
    )
    retired = forms.MultipleChoiceField(
        label=gettext_lazy("Codes that are offered no more"),
        help_text=gettext_lazy("They stay in the frame; texts that have them are coded again."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    again = forms.MultipleChoiceField(
        label=gettext_lazy("Codes whose texts are coded again"),
        help_text=gettext_lazy("By both coders, as if they had not been coded, such as those of “other”."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, lines: tuple[CodeLine, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (line.code.code, f"{line.code.label} ({line.texts})") for line in lines if not line.is_retired
        ]
        may_go = [(code, label) for code, label in named if code not in EVERYWHERE]
        for name, choices in (("retired", may_go), ("again", named)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices

    def clean_added(self) -> list[Code]:
        return list(read_codes(self.cleaned_data["added"]))


def read_codes(lines: str) -> Iterator[Code]:
    for line in lines.splitlines():
        if line.strip():
            code, label, aliases = ([part.strip() for part in line.split(SEPARATOR)] + ["", ""])[:3]
            names = tuple(alias.strip() for alias in aliases.split(",") if alias.strip())
            yield Code(code, label, names)


@require(LEAD)
@require_http_methods(["GET", "POST"])
def revise(request: StaffRequest, wave_id: UUID, key: str) -> HttpResponse:
    found = get_wave_with_frame_or_404(wave_id, key)
    form = RevisionForm(
        frame_lines(found, key, get_language()), posted(request), initial=draft(request, found, key)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise_frame(
                questionnaire=found.questionnaire,
                frame=key,
                **form.cleaned_data,
                by=request.user,
                now=timezone.now(),
            )
        except actions.REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The frame is revised."))
            return redirect("coding:frame", found.pk, key)
    context = {
        **from_wave(found),
        "back": reverse("coding:frame", args=[found.pk, key]),
        "back_label": _("Code frame “%(frame)s”") % {"frame": key},
        "title": _("Revise the frame “%(frame)s”") % {"frame": key},
        "button": _("Revise the frame"),
    }
    return form_page(request, "staff/form.html", context, form)


def draft(request: StaffRequest, found: Wave, key: str) -> dict[str, str]:
    """Lines to begin with, when somebody came to take codes of earlier reports over."""
    if "earlier" not in request.GET:
        return {}
    codes = earlier_codes(found.questionnaire, key)
    lines = [f" {SEPARATOR} ".join((one.code, one.label, ", ".join(one.aliases))) for one in codes]
    return {"added": "\n".join(lines)}
