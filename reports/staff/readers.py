"""Named readers of a release that is not public yet, and the withdrawal of one that is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports.actions import early_reading as actions
from reports.actions import withdrawal
from reports.models import NamedReader, Release
from reports.staff.forms import NamedReaderForm, ReleaseWithdrawalForm
from reports.staff.releases import find, from_release

PAGE = "staff/readers.html"


def readers_of(release: Release) -> list[NamedReader]:
    return list(release.readers.prefetch_related("visits").select_related("by"))


@require("release.request")
@require_http_methods(["GET", "POST"])
def readers(request: StaffRequest, release_id: int) -> HttpResponse:
    """Who may read it early; whoever is let in gets a link, which is shown once."""
    found = find(release_id)
    form = NamedReaderForm(posted(request))
    context: dict[str, Any] = {
        **from_release(found),
        "title": _("Named readers"),
        "release": found,
        "readers": readers_of(found),
        "now": timezone.now(),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, PAGE, context, form)
    try:
        reader, token = actions.let_in(
            release=found, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except actions.REFUSALS as refusal:
        return refuse(request, PAGE, {**context, "form": form}, [refusal])
    link = request.build_absolute_uri(reverse("reports:early", args=[token]))
    context |= {"form": NamedReaderForm(), "made": reader, "link": link, "readers": readers_of(found)}
    return show(request, PAGE, context)


@require("release.request")
@require_http_methods(["GET", "POST"])
def end_reader(request: StaffRequest, release_id: int, reader_id: int) -> HttpResponse:
    found = find(release_id)
    reader = get_object_or_404(NamedReader, pk=reader_id, release=found)
    context = {
        "here": "releases",
        "back": reverse("staff:readers", args=[found.pk]),
        "back_label": _("Named readers"),
        "title": _("End the link of %(name)s") % {"name": reader.name},
        "button": _("End the link"),
        "consequences": [_("It opens nothing from then on.")],
    }
    if request.method == "GET":
        return show(request, "staff/confirm.html", context)
    try:
        actions.end(reader=reader, by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context, [refusal])
    messages.success(request, _("The link has ended."))
    return redirect("staff:readers", found.pk)


@require("release.approve")
@require_http_methods(["GET", "POST"])
def withdraw_release(request: StaffRequest, release_id: int) -> HttpResponse:
    found = find(release_id)
    form = ReleaseWithdrawalForm(posted(request))
    context = {
        **from_release(found),
        "title": _("Withdraw release %(number)s") % {"number": found.number or ""},
        "button": _("Withdraw the release"),
        "button_class": "button-danger",
        "intro": _(
            "At once and for good. The release stays readable under the note, the one before it is read instead, and"
            " the feed tells it. Whoever has read it may have kept it: what it told counts as told."
        ),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    try:
        withdrawal.withdraw_release(release=found, **form.cleaned_data, by=request.user, now=timezone.now())
    except withdrawal.REFUSALS as refusal:
        return refuse(request, "staff/form.html", {**context, "form": form}, [refusal])
    messages.success(request, _("The release is withdrawn."))
    return redirect("staff:release", found.pk)
