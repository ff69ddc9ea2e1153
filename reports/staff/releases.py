from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports.actions import early_reading, withdrawal
from reports.actions import release as actions
from reports.arranging import overstated
from reports.models import Release
from reports.public.pages import ReleaseFacts, report_page
from reports.staff.arranging import sentence_of
from reports.staff.audits import audited
from reports.staff.changed import changed
from reports.staff.forms import RejectForm, RequestForm, WithdrawalForm
from surveys.models import Edition

REFUSALS = actions.REFUSALS
REQUEST = "staff/request_release.html"


@dataclass(frozen=True)
class ReleasesOfEdition:
    edition: Edition
    releases: tuple[Release, ...]

    @property
    def has_open_request(self) -> bool:
        return any(release.status == Release.Status.REQUESTED for release in self.releases)

    @property
    def has_published(self) -> bool:
        return any(release.status == Release.Status.APPROVED for release in self.releases)


@require("release.request", "release.approve")
@require_safe
def releases(request: StaffRequest) -> HttpResponse:
    found = Release.objects.defer("content").select_related("requested_by", "decided_by").order_by("-id")
    by_edition: dict[int, list[Release]] = {}
    for release in found:
        by_edition.setdefault(release.edition_id, []).append(release)
    cards = [
        ReleasesOfEdition(edition, tuple(by_edition.get(edition.pk, ()))) for edition in Edition.objects.all()
    ]
    return show(request, "staff/releases.html", {"title": _("Releases"), "here": "releases", "cards": cards})


