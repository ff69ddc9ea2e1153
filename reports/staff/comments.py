"""Comments of experts as editors keep them: the words, the name, the portrait, and that the expert has agreed."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.pages import StaffRequest, form_page, posted, refuse
from accounts.permissions import require
from reports import compositions
from reports.actions import composing as actions
from reports.expert_form import ExpertForm, left_out
from reports.models import ExpertWord
from reports.staff.composing import title_of
from reports.staff.experts import NamedExpert
from surveys.models import Edition


class CommentForm(NamedExpert, ExpertForm):
    place = forms.ChoiceField(label=gettext_lazy("Stands after"))
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=ExpertWord.MOST,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Type the comment.")},
    )
    consent = forms.BooleanField(
        label=gettext_lazy("The expert has agreed to be named with these very words, and to the portrait"),
        required=False,
    )
    example = forms.BooleanField(
        label=gettext_lazy("This is an example, made up for a demonstration"), required=False
    )
    removed = forms.BooleanField(label=gettext_lazy("Take this comment out of the report"), required=False)
    field_order = (
        "place",
        "name",
        "role",
        "organisation",
        "language",
        "text",
        "interests",
        "portrait",
        "without_portrait",
        "consent",
        "example",
        "removed",
    )


@require("release.request")
@require_http_methods(["GET", "POST"])
def comment(request: StaffRequest, year: int, number: int | None = None) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    stored = next((c for c in compositions.comments_of(edition) if c.number == number), None)
    if number is not None and stored is None:
        raise Http404(_("The report of this edition has no such comment."))
    places = [(one.key, title_of(one)) for one in compositions.places(edition) if one.takes_comments]
    names = ("place", "name", "role", "organisation", "language", "text", "interests", "consent", "example")
    initial = {name: getattr(stored, name) for name in names} if stored else {}
    form = CommentForm(
        posted(request),
        request.FILES or None,
        places=places,
        initial=initial,
        left_out=left_out(request),
    )
    form.shown(stored.portrait if stored else None)
    if stored is None:
        del form.fields["removed"]
    context = {
        "title": _("Comment of an expert"),
        "here": "releases",
        "back": reverse("staff:composing", args=[year]),
        "back_label": _("Texts of the report %(year)s") % {"year": year},
        "button": _("Save the comment"),
        "stored": stored,
    }
    page = "staff/composing/comment.html"
    if request.method == "GET" or not form.is_valid():
        return form_page(request, page, context, form)
    values = dict(form.cleaned_data)
    removed, without = values.pop("removed", False), values.pop("without_portrait", False)
    picture, now = values.pop("portrait"), timezone.now()
    try:
        if picture is not None:
            values["portrait"] = actions.keep_portrait(picture, now)
        elif stored is not None and not without:
            values["portrait"] = stored.portrait
        actions.keep_comment(
            edition=edition, number=number, values=values, removed=removed, by=request.user, now=now
        )
    except actions.REFUSALS as refusal:
        return refuse(request, page, {**context, "form": form}, [refusal])
    messages.success(request, _("Saved. The next release that is asked for holds it."))
    return redirect("staff:composing", year)
