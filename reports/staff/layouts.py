"""How a breakdown is laid out, which other layouts were looked at, and which one an analyst prefers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse
from accounts.permissions import require
from reports import queries
from reports.actions import designs as actions
from reports.lines import group_label
from reports.models import Table
from reports.staff.labels import breakdown_title, heading_of
from surveys.access import get_wave_or_404
from surveys.definition import Definition
from surveys.queries import definition_of

OUTCOMES = {
    "clear": gettext_lazy("nothing need be withheld"),
    "gaps": gettext_lazy("some numbers would be withheld"),
    "small_base": gettext_lazy("a group is too small"),
    "protected": gettext_lazy("too much would be withheld, or it could not be protected"),
}
DETAILS = {
    "full": gettext_lazy("every answer"),
    "nets": gettext_lazy("answers taken together"),
}


@dataclass(frozen=True)
class Layout:
    """A layout in words. `design` is how it is stored."""

    design: str
    words: str
    outcome: str


def words_of(definition: Definition, breakdown: str, design: str) -> str:
    detail, _blank, groups = design.partition(" ")
    labels = [group_label(definition, breakdown, group) for group in groups.split("|") if group]
    return _("%(detail)s, by: %(groups)s") % {
        "detail": DETAILS.get(detail, detail),
        "groups": _("; ").join(labels),
    }


def layouts_of(definition: Definition, table: Table) -> tuple[Layout, ...]:
    found = (tried.partition(": ") for tried in table.tried)
    return tuple(
        Layout(design, words_of(definition, table.breakdown, design), str(OUTCOMES.get(outcome, outcome)))
        for design, _colon, outcome in found
    )


class LayoutForm(StaffForm):
    design = forms.ChoiceField(
        label=gettext_lazy("Layout"),
        help_text=gettext_lazy(
            "The night takes it from its next count on, as long as the policy lets it; else it chooses for itself."
        ),
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why, for whoever looks at the table later.")},
    )

    def __init__(self, *args: Any, layouts: tuple[Layout, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["design"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Leave it to the night")),
            *((one.design, f"{one.words} – {one.outcome}") for one in layouts),
        ]


@require("table.request")
@require_http_methods(["GET", "POST"])
def layout(request: StaffRequest, wave_id: UUID, question: str, breakdown: str) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    table = get_object_or_404(Table.objects.standard(), wave=wave, question=question, breakdown=breakdown)
    definition = definition_of(wave.questionnaire)
    preferred = queries.design_choices(wave).get((question, breakdown), "")
    form = LayoutForm(posted(request), layouts=layouts_of(definition, table), initial={"design": preferred})
    back = reverse("staff:question", args=[wave.pk, question])
    context = {
        "title": _("Layout of a breakdown: %(name)s") % {"name": breakdown_title(definition, breakdown)},
        "here": "dashboard",
        "back": back,
        "back_label": heading_of(definition, question),
        "button": _("Prefer this layout"),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    try:
        actions.prefer(wave=wave, table=table, **form.cleaned_data, by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/form.html", {**context, "form": form}, [refusal])
    messages.success(request, _("Kept. The next count takes it into account."))
    return redirect(back)