@require("release.request")
@require_http_methods(["GET", "POST"])
def request_release(request: StaffRequest, year: int) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    form = RequestForm(posted(request))
    context = {
        **from_releases(),
        "title": _("Ask for a release of %(edition)s") % {"edition": edition},
        "button": _("Ask for the release"),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(
            request,
            REQUEST,
            {**context, "missing": why_not(lambda: actions.check_can_request(request.user, edition))},
            form,
        )
    try:
        made = actions.request(edition=edition, **form.cleaned_data, by=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refuse(request, REQUEST, {**context, "form": form}, [refusal])
    messages.success(request, _("The release waits for a second person."))
    return redirect("staff:release", made.pk)


@require("release.request")
@require_http_methods(["GET", "POST"])
def withdraw_figure(request: StaffRequest, year: int) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    form = WithdrawalForm(posted(request), figures=withdrawal.figures_to_withdraw(edition))
    context = {
        **from_releases(),
        "title": _("Withdraw a figure of %(edition)s") % {"edition": edition},
        "button": _("Withdraw the figure"),
        "button_class": "button-danger",
        "intro": _(
            "The next release carries the figure without numbers, and it stays withdrawn in this edition. Earlier"
            " releases stay readable as they were published."
        ),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    try:
        withdrawal.withdraw(edition=edition, **form.cleaned_data, by=request.user, now=timezone.now())
    except withdrawal.REFUSALS as refusal:
        return refuse(request, "staff/form.html", {**context, "form": form}, [refusal])
    messages.success(request, _("The figure is withdrawn from the next release on."))
    return redirect("staff:releases")


@require("release.request", "release.approve")
@require_safe
def review(request: StaffRequest, release_id: int) -> HttpResponse:
    return show(request, "staff/release.html", review_context(request, find(release_id)))


@require("release.request", "release.approve")
@require_safe
def preview(request: StaffRequest, release_id: int) -> HttpResponse:
    """The public page made from the frozen content, before the public can see it."""
    found = find(release_id)
    facts = ReleaseFacts(
        number=found.number,
        content_hash=found.content_hash,
        published_at=found.decided_at if found.number else None,
        note=found.note,
    )
    page = report_page(
        json.loads(found.content),
        facts=facts,
        right_to_left=get_language_bidi(),
        with_breakdowns=True,
        portrait_at=lambda sha256: reverse("staff:portrait", args=[sha256]),
    )
    context = {"page": page, "synthetic": page.report.synthetic, "release": found}
    return show(request, "staff/preview.html", context)


@require("release.approve")
@require_http_methods(["GET", "POST"])
def approve(request: StaffRequest, release_id: int) -> HttpResponse:
    found = find(release_id)
    context = {
        **from_release(found),
        "title": _("Approve the release of %(edition)s") % {"edition": found.edition},
        "button": _("Approve and publish"),
        "consequences": [
            _("Everybody can read it from then on. It never changes; a correction gets a new number."),
            _("The hash of what you approve: %(hash)s") % {"hash": found.content_hash},
        ],
    }
    if request.method == "GET":
        return show(request, "staff/confirm.html", context)
    try:
        made = actions.approve(release=found, by=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context, [refusal])
    messages.success(request, _("Release %(number)s is published.") % {"number": made.number})
    return redirect("staff:release", found.pk)


@require("release.approve")
@require_http_methods(["GET", "POST"])
def reject(request: StaffRequest, release_id: int) -> HttpResponse:
    found = find(release_id)
    form = RejectForm(posted(request))
    context = {
        **from_release(found),
        "title": _("Reject the request for %(edition)s") % {"edition": found.edition},
        "button": _("Reject"),
        "button_class": "button-danger",
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    try:
        actions.reject(release=found, **form.cleaned_data, by=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refuse(request, "staff/form.html", {**context, "form": form}, [refusal])
    messages.success(request, _("The request was rejected."))
    return redirect("staff:release", found.pk)


@require("release.request")
@require_http_methods(["GET", "POST"])
def take_back(request: StaffRequest, release_id: int) -> HttpResponse:
    found = find(release_id)
    context = {
        **from_release(found),
        "title": _("Take back the request for %(edition)s") % {"edition": found.edition},
        "button": _("Take it back"),
        "consequences": [
            _("Nothing is published. The request stays in the list, and a new one can be made.")
        ],
    }
    if request.method == "GET":
        return show(request, "staff/confirm.html", context)
    try:
        actions.cancel(release=found, by=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context, [refusal])
    messages.success(request, _("The request was taken back."))
    return redirect("staff:release", found.pk)


def find(release_id: int) -> Release:
    related = Release.objects.select_related(
        "edition", "requested_by", "decided_by", "signature", "withdrawal__by"
    )
    return get_object_or_404(related, pk=release_id)


def review_context(request: StaffRequest, found: Release) -> dict[str, Any]:
    """The buttons follow the same checks as the actions behind them."""
    content = json.loads(found.content)
    return {
        "title": _("Release %(number)s") % {"number": found.number}
        if found.number
        else _("Request for a release"),
        "here": "releases",
        "release": found,
        "parts": parts(content),
        "audited": audited(found, content),
        "changed": changed(found),
        "overstated": _overstated(found),
        "why_not_approve": why_not(lambda: actions.check_can_approve(request.user, found)),
        "may_let_in": not why_not(
            lambda: early_reading.check_can_let_in(request.user, found, timezone.now()),
            early_reading.REFUSALS,
        ),
        "may_withdraw": found.number is not None
        and permissions.has(request.user, "release.approve")
        and not hasattr(found, "withdrawal"),
        "can_reject": actions.can_reject(request.user, found),
        "can_take_back": actions.can_cancel(request.user, found),
    }


def _overstated(found: Release) -> list[tuple[str, str, list[str]]]:
    """(figure, headline, what it says too much) of a request; what was decided is not judged again."""
    if found.status != Release.Status.REQUESTED:
        return []
    return [
        (one.figure.title, one.text, [sentence_of(excess) for excess in one.excesses])
        for one in overstated(found.edition)
    ]


def why_not(check: Callable[[], None], refusals: tuple[type[Exception], ...] = REFUSALS) -> str:
    try:
        check()
    except refusals as refusal:
        return str(refusal)
    return ""


@dataclass(frozen=True)
class PartInNumbers:
    title: str
    responses: int
    figures: int
    withheld: int
    breakdowns: int
    dropped: int


def parts(content: dict[str, Any]) -> list[PartInNumbers]:
    """How much each part holds, for whoever decides."""
    found = []
    for part in content["parts"]:
        figures = [figure for section in part["sections"] for figure in section["figures"]]
        breakdowns = [found for figure in figures for found in figure.get("breakdowns", ())]
        lines = [line for one in (*figures, *breakdowns) for line in one["lines"]]
        found.append(
            PartInNumbers(
                title=part["title"],
                responses=part["responses"],
                figures=len(figures),
                withheld=sum(line["status"] == "withheld" for line in lines),
                breakdowns=sum(one["status"] != "dropped" for one in breakdowns),
                dropped=sum(one["status"] == "dropped" for one in breakdowns),
            )
        )
    return found


def from_releases() -> dict[str, Any]:
    return {"here": "releases", "back": reverse("staff:releases"), "back_label": _("Releases")}


def from_release(found: Release) -> dict[str, Any]:
    return {
        "here": "releases",
        "back": reverse("staff:release", args=[found.pk]),
        "back_label": _("The request"),
    }
