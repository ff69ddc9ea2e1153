"""Editors invite outside experts, edit what they wrote, and see what they agreed to."""

from __future__ import annotations

from typing import Any

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
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports import compositions
from reports.actions import experts as actions
from reports.models import ExpertLink, ExpertWord
from reports.staff.composing import LANGUAGES, title_of
from reports.staff.forms import LocalTime
from surveys.models import Edition
from surveys.staff.forms import LocalTimeField


class NamedExpert(StaffForm):
    """Who comments, and at which of the `places`: a field that each form adds under a label of its own."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Type the name of the expert.")},
    )
    role = forms.CharField(label=gettext_lazy("Role"), max_length=160, required=False)
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=160, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the comment"), choices=LANGUAGES)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places


class InvitationForm(NamedExpert, LocalTime):
    moments = ("expires_at",)
    place = forms.ChoiceField(label=gettext_lazy("Comments on"))
    expires_at = LocalTimeField(
        label=gettext_lazy("The link ends"), help_text=gettext_lazy("Within 60 days.")
    )
    field_order = ("place", "name", "role", "organisation", "language", "expires_at", "time_zone")


class EditForm(StaffForm):
    text = forms.CharField(
        label=gettext_lazy("Edited text"),
        help_text=gettext_lazy(
            "The expert sees every change, and it stands in no report before he or she agrees."
        ),
        max_length=ExpertWord.MOST,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Write the comment first.")},
    )


@require("release.request")
@require_http_methods(["GET", "POST"])
def experts(request: StaffRequest, year: int) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    places = [(one.key, title_of(one)) for one in compositions.places(edition) if one.takes_comments]
    form = InvitationForm(posted(request), places=places)
    context: dict[str, Any] = {
        "title": _("Experts"),
        "here": "releases",
        "back": reverse("staff:composing", args=[year]),
        "back_label": _("Texts of the report %(year)s") % {"year": year},
        "edition": edition,
        "experts": _links(edition, dict(places)),
        "now": timezone.now(),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/composing/experts.html", context, form)
    try:
        made, token = actions.invite(
            edition=edition, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/composing/experts.html", {**context, "form": form}, [refusal])
    context |= {
        "form": InvitationForm(places=places),
        "made": made,
        "link": request.build_absolute_uri(reverse("reports:expert", args=[token])),
        "experts": _links(edition, dict(places)),
    }
    return show(request, "staff/composing/experts.html", context)


def _links(edition: Edition, titles: dict[str, str]) -> list[tuple[ExpertLink, str, ExpertWord | None]]:
    found = ExpertLink.objects.filter(edition=edition).prefetch_related("words")
    return [
        (link, titles.get(link.place, link.place), max(link.words.all(), key=_age, default=None))
        for link in found
    ]


def _age(word: ExpertWord) -> int:
    return int(word.pk)


@require("release.request")
@require_http_methods(["GET", "POST"])
def expert(request: StaffRequest, year: int, link_id: int) -> HttpResponse:
    link = get_object_or_404(ExpertLink.objects.select_related("edition"), edition__year=year, pk=link_id)
    newest = actions.last(link)
    form = EditForm(posted(request), initial={"text": newest.text if newest else ""})
    context = {
        "title": link.name,
        "here": "releases",
        "back": reverse("staff:experts", args=[year]),
        "back_label": _("Experts"),
        "link": link,
        "newest": newest,
        "words": link.words.select_related("by").order_by("-pk"),
        "now": timezone.now(),
    }
    page = "staff/composing/expert.html"
    if request.method == "GET" or not form.is_valid():
        return form_page(request, page, context, form)
    try:
        actions.edit(link=link, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, page, {**context, "form": form}, [refusal])
    messages.success(request, _("Saved. It waits for the expert, who comes back by the same link."))
    return redirect("staff:expert", year, link.pk)


@require("release.request")
@require_http_methods(["GET", "POST"])
def end_expert(request: StaffRequest, year: int, link_id: int) -> HttpResponse:
    link = get_object_or_404(ExpertLink.objects.select_related("edition"), edition__year=year, pk=link_id)
    context = {
        "here": "releases",
        "back": reverse("staff:expert", args=[year, link.pk]),
        "back_label": link.name,
        "title": _("End the link of %(name)s") % {"name": link.name},
        "button": _("End the link"),
        "consequences": [_("It opens nothing from then on. What was agreed to stays.")],
    }
    if request.method == "GET":
        return show(request, "staff/confirm.html", context)
    try:
        actions.end(link=link, by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context, [refusal])
    messages.success(request, _("The link has ended."))
    return redirect("staff:expert", year, link.pk)
