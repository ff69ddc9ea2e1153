from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports import queries
from reports.actions import policy as actions
from reports.loosening import THRESHOLDS, loosened
from reports.models import Policy
from reports.staff.forms import PolicyForm
from reports.wordings import THRESHOLD_WORDS


@dataclass(frozen=True)
class Line:
    """One rule, as it is and as it would be."""

    words: str | Promise
    now: int
    then: int | None = None

    @property
    def is_looser(self) -> bool:
        return self.then is not None and self.then < self.now

    @property
    def is_changed(self) -> bool:
        return self.then is not None and self.then != self.now


def lines(now: dict[str, int], then: dict[str, int] | None = None) -> list[Line]:
    return [Line(THRESHOLD_WORDS[name], now[name], then[name] if then else None) for name in THRESHOLDS]


@require("policy.change")
@require_safe
def policy(request: StaffRequest) -> HttpResponse:
    current = queries.current_policy()
    proposal = Policy.objects.filter(status=Policy.Status.PROPOSED).select_related("proposed_by").first()
    values = actions.values_of(current)
    context = {
        "title": _("Rules of what may be shown"),
        "here": "policy",
        "current": current,
        "proposal": proposal,
        "lines": lines(values, actions.values_of(proposal) if proposal else None),
        "is_own": proposal is not None and proposal.proposed_by_id == request.user.pk,
    }
    return show(request, "staff/policy.html", context)


def from_policy() -> dict[str, Any]:
    return {
        "here": "policy",
        "back": reverse("staff:policy"),
        "back_label": _("Rules of what may be shown"),
    }


@require("policy.change")
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest) -> HttpResponse:
    """First the values, then a page that says which of them show more, then the change."""
    values = actions.values_of(queries.current_policy())
    form = PolicyForm(posted(request), initial=values)
    context = from_policy() | {"title": _("Change the rules"), "button": _("Go on")}
    if not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    wanted = {name: form.cleaned_data[name] for name in THRESHOLDS}
    try:
        if "confirmed" not in request.POST:
            actions.check_can_propose(request.user, wanted)
            return confirm(request, values, wanted, form.cleaned_data["note"])
        made = actions.propose_policy(
            values=wanted, note=form.cleaned_data["note"], by=request.user, now=timezone.now()
        )
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/form.html", context | {"form": form}, [refusal])
    messages.success(
        request,
        _("The looser rules wait for a second person.")
        if made.loosens
        else _("The stricter rules are in force."),
    )
    return redirect("staff:policy")


def confirm(request: StaffRequest, values: dict[str, int], wanted: dict[str, int], note: str) -> HttpResponse:
    is_looser = bool(loosened(values, wanted))
    context = from_policy() | {
        "title": _("Change the rules"),
        "button": _("Propose these rules") if is_looser else _("Put these rules in force"),
        "lines": [line for line in lines(values, wanted) if line.is_changed],
        "is_looser": is_looser,
        "hidden": wanted | {"note": note},
    }
    return show(request, "staff/confirm_policy.html", context)


@require("policy.change")
@require_http_methods(["GET", "POST"])
def approve(request: StaffRequest, version: int) -> HttpResponse:
    context = {
        "title": _("Approve the looser rules"),
        "button": _("Approve"),
        "consequences": [
            _("From the next night on every wave follows these rules: more is shown, of smaller groups."),
            _("What was released before stays as it is."),
        ],
    }
    done = _("The looser rules are in force.")
    return decided(request, version, context, done, actions.check_can_approve, actions.approve_policy)


@require("policy.change")
@require_http_methods(["GET", "POST"])
def reject(request: StaffRequest, version: int) -> HttpResponse:
    context = {
        "title": _("Reject the looser rules"),
        "button": _("Reject"),
        "button_class": "button-danger",
        "consequences": [_("The rules stay as they are.")],
    }
    done = _("The looser rules were rejected.")
    return decided(request, version, context, done, actions.check_can_reject, actions.reject_policy)


def decided(
    request: StaffRequest,
    version: int,
    context: dict[str, Any],
    done: str,
    check: Callable[..., None],
    act: Callable[..., Policy],
) -> HttpResponse:
    found = get_object_or_404(Policy, version=version)
    context = from_policy() | context
    try:
        check(request.user, found)
        if request.method != "POST":
            return show(request, "staff/confirm.html", context)
        act(policy=found, by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context, [refusal])
    messages.success(request, done)
    return redirect("staff:policy")
